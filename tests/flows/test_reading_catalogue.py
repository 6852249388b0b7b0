"""Reading makes the same of a file whatever else the catalogue says, and what it depends on changes its key."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from polars.testing import assert_frame_equal

from flows.reading_catalogue import reading_catalogue, reading_key
from transforms.tidying import tidy_files
from xietong.catalogue import Catalogue
from xietong.catalogue.articles import Targets
from xietong.catalogue.definition import Text
from xietong.frames import Snapshot
from xietong.sources import read_tables
from xietong.workbook import Form, FormRow, FormSheet, write_form

OTHER = Text(zh="另一句话", en="another sentence")


def form() -> bytes:
    """Return a form with figures, a mark for none, a wrong measure, a fraction and a word that is no figure."""
    buffer = io.BytesIO()
    months = tuple(f"2025-{month:02d}" for month in range(1, 13))
    rows = (
        FormRow("pm25", "细颗粒物", "µg/m³", (33.5, *(31.0,) * 11), 1),
        FormRow("so2", "", "t", (1.0,) * 12, 1),
        FormRow("good_days_share", "", "%", (0.85,) * 12, 1),
        FormRow("no_such_indicator", "", "%", (1.0,) * 12, 1),
    )
    write_form(buffer, Form("500101", "万州区", 2025, date(2026, 1, 10), (FormSheet("month", months, rows),)))
    return buffer.getvalue()


def test_a_form_is_read_the_same_with_and_without_the_rest(catalogue) -> None:
    source = catalogue.source("district_forms")
    data = form()
    snapshot = Snapshot(
        "a" * 64, "500101.xlsx", source.code, "", None, "", datetime(2026, 1, 10, tzinfo=UTC), len(data)
    )
    files = [(snapshot, tuple(read_tables(data, snapshot)))]
    whole = tidy_files(files, source, catalogue, "reported")
    part = tidy_files(files, source, reading_catalogue(catalogue), "reported")
    assert_frame_equal(part.observations, whole.observations)
    assert_frame_equal(part.findings, whole.findings)
    assert whole.observations.height > 11
    assert whole.findings.height > 2


def first_changed(catalogue: Catalogue, **changes: object) -> Catalogue:
    first, *others = catalogue.indicators
    return replace(catalogue, indicators=(first.model_copy(update=changes), *others))


def without_articles(catalogue: Catalogue) -> Catalogue:
    first, *_ = catalogue.articles.articles
    changed = first.model_copy(update={"summary": OTHER})
    return replace(catalogue, articles=catalogue.articles.model_copy(update={"articles": (changed,)}))


@pytest.mark.parametrize(
    "change",
    [
        lambda catalogue: first_changed(catalogue, definition=OTHER),
        lambda catalogue: first_changed(catalogue, goalposts=None, weight=0.5),
        without_articles,
        lambda catalogue: replace(catalogue, targets=Targets(targets=())),
        lambda catalogue: replace(catalogue, scoring=None, explanations=(), sources=()),
        lambda catalogue: replace(catalogue, index=catalogue.index.model_copy(update={"method_version": "x"})),
    ],
    ids=["definition", "scoring of an indicator", "article", "targets", "assessment", "index"],
)
def test_prose_and_scoring_leave_the_files_read(catalogue, change) -> None:
    assert change(catalogue) != catalogue
    assert reading_key(change(catalogue)) == reading_key(catalogue)


@pytest.mark.parametrize(
    "change",
    [
        lambda catalogue: first_changed(catalogue, name=OTHER),
        lambda catalogue: first_changed(catalogue, measure="t"),
        lambda catalogue: first_changed(catalogue, plausible=None, role="derived"),
        lambda catalogue: replace(catalogue, indicators=catalogue.indicators[1:]),
        lambda catalogue: replace(
            catalogue, units=catalogue.units.model_copy(update={"units": catalogue.units.units[1:]})
        ),
        lambda catalogue: replace(catalogue, factors=catalogue.factors[1:]),
        lambda catalogue: replace(catalogue, name="other"),
    ],
    ids=["name", "measure", "range", "indicator gone", "unit gone", "factor gone", "other catalogue"],
)
def test_what_reading_goes_by_changes_its_key(catalogue, change) -> None:
    assert reading_key(change(catalogue)) != reading_key(catalogue)
    assert reading_key(reading_catalogue(catalogue)) == reading_key(catalogue)
