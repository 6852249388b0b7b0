"""The tables of units as files: where a page says, and harmless in a spreadsheet."""

from pathlib import Path

import polars as pl

from xietong.render.unit_downloads import write_unit_downloads
from xietong.report import Site
from xietong.report.unit_tables import unit_file


def test_a_formula_is_neutralised_and_the_path_is_the_one_of_the_page(tmp_path: Path) -> None:
    frame = pl.DataFrame({"unit_code": ["500101"], "source_note": ["=cmd|' /C calc'!A0"], "value": [-1.5]})
    written = write_unit_downloads(
        Site("chongqing", "2026-10-ab", {}, (), unit_tables={"500101": {"received": frame}, "500102": {}}), tmp_path
    )
    assert written == [tmp_path / unit_file("500101", "received")]
    content = written[0].read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == "unit_code,source_note,value\n500101,'=cmd|' /C calc'!A0,-1.5\n"
