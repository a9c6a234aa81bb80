"""The allowed values of categorical columns. A new value is a decision: it is added here, with its meaning."""

GRADES = ("A", "B", "C")
EVIDENCE = ("seen", "derived")

SOURCE_KINDS = (
    "official text", "official statistics", "filing", "industry body", "market research", "study", "press", "compiled",
    "own calculation",
)
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
BASIS_CLASSES = ("billing", "ship_to", "hq", "facility", "unknown")
# A row of these types gives no China figure, so it has no attribution basis.
PERIOD_TYPES_WITHOUT_BASIS = ("totals_only", "annual_no_china_figure", "partial_no_china_figure", "huawei_disclosure")

FREQUENCIES = ("A", "H", "Q", "M", "YTD")
TRADE_UNITS = ("USD million", "HKD million", "RMB billion", "billion units", "percent")
INDUSTRY_UNITS = (
    "USD billion", "USD million", "USD million per month", "USD", "percent", "percent of market", "percent change on year",
    "percent change on year (3MMA)", "persons",
)
# Permissions are applications, licences and the values that applicants wrote down. "sales" is not among them on purpose.
LICENCE_UNITS = ("applications", "licences", "parties", "days", "percent", "USD", "USD billion")

DATE_PRECISIONS = ("day", "month", "year", "about", "inferred")
DIRECTIONS = ("tighten", "loosen", "delay", "uncertain")
CHANNELS = ("export", "import/network", "china", "investment", "tariff")
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

# How a stated figure is to be read; "several" holds the first of several figures, "text" none.
VALUE_KINDS = ("exact", "about", "more_than", "less_than", "range", "several", "text")

EVENT_WINDOWS = ("[0,0]", "[-1,+1]", "[0,+5]", "[0,+10]")
BENCHMARKS = ("SP500(SPY)", "NONUS_SEMI_EW")
EXPECTED_SIGNS = ("+", "-", "?")
EVENT_GROUPS = ("US", "CONTROL", "OTHER", "PORTFOLIO")

CORRECTION_ACTIONS = ("replace", "drop")
