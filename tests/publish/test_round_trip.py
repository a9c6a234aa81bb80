"""From a citation back to the quoted value: the address opens the quoted edition, and the row shows what was quoted.

The published tree is served on loopback under the path of its real address, and the examples of the page *Cite* are run against it
as a reader would run them, with nothing changed but the host.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd
import pytest
from lxml import etree
from lxml import html as lxml_html

from analysis import paths
from analysis.publish import editions
from analysis.publish.embeds import edition_address
from analysis.publish.links import broken_links
from analysis.publish.site.facts import Site
from analysis.publish.site.publish import site_address
from analysis.registry.numbers import load_numbers
from tests.publish.test_editions import build_site
from tests.site import serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def published(site, tmp_path_factory) -> Path:
    """The built site, frozen and laid out with its permanent copy and the editions that were frozen before it."""
    folder = tmp_path_factory.mktemp("published")
    return lay_out(site, editions.STORE, folder)


def lay_out(site: Path, earlier: Path, folder: Path) -> Path:
    """The tree to publish in `folder`. The page *What moved* leads to the `earlier` editions, so they belong to it."""
    if earlier.is_dir():
        shutil.copytree(earlier, folder / "editions", ignore=shutil.ignore_patterns(editions.edition_of(site)))
    editions.freeze(site, folder / "editions")
    return editions.assemble(site, folder / "editions", folder / "public")


def test_a_site_is_checked_together_with_the_editions_before_it(tmp_path) -> None:
    for folder, name in (("old", "2026.11"), ("new", "2027.01")):
        build_site(tmp_path / folder, name, 100.0)
    (tmp_path / "new/index.html").write_text(f"<a href='{site_address()}editions/2026.11/index.html'>2026.11</a>")
    editions.freeze(tmp_path / "old", tmp_path / "store")
    assert broken_links(lay_out(tmp_path / "new", tmp_path / "store", tmp_path), site_address()) == []


@pytest.fixture(scope="module")
def facts(site) -> Site:
    built = json.loads((site / "numbers.json").read_text())
    return Site(site_address(), built["edition"], built["built"], built["commit"], load_numbers(paths.NUMBERS_FILE))


def test_each_number_s_citation_opens_a_row_with_the_quoted_value(published, facts) -> None:
    rows: dict[str, str] = {}
    for number in facts.numbers.values():
        address = facts.cite_number(number).url
        assert address.startswith(edition_address(facts.address, facts.edition))
        path, fragment = urlsplit(address).path.removeprefix(urlsplit(facts.address).path), urlsplit(address).fragment
        if path not in rows:
            tree = lxml_html.parse(str(published / path))
            rows[path] = {row.get("id"): " ".join(row.text_content().split()) for row in tree.iter("tr") if row.get("id")}
        text = rows[path][fragment]
        assert number.text in text and number.interval in text and number.cls in text and number.as_of in text, number.id


def test_numbers_json_gives_the_same_addresses_as_the_citations(published, facts) -> None:
    for row in json.loads((published / "numbers.json").read_text())["numbers"]:
        assert row["url"] == facts.cite_number(facts.numbers[row["id"]]).url


@pytest.fixture(scope="module")
def served(published) -> Iterator[str]:
    """The published tree on loopback."""
    with serving.served(published) as address:
        yield address


def examples(published, language: str) -> list[str]:
    """The code that the page *Cite* shows in a language, as text."""
    tree = lxml_html.parse(str(published / "cite.html"))
    return [block.text_content() for block in tree.xpath(f"//div[contains(@class, 'highlight-{language} ')]//pre")]


def test_the_three_lines_of_python_of_every_figure_load_its_data_from_the_permanent_edition(published, facts, served) -> None:
    blocks = [pre.text_content() for pre in lxml_html.parse(str(published / "cite.html")).iter("pre")]
    shown = [text for text in blocks if "read_csv" in text]
    assert len(shown) == len(list((published / "figures").glob("*.json")))
    for snippet in shown:
        assert len(snippet.strip().splitlines()) == 3
        names: dict = {}
        with redirect_stdout(io.StringIO()) as printed:
            exec(snippet.replace(facts.address, served), names)
        id = re.search(r"figures/([a-z0-9-]+)\.csv", snippet)[1]
        assert len(names["figure"]) and printed.getvalue()
        assert names["figure"].equals(pd.read_csv(published / "figures" / f"{id}.csv"))


def test_the_python_example_of_the_cite_page_prints_the_published_number(published, facts, served) -> None:
    example, = (code for code in examples(published, "python") if "numbers.json" in code)
    with redirect_stdout(io.StringIO()) as printed:
        exec(example.replace(facts.address, served), {})
    number = facts.numbers["sales.customs.us_8542_cn.2022"]
    assert printed.getvalue().split() == [facts.edition, str(number.value), *number.unit.split(), number.cls]


def test_the_r_example_of_the_cite_page_selects_the_published_number(published, facts, served) -> None:
    example, = examples(published, "r")
    assert f"{facts.address}numbers.json" in example
    row, = (row for row in json.loads((published / "numbers.json").read_text())["numbers"] if f'"{row["id"]}"' in example)
    assert set(re.findall(r"c\(([^)]*)\)", example)[0].split(", ")) <= set(row)
    r = shutil.which("Rscript") or pytest.skip("no R here: the example was only read, not run")
    done = subprocess.run([r, "-e", example.replace(facts.address, served)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert row["unit"] in done.stdout and row["class"] in done.stdout and f"{row['value']:.5g}" in done.stdout


def test_the_table_for_spreadsheets_holds_what_the_json_holds(published) -> None:
    rows = {row["id"]: row for row in json.loads((published / "numbers.json").read_text())["numbers"]}
    with (published / "numbers.csv").open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    assert len(listed) == len(rows)
    for line in listed:
        row = rows[line["id"]]
        assert set(line) == set(row) and line["sources"].split(";") == row["sources"]
        for name in ("value", "low", "high", "level"):
            assert (float(line[name]) if line[name] else None) == row[name], f"{line['id']}: {name}"
        for name in ("label", "unit", "class", "as_of", "page", "url", "method"):
            assert line[name] == row[name], f"{line['id']}: {name}"


OFFICE, TABLE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}", "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def test_a_spreadsheet_reads_the_table_as_numbers_and_text(published, tmp_path) -> None:
    """LibreOffice loads numbers.csv as the page *Cite* says; what it then holds is what numbers.json holds."""
    office = shutil.which("localc") or pytest.skip("no LibreOffice Calc here: the table was only read as CSV")
    commas_in_unicode = "CSV:44,34,76,1"
    done = subprocess.run([office, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", "fods",
                           f"--infilter={commas_in_unicode}", "--outdir", str(tmp_path), str(published / "numbers.csv")],
                          capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    names, *rows = (list(_cells(row)) for row in etree.parse(tmp_path / "numbers.fods").iter(f"{TABLE}table-row"))
    published_rows = {row["id"]: row for row in json.loads((published / "numbers.json").read_text())["numbers"]}
    read = {line[0]: dict(zip(names, line, strict=False)) for line in rows if line and line[0]}
    assert set(read) == set(published_rows)
    for id, line in read.items():
        for name in ("value", "low", "high", "level"):
            expected = published_rows[id][name]
            assert line.get(name) == (expected and pytest.approx(expected, rel=1e-12)), f"{id}: {name}"
        assert line["unit"] == published_rows[id]["unit"] and line["label"] == published_rows[id]["label"]


def _cells(row: etree._Element) -> Iterator[float | str | None]:
    """The cells of a row: numbers as numbers, nothing as None."""
    for cell in row.iter(f"{TABLE}table-cell"):
        number = cell.get(f"{OFFICE}value") if cell.get(f"{OFFICE}value-type") in ("float", "percentage") else None
        content = float(number) if number else "".join(cell.itertext()).strip() or None
        yield from [content] * min(int(cell.get(f"{TABLE}number-columns-repeated", "1")), 20)


def test_each_figure_s_permanent_data_drawing_and_embed_exist(published, facts) -> None:
    figures = list((published / "figures").glob("*.json"))
    assert figures
    frozen = published / "editions" / facts.edition
    for file in figures:
        for name in (f"figures/{file.stem}.csv", f"figures/{file.stem}.svg", f"figures/{file.stem}.png", f"embed/{file.stem}.html"):
            assert (frozen / name).exists(), name


def test_no_link_of_the_published_tree_is_dead(published, facts) -> None:
    assert broken_links(published, facts.address) == []


def test_every_page_says_its_edition(published, facts) -> None:
    for page in [*published.glob("*.html"), *(published / "editions" / facts.edition).glob("*.html")]:
        text = page.read_text(encoding="utf-8")
        assert facts.edition in text or 'http-equiv="refresh"' in text, page.name
