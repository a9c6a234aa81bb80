"""The allowed values of categorical columns. A new value is a decision: it is added here, with its meaning."""

GRADES = ("A", "B", "C")
CLASSES = ("reported", "derived", "estimated", "modelled", "judged")   # of a number: see analysis/registry/numbers.py
CLASS_OF_EVIDENCE = {"seen": "reported", "derived": "derived"}   # of a row's evidence: the class of a number that is the row's
EVIDENCE = tuple(CLASS_OF_EVIDENCE)

# The best grade that a row may have which rests on a source of a kind. What somebody compiled without being its author,
# or a page that gathers others' figures, is never better than C; press and a transcript are never better than B.
BEST_GRADE = {
    "official text": "A", "official statistics": "A", "filing": "A", "industry body": "A", "study": "A", "market research": "B",
    "transcript": "B", "press": "B", "own calculation": "B", "compiled": "C", "data page": "C",
}
SOURCE_KINDS = tuple(BEST_GRADE)
# What was in fact read for a row of a filing, and the best grade it allows: an excerpt holds a table of the filing without the
# rest of it, so nobody could check the heading above it.
READ_IN = {
    "filing": "A", "filing copy": "A", "excerpt": "B", "transcript": "B", "press": "B", "data page": "C", "notes": "C",
}
CADENCES = ("once", "monthly", "quarterly", "annual", "irregular")

INDUSTRY_SEGMENTS = ("chips", "equipment", "eda", "optics", "storage_nand", "storage_non_semiconductor")
PERIOD_TYPES = (
    "annual", "annual_recast", "annual_alt_basis", "annual_year_assumed", "annual_approx", "calendar_year", "quarter", "half",
    "partial", "partial_upper_bound", "range", "press_share", "totals_only", "annual_no_china_figure",
    "partial_no_china_figure", "huawei_disclosure",
)
FULL_YEAR_PERIOD_TYPES = (
    "annual", "annual_recast", "annual_alt_basis", "annual_year_assumed", "annual_approx", "totals_only",
    "annual_no_china_figure", "press_share",
)
ANNUAL_PERIOD_TYPES = tuple(name for name in PERIOD_TYPES if name.startswith("annual"))   # a firm's own year, of whatever kind
SILENT_PERIOD_TYPES = ("totals_only", "annual_no_china_figure", "partial_no_china_figure")   # the filing prints no China figure
BASIS_CLASSES = ("billing", "ship_to", "hq", "facility", "unknown")
# Whether the China figure holds Hong Kong; "separate" prints it on a line of its own that is not in the figure.
HONG_KONG = ("included", "excluded", "separate", "not stated")
TAIWAN = ("included", "excluded", "not stated")
# Whose headquarters a headquarters figure counts: the customer who is invoiced, the customer behind distributors and contract
# makers as the seller sees it, the brand that orders the product, or the place where the product was designed in.
HQ_KINDS = ("direct_customer", "end_customer", "oem", "design_location", "not stated")
# What revenue counts besides the products of the firm's segment; "licences only" is no sale of products at all.
INCLUDES = ("products", "services", "licences", "software", "systems", "licences only")
# How the figure stands in the source: an amount, a share of revenue that was multiplied out, a bound, a range, somebody's
# estimate, or arithmetic on printed amounts (a year less nine months).
STATED_AS = ("amount", "share", "bound", "range", "estimate", "arithmetic")
# A firm's revenue: all of it, or without the licences or software it books apart.
REVENUE_SEGMENTS = ("total", "products")
CUSTOMER_SEATS = ("China", "United States", "South Korea", "Taiwan", "other")
# How a figure was met a second time, and which of the two the book uses.
CHECK_KINDS = (
    "second source", "sum of quarters", "regions make the total", "parts of the note", "parts of the half",
    "growth of the next year", "recast", "other measure",
)
CHECK_QUANTITIES = ("china", "china_hq", "china_mainland", "china_share", "total", "huawei_share")
USED = ("value", "other_value", "both", "neither")
FORMS = ("10-K", "10-Q", "8-K", "other filing", "call", "release")
YES_NO = ("yes", "no")
PRODUCT_CLASSES = (
    "memory", "analogue and radio", "handset processors", "computer processors", "graphics and accelerators",
    "networking and logic", "other chips", "equipment", "design software", "optical components", "storage",
)
# A row of these types gives no China figure, so it has no attribution basis.
PERIOD_TYPES_WITHOUT_BASIS = (*SILENT_PERIOD_TYPES, "huawei_disclosure")

FREQUENCIES = ("A", "H", "Q", "M", "YTD")
TRADE_UNITS = ("USD million", "HKD million", "RMB billion", "billion units", "percent")
INDUSTRY_UNITS = (
    "USD billion", "USD million", "USD million per month", "USD", "percent", "percent of market", "percent change on year",
    "percent change on year (3MMA)", "persons", "thousand units",
)
# Permissions are applications, licences and the values that applicants wrote down. "sales" is not among them on purpose.
LICENCE_UNITS = ("applications", "licences", "parties", "days", "percent", "USD", "USD billion")

