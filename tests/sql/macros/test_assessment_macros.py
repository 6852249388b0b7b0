"""Completion rates, paths and deductions of the assessment: method.md §3.2 and §3.3 with their edge cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

SHARES = st.floats(-0.5, 0.9, allow_nan=False)


@pytest.mark.parametrize(
    ("actual", "required", "rate"),
    [
        (6.2, 5.855, 6.2 / 5.855),
        (-3.0, 5.0, -0.6),
        (0.0, 5.0, 0.0),
        # Nothing is required: not rising is enough; one percentage point of growth uses it all up.
        (0.0, 0.0, 1.0),
        (2.0, 0.0, 1.0),
        (-0.4, 0.0, 0.6),
        (-1.0, 0.0, 0.0),
        (-7.0, 0.0, 0.0),
        # Growth of 5 % is allowed: 4 % and 5 % are within it, 6 % is a fifth beyond, 10 % twice as much.
        (-4.0, -5.0, 1.0),
        (-5.0, -5.0, 1.0),
        (-6.0, -5.0, 0.8),
        (-10.0, -5.0, 0.0),
        (3.0, -5.0, 1.0),
        (None, 5.0, None),
        (5.0, None, None),
    ],
)
def test_a_decline_is_rated_against_what_is_required(evaluate, actual, required, rate) -> None:
    assert evaluate("decline_completion(a, b)", [[actual, required]]) == [pytest.approx(rate)]


@pytest.mark.parametrize(
    ("actual", "required", "higher", "rate"),
    [
        (20.0, 25.0, "true", 0.8),
        (30.0, 25.0, "true", 1.2),
        (-1.0, 25.0, "true", 0.0),
        (20.0, 0.0, "true", None),
        (31.3, 35.0, "false", 1.0),
        (35.0, 35.0, "false", 1.0),
        (40.0, 35.0, "false", 0.875),
        (0.0, 35.0, "false", 1.0),
        (None, 35.0, "false", None),
    ],
)
def test_a_level_is_rated_in_its_direction(evaluate, actual, required, higher, rate) -> None:
    assert evaluate(f"level_completion(a, b, {higher})", [[actual, required]]) == [pytest.approx(rate)]


@pytest.mark.parametrize(
    ("actual", "base", "required", "higher", "rate"),
    [
        (52.0, 50.0, 54.0, "true", 0.5),
        (48.0, 50.0, 54.0, "true", -0.5),
        (38.0, 40.0, 35.0, "false", 0.4),
        # Nothing is to improve: not worse than the base is enough.
        (50.0, 50.0, 50.0, "true", 1.0),
        (49.0, 50.0, 50.0, "true", 0.0),
        (49.0, 50.0, 50.0, "false", 1.0),
        (51.0, 50.0, 50.0, "false", 0.0),
        (51.0, None, 50.0, "false", None),
    ],
)
def test_an_improvement_is_rated_from_its_base(evaluate, actual, base, required, higher, rate) -> None:
    assert evaluate(f"improvement_completion(a, b, c, {higher})", [[actual, base, required]]) == [pytest.approx(rate)]


def test_an_amount_is_done_over_assigned_and_nothing_assigned_is_no_rate(evaluate) -> None:
    rates = evaluate("amount_completion(a, b)", [[120.0, 250.0], [300.0, 250.0], [5.0, 0.0], [None, 250.0]])
    assert rates == [pytest.approx(0.48), pytest.approx(1.2), None, None]


def test_points_are_lost_by_the_full_unit(evaluate) -> None:
    """PM2.5: half a point for each µg/m³ over the target (R9); 0.1 + 0.2 in doubles is three tenths, not less."""
    lost = evaluate(
        "unit_deduction(a, b, c)",
        [[2.0, 1.0, 0.5], [2.9, 1.0, 0.5], [0.1 + 0.2, 0.1, 1.0], [0.3 - 1e-12, 0.1, 1.0], [-4.0, 1.0, 0.5]],
    )
    assert lost == [1.0, 1.0, 3.0, 3.0, 0.0]
    assert evaluate("unit_deduction(a, b, c)", [[None, 1.0, 0.5]]) == [None]


def test_declines_are_compounded_and_not_summed(evaluate) -> None:
    (compounded,) = evaluate("compounded_decline(a)", [[[0.03, 0.03, 0.03]]])
    assert compounded == pytest.approx(1 - 0.97**3)
    assert compounded < 0.09
    assert evaluate("compounded_decline([.1, null])", [[0.0]]) == [None]
    assert evaluate("compounded_decline([]::double[])", [[0.0]]) == [None]


@given(years=st.lists(SHARES, min_size=1, max_size=5))
def test_the_last_year_comes_back_out_of_the_compounded_decline(macros, years) -> None:
    ((before, now),) = macros.execute(
        "select compounded_decline($1::double[]), compounded_decline($2::double[])",
        [
            [0.0, *years[:-1]],
            years,
        ],
    ).fetchall()
    ((last,),) = macros.execute("select annual_decline($1, $2)", [now, before]).fetchall()
    assert last == pytest.approx(years[-1], abs=1e-9)


@pytest.mark.parametrize(
    ("elapsed", "share"),
    [(0.5, 0.025), (2.0, 0.1), (2.5, 0.225), (3.0, 0.35), (4.0, 0.65), (5.0, 1.0), (7.0, 1.0), (0.0, None)],
)
def test_milestones_of_the_air_plan(evaluate, elapsed, share) -> None:
    """10, 35, 65 and 100 % of the five-year target in its second to fifth year (R5)."""
    stretches = (
        "[{start: 0::double, start_share: 0::double, finish: 2::double, share: .1::double},"
        " {start: 2, start_share: .1, finish: 3, share: .35}, {start: 3, start_share: .35, finish: 4, share: .65},"
        " {start: 4, start_share: .65, finish: 5, share: 1}]"
    )
    assert evaluate(f"milestone_share(a, {stretches})", [[elapsed]]) == [pytest.approx(share)]


def test_an_allowed_growth_runs_geometrically_too(evaluate) -> None:
    """Growth of 5 % in five years allows 1.05^(2/5) − 1 after two: a negative decline."""
    (now,) = evaluate("geometric_path(a, b, 5)", [[-0.05, 2.0]])
    assert now == pytest.approx(1 - 1.05**0.4)


def test_the_colours_change_at_their_edges(evaluate) -> None:
    """≥ 1 green, [.9, 1) yellow, (.5, .9) orange, ≤ .5 red; the edge is met at six digits (R10, rulings 11)."""
    rates = [[1.0], [1 - 1e-9], [0.999], [0.9], [0.9 - 1e-9], [0.899], [0.501], [0.5], [0.5 + 1e-9], [-0.2]]
    assert evaluate("warning_colour(a)", rates) == [
        "green",
        "green",
        "yellow",
        "yellow",
        "yellow",
        "orange",
        "orange",
        "red",
        "red",
        "red",
    ]


def test_a_sentence_is_filled_with_numbers_written_out(macros) -> None:
    ((sentence,),) = macros.execute(
        "select fill_sentence('{item}: {actual} of {required} ({rate} %) {event}', 'EI', 2.9715, 2.4, .80767, 'x')"
    ).fetchall()
    assert sentence == "EI: 2.40 of 2.97 (80.8 %) x"
