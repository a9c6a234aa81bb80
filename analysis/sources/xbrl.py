"""Read an XBRL instance: facts with their period, unit, precision and dimensions.

Just enough of XBRL 2.1 and XBRL Dimensions 1.0 for one question, revenue by geography: contexts with explicit members,
numeric facts, and the cover-page facts. Read from the instance that the SEC extracts from each inline filing (`…_htm.xml`),
from the one that the firm filed before 2019, or from the inline document itself (Inline XBRL 1.1, XHTML with `ix:` elements).

Why not a library: the SEC's companyfacts and frames interfaces leave dimensions out. `arelle-release` (Apache 2.0, the
reference processor) first loads the whole taxonomy from the network. `edgartools` (MIT, well kept) brings 16 MB and some
twenty packages, takes seconds to import, makes its own requests, so that pauses, resume and redaction would not be ours, and
changes between minor releases which facts its views return. The facts themselves are plain XML under a stable standard, and
each result here must reconcile with the filing's own total.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from analysis.sources.errors import Incomplete, SchemaChanged

XBRLI = "{http://www.xbrl.org/2003/instance}"
IX = "{http://www.xbrl.org/2013/inlineXBRL}"
XHTML = "{http://www.w3.org/1999/xhtml}html"
XBRLDI = "{http://xbrl.org/2006/xbrldi}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
STANDARD = re.compile(r"http://(?:fasb\.org|xbrl\.sec\.gov|xbrl\.us)/(us-gaap|srt|dei|country|stpr|currency)/")

MOST_TAGS = 1_000_000  # an annual report has some 50,000; the parsed tree takes fifty times the document
BEFORE_XML = b"\xef\xbb\xbf\xff\xfe \t\r\n\0"  # byte-order marks and blanks; in EBCDIC the count of tags would count nothing


@dataclass(frozen=True)
class Context:
    """Period and dimensions of a fact: `start` and `end` as YYYY-MM-DD (start "" for an instant), members as (axis, member)."""

    start: str
    end: str
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Fact:
    """A numeric fact: `value` in `unit`; `decimals` is its precision (-6 means to the million), None when exact."""

    concept: str
    context: Context
    value: Decimal
    unit: str
    decimals: int | None


@dataclass(frozen=True)
class Instance:
    """Numeric facts, and cover-page facts (`dei:…`) as text."""

    facts: tuple[Fact, ...]
    cover: dict[str, str]


def read_instance(body: bytes) -> Instance:
    """The facts of an instance. Raises Incomplete when the XML is cut off, SchemaChanged when it is no instance."""
    if body.strip() and not body.lstrip(BEFORE_XML).startswith(b"<"):
        raise SchemaChanged("the document is no XML")
    if max(body.count(b"<"), body.count(b"=")) > MOST_TAGS:
        raise SchemaChanged(f"the document has more than {MOST_TAGS:,} tags or attributes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Incomplete(f"the XML does not end ({error.msg})" if error.msg else "the XML is empty") from None
    if root.tag == XHTML:
        return _inline(root)
    if root.tag != f"{XBRLI}xbrl":
        raise SchemaChanged(f"the document is {etree.QName(root).localname!r}, expected an XBRL instance")
    contexts = {element.get("id", ""): _context(element) for element in root.iterchildren(f"{XBRLI}context")}
    units = {element.get("id", ""): _unit(element) for element in root.iterchildren(f"{XBRLI}unit")}
    facts, cover = [], {}
    for element in root.iterchildren():
        reference = element.get("contextRef") if isinstance(element.tag, str) else None
        if reference is None or element.get(NIL) in ("true", "1"):
            continue
        if reference not in contexts:
            raise SchemaChanged(f"a fact refers to the context {reference[:60]!r}, which is not there")
        concept, text = _qname(element.tag, element), (element.text or "").strip()
        if element.get("unitRef") is None:
            if concept.startswith("dei:"):
                cover.setdefault(concept, text)
            continue
        decimals = element.get("decimals", "INF")
        if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?", text) or not re.fullmatch(r"INF|-?\d{1,2}", decimals):
            raise SchemaChanged(f"{concept} is {text[:40]!r} with decimals {decimals[:10]!r}, expected numbers")
        precision = None if decimals == "INF" else int(decimals)
        facts.append(Fact(concept, contexts[reference], Decimal(text), units.get(element.get("unitRef", ""), ""), precision))
    return Instance(tuple(facts), cover)


def _inline(root: etree._Element) -> Instance:
    """The facts of an inline document: `name`, `scale` and `sign` stand in attributes, the figure as it is printed.

    Facts printed in words (a format outside the plain numbers and the dash for zero) are left out: no revenue is.
    """
    contexts = {element.get("id", ""): _context(element) for element in root.iter(f"{XBRLI}context")}
    units = {element.get("id", ""): _unit(element) for element in root.iter(f"{XBRLI}unit")}
    if not contexts:
        raise SchemaChanged("the page holds no XBRL contexts, expected an inline document")
    facts = []
    for element in root.iter(f"{IX}nonFraction"):
        if element.get(NIL) in ("true", "1"):
            continue
        if element.get("contextRef") not in contexts:
            raise SchemaChanged(f"a fact refers to the context {str(element.get('contextRef'))[:60]!r}, which is not there")
        concept = _name(element.get("name", ""), element)
        value = _printed("".join(element.itertext()), element.get("format", "").rpartition(":")[2])
        scale, decimals = element.get("scale", "0"), element.get("decimals", "INF")
        if value is None:
            continue
        if not re.fullmatch(r"-?\d{1,2}", scale) or not re.fullmatch(r"INF|-?\d{1,2}", decimals):
            raise SchemaChanged(f"{concept} has scale {scale[:10]!r} and decimals {decimals[:10]!r}, expected numbers")
        signed = -value if element.get("sign") == "-" else value
        precision = None if decimals == "INF" else int(decimals)
        unit = units.get(element.get("unitRef", ""), "")
        facts.append(Fact(concept, contexts[element.get("contextRef")], signed.scaleb(int(scale)), unit, precision))
    cover: dict[str, str] = {}
    for element in root.iter(f"{IX}nonNumeric"):
        if (concept := _name(element.get("name", ""), element)).startswith("dei:"):
            cover.setdefault(concept, "".join(element.itertext()).strip())
    return Instance(tuple(facts), cover)


def _printed(text: str, form: str) -> Decimal | None:
    """A figure as printed, 1,234.5 or (in some countries' form) 1.234,5; a dash for zero; None for anything in words."""
    text = re.sub(r"[\s\u00a0]", "", text)
    if form in ("zerodash", "fixed-zero", "numdash"):
        return Decimal(0)
    if form in ("num-comma-decimal", "numcommadecimal"):
        text = text.replace(".", "").replace(",", ".")
    text = text.replace(",", "")
    return Decimal(text) if re.fullmatch(r"\d+(\.\d*)?|\.\d+", text) else None


def _context(element: etree._Element) -> Context:
    members = [
        (_name(member.get("dimension", ""), member), _name((member.text or "").strip(), member))
        for member in element.iter(f"{XBRLDI}explicitMember")
    ]
    # A typed dimension has no member name; it is kept so that the fact does not pass as one without dimensions.
    members += [(_name(member.get("dimension", ""), member), "") for member in element.iter(f"{XBRLDI}typedMember")]
    period = element.find(f"{XBRLI}period")

    def day(name: str) -> str:
        found = period.find(f"{XBRLI}{name}") if period is not None else None
        return (found.text or "").strip()[:10] if found is not None else ""

    return Context(day("startDate"), day("endDate") or day("instant"), tuple(sorted(members)))


def _unit(element: etree._Element) -> str:
    """The measure, e.g. USD; "" for a ratio of two measures."""
    measures = [(m.text or "").strip() for m in element.iterchildren(f"{XBRLI}measure")]
    return measures[0].rpartition(":")[2] if len(measures) == 1 else ""


def _name(qname: str, element: etree._Element) -> str:
    """A prefixed name with the standard prefix of its namespace."""
    prefix, _, local = qname.rpartition(":")
    return _prefixed(element.nsmap.get(prefix or None) or "", prefix, local)


def _qname(tag: str, element: etree._Element) -> str:
    name = etree.QName(tag)
    return _prefixed(name.namespace or "", element.prefix or "", name.localname)


def _prefixed(namespace: str, prefix: str, local: str) -> str:
    standard = STANDARD.match(namespace)
    return f"{standard.group(1) if standard else prefix}:{local}"
