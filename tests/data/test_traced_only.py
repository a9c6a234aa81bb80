"""One switch leaves the rows that name no document out of everything that is built."""

from __future__ import annotations

from analysis.cli import main
from analysis.data import check, load_table
from analysis.data.overlay import resolve


def test_the_overlay_passes_the_check_and_leaves_only_rows_that_name_their_document(tmp_path, capsys):
    out = tmp_path / "traced rows"
    assert main(["traced-only", "--out", str(out)]) == 0
    before = load_table("company_filings")
    left_out = int((before["traced"] == "no").sum())
    assert f"leaves out {left_out} rows" in capsys.readouterr().out and left_out > 0
    assert check(None, out) == []
    resolve(None, out, tmp_path / "tables")
    after = load_table("company_filings", tmp_path / "tables")
    assert len(after) == len(before) - left_out and set(after["traced"]) == {"yes"} and after["document_url"].notna().all()
    assert len(load_table("huawei_facts", tmp_path / "tables")) == len(load_table("huawei_facts"))


def test_corrections_that_are_there_already_are_not_written_over(tmp_path, capsys):
    (tmp_path / "corrections.csv").write_text("mine", encoding="utf-8")
    assert main(["traced-only", "--out", str(tmp_path)]) == 1
    assert "corrections.csv: is there already" in capsys.readouterr().err
    assert (tmp_path / "corrections.csv").read_text(encoding="utf-8") == "mine"
