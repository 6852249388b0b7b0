"""Every figure leads back to its file, its cells and the bytes received."""

from datetime import UTC, datetime

import pytest

from xietong.periods import period_of
from xietong.report.provenance import Words, recorded

MOMENT = datetime(2026, 11, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        (
            "maigoo.com/news/661116.html (2021)",
            (Words("maigoo.com/news/661116.html", "http://maigoo.com/news/661116.html"), Words(" (2021)")),
        ),
        ("https://tjj.cq.gov.cn/a/b", (Words("https://tjj.cq.gov.cn/a/b", "https://tjj.cq.gov.cn/a/b"),)),
        ("…/tjnj/2008/19/19-1.files/sheet001.htm", (Words("…/tjnj/2008/19/19-1.files/sheet001.htm"),)),
        ("…tjj.cq.gov.cn/sheet001.htm", (Words("…tjj.cq.gov.cn/sheet001.htm"),)),
        ("tjj.cq.gov.cn/…/sheet.htm", (Words("tjj.cq.gov.cn/…/sheet.htm"),)),
        ("重庆统计年鉴2021", (Words("重庆统计年鉴2021"),)),
        ("newton.com.tw/wiki 62059950", (Words("newton.com.tw/wiki 62059950"),)),
        (
            "节能减排目标（eco.gov.cn/news_info/63154.html）",
            (
                Words("节能减排目标（"),
                Words("eco.gov.cn/news_info/63154.html", "http://eco.gov.cn/news_info/63154.html"),
                Words("）"),
            ),
        ),
        ("javascript:alert(1)//example.org/x", (Words("javascript:alert(1)//example.org/x"),)),
    ],
)
def test_only_whole_addresses_become_links(text, pieces) -> None:
    assert recorded(text) == pieces


def observation(period, **given):
    return {
        "unit_code": "500101",
        "indicator_code": "pm25",
        "period": period,
        "value": 30.0,
        "origin": "reported",
        "status": "reported",
        "source_id": "unknown_source",
        "snapshot": "ab" * 32,
        "location": "月度!D5",
        "received_at": MOMENT,
        "source_note": None,
        **given,
    }


def figure(**given):
    return {
        "unit_code": "500101",
        "indicator_code": "pm25",
        "value": 31.0,
        "value_period": "2026-10",
        "method": "reported",
        **given,
    }


def test_a_mean_of_twelve_months_names_its_twelve_cells(make_view) -> None:
    last = 2026 * 12 + 9
    rows = [
        observation(period_of(last - back, "month"), location=f"月度!{chr(ord('P') - back)}5") for back in range(14)
    ]
    view = make_view(
        observations=rows,
        snapshots=[{"sha256": "ab" * 32, "file": "500101-2026.xlsx"}],
    )
    (origin,) = view.provenance.of_figure(figure()).origins
    assert origin.file == "500101-2026.xlsx"
    assert origin.locations == "月度!E5–P5"
    assert origin.periods == "2025年11月–2026年10月"
    assert origin.snapshot == "abababababab"


def test_figures_of_other_frequencies_do_not_enter_the_window(make_view) -> None:
    view = make_view(observations=[observation("2026-10"), observation("2026-Q3", location="季度!D5")])
    (origin,) = view.provenance.of_figure(figure()).origins
    assert origin.locations == "月度!D5"


def test_two_files_give_two_origins(make_view) -> None:
    rows = [observation("2026-10"), observation("2026-09", snapshot="cd" * 32, status="revised")]
    origins = make_view(observations=rows).provenance.of_figure(figure()).origins
    assert sorted((origin.snapshot[:2], origin.statuses) for origin in origins) == [("ab", ()), ("cd", ("revised",))]


def test_a_computed_figure_names_its_components(make_view) -> None:
    row = figure(indicator_code="good_air_days_share", method="computed")
    found = make_view().provenance.of_figure(row)
    assert [part.path for part in found.components] == ["good_air_days", "monitored_air_days"]
    assert found.origins == ()


def test_a_missing_figure_has_no_origin(make_view) -> None:
    found = make_view(observations=[observation("2026-10")]).provenance.of_figure(figure(value=None))
    assert found.origins == found.components == ()