DATE_PRECISIONS = ("day", "month", "year", "about", "inferred")
# Who acted. A firm acts where its own step dates the effect of a rule.
ACTORS = (
    "BIS/Commerce", "Congress", "White House", "Treasury", "USTR", "DOJ", "DoD", "FCC", "FAR Council", "GAO", "OFAC",
    "Supreme Court", "courts", "China", "China CAC", "China MOFCOM", "China NDRC", "China SAMR", "China SASAC", "China court",
    "China customs", "Netherlands", "industry", "Huawei", "SMIC", "Micron", "Nvidia", "Qualcomm",
)
# Whom an event concerns. "all China" are firms of every kind that are headquartered there; fabs that foreign firms own there and
# rules that name no country stand apart.
TARGETS = (
    "Huawei", "SMIC", "ZTE", "Fujian Jinhua", "all China", "all China (country-neutral)", "all China (foreign fabs)",
    "advanced computing", "US suppliers", "United States", "United States and others", "US and allies", "AMD", "Intel", "Micron",
    "Nexperia", "Nvidia", "Qualcomm",
)
JURISDICTIONS = ("United States", "China", "United States and China", "other")
# Where a rule stands: a bill is not law; limbo is announced or on the books without being carried out; unclear is said of a
# matter whose sources disagree or break off.
STANDINGS = ("in_force", "suspended", "limbo", "mandate_pending", "bill", "withdrawn", "ended", "unclear")
# How much of a statement was read: all of it, an abstract or a report of it, its title alone.
READ = ("full", "abstract", "title")

DIRECTIONS = ("tighten", "loosen", "delay", "uncertain")
CHANNELS = ("export", "import/network", "china", "investment", "tariff")
# Legal instruments and kinds of acts; which of them bind, and which are actions, is told in the policy part.
INSTRUMENTS = (
    "Entity List", "Unreliable Entity List", "denial order", "EO", "FDPR", "TGL", "is-informed letter", "licence", "licence data",
    "order", "statute", "bill", "bill report", "final rule", "interim final rule", "proposed rule", "proposed rule (unpublished)",
    "guidance", "export control", "import control", "tariff", "trade remedy", "procurement ban", "policy freeze", "revenue share",
    "agreement", "settlement", "decision", "antitrust", "criminal case", "enforcement", "letter", "statement", "testimony",
    "report", "press report", "market event",
)
CORE_LIMBO_TYPES = (
    "mandate_pending", "proposed_pending", "temporary_authorisation", "announced_not_implemented", "licence_queue",
    "suspended", "non_enforced", "reversal",
)
OTHER_LIMBO_TYPES = (
    "interim_in_force", "investigation", "legislation_pending", "china_side", "proposed_pending_unresolved",
)
LIMBO_TYPES = CORE_LIMBO_TYPES + OTHER_LIMBO_TYPES

REACHES = ("withdrawn", "lifted", "partial")
MILESTONE_STEPS = ("mandated", "due", "proposed", "in_force", "final", "dropped")

BEARINGS = ("for", "against", "size", "neither")

ARGUMENT_SIDES = (
    "restrict", "restrict (middle)", "caution", "diagnosis", "offshoring", "counter_offshoring", "evidence_cost",
    "evidence_design", "evidence_licence", "evidence_spillover",
)
ARGUMENT_TYPES = ("analysis", "anecdote", "argument", "company", "forecast", "press", "quote", "study")
HUAWEI_TOPICS = (
    "chip_spend", "hisilicon", "huawei_profit", "huawei_rd", "huawei_revenue", "inventory", "licences_all",
    "licences_china", "licences_huawei", "licences_smic", "licences_use", "procurement_US", "procurement_other",
    "procurement_total", "substitution", "supplier_exposure", "suppliers", "teardown",
)

# What a Huawei figure counts; only purchases and sales are trade, a permission is neither.
HUAWEI_COUNTS = (
    "purchases", "sales", "sales at risk", "sales lost", "guidance", "licence income", "chip spending", "permission", "parts cost",
    "parts replaced", "stock", "suppliers", "market share", "accounts",
)

# Whom or what a Huawei figure describes, when that is no firm of the table of firms.
HUAWEI_ENTITIES = (
    "Huawei", "HiSilicon", "SMIC", "Huawei; SMIC", "US firms", "19 US suppliers", "all China", "Chinese Entity-List parties",
    "Chinese listed parties", "all destinations", "P30 Pro", "Mate 20 Pro", "Mate 30", "Mate 30 5G", "Mate 40 Pro", "Mate 40E",
    "Mate 60 Pro",
)
HUAWEI_UNITS = (
    "USD m", "USD bn", "USD bn per year", "USD", "CNY bn", "JPY bn", "JPY tn", "ratio", "share", "% of revenue", "% of cost",
    "% of chip market", "% of market", "% of laptops", "% of applications", "applications", "licences", "days", "months",
    "suppliers", "firms", "parties", "parts", "boards", "names", "goods", "text",
)
# Buyers of a release of Gartner's, which code picks by name.
GARTNER_BUYERS = (
    "Samsung Electronics", "Apple", "Lenovo", "Dell", "HP Inc.", "Huawei", "Sony", "Hewlett Packard Enterprise", "LG Electronics",
    "Cisco Systems", "BBK Electronics", "Kingston Technology", "Xiaomi", "Hon Hai", "Huawei+Lenovo+BBK+Xiaomi", "Top 10 OEMs",
    "Total market",
)
# The unit in which each of Gartner's families of series is read; a new release is a new series of the family.
GARTNER_UNITS = {"GARTNER_TAM_": "USD million", "GARTNER_GROWTH_": "percent change on year"}

# How a stated figure is to be read; "several" holds the first of several figures, "text" none.
VALUE_KINDS = ("exact", "about", "more_than", "less_than", "range", "several", "text")

EVENT_WINDOWS = ("[0,0]", "[-1,+1]", "[0,+5]", "[0,+10]")
BENCHMARKS = ("SP500(SPY)", "NONUS_SEMI_EW")
# Trading day 0 of an event: the one used, or another that could be defended and is tried beside it.
DAY_CHOICES = ("main", "alternative")
EXPECTED_SIGNS = ("+", "-", "?")
EVENT_GROUPS = ("US", "CONTROL", "OTHER", "PORTFOLIO")

CORRECTION_ACTIONS = ("replace", "drop")
