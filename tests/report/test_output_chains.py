"""The chains of the outputs: parts that add up, ranks that never stand without their interval."""

from xietong.report.output_chains import Outputs, Rank, Uncertainty

NODE = {"period": "2026-10", "state": "assessed", "coverage": 1.0, "band": None}


def node(code, score, **given):
    row = {**NODE, "unit_code": "500101", "node_code": code, "score": score, "score_arithmetic": score}
    return {**row, "rank": None, "ranked_units": None, **given}


def interval(output, **given):
    row = {"unit_code": "500101", "period": "2026-10", "output": output, "rank_p05": 1.0, "rank_p95": 4.0}
    return {**row, "score_p05": 0.6, "score_p95": 0.8, "runs": 10240, **given}


def outputs(view, unit="500101"):
    return Outputs(view.evaluation).of_unit(view.catalogue.units_by_code[unit])


def node_chain(chains, code):
    return next(chain for chain in chains.nodes if chain.node.code == code)


def test_a_rank_comes_with_its_interval(make_view, synergy_row) -> None:
    view = make_view(synergy=[synergy_row("500101")], rank_intervals=[interval("synergy")])
    synergy = outputs(view).synergy
    assert synergy is not None
    assert (synergy.rank, synergy.uncertainty) == (Rank(1, 1, 4, 2), Uncertainty(0.6, 0.8, 10240))


def test_without_an_interval_there_is_no_rank(make_view, synergy_row) -> None:
    synergy = outputs(make_view(synergy=[synergy_row("500101")])).synergy
    assert synergy is not None
    assert (synergy.rank, synergy.uncertainty) == (None, None)


def test_a_unit_that_is_not_ranked_has_no_rank(make_view, synergy_row) -> None:
    view = make_view(synergy=[synergy_row("500101", rank=None)], rank_intervals=[interval("synergy")])
    synergy = outputs(view).synergy
    assert synergy is not None
    assert synergy.rank is None


def test_only_the_index_has_a_rank_and_an_interval(make_view) -> None:
    nodes = [node("index", 80.0, rank=2, ranked_units=38), node("effect", 70.0, rank=9, ranked_units=38)]
    chains = outputs(make_view(index_scores=nodes, rank_intervals=[interval("index")]))
    assert node_chain(chains, "index").rank == Rank(2, 1, 4, 38)
    assert (node_chain(chains, "effect").rank, node_chain(chains, "effect").uncertainty) == (None, None)


def test_the_parts_of_a_mean_add_up_to_it(make_view) -> None:
    nodes = [node("effect", 83.0), node("pollution", 80.0), node("carbon", 85.0), node("coupling", 85.0)]
    effect = node_chain(outputs(make_view(index_scores=nodes)), "effect")
    assert [part.code for part in effect.parts] == ["pollution", "carbon", "coupling"]
    assert sum(part.weight for part in effect.parts) == 1.0
    assert sum(part.points for part in effect.parts) == 83.0


def test_what_does_not_apply_leaves_its_weight_to_the_others(make_view) -> None:
    nodes = [node("path", 60.0), node("structure", 60.0), node("treatment", None, state="not_applicable")]
    path = node_chain(outputs(make_view(index_scores=nodes)), "path")
    assert [(part.code, part.weight, part.points) for part in path.parts] == [("structure", 1.0, 60.0)]


def test_parts_of_a_geometric_mean_have_points_of_the_index_only(make_view) -> None:
    nodes = [node("index", 80.0), node("effect", 70.0), node("pollution", 80.0)]
    given = {"unit_code": "500101", "period": "2026-10", "node_code": "pollution"}
    parts = [{**given, "indicator_code": "pm25", "to_index": 1.5}, {**given, "indicator_code": "so2", "to_index": 2.0}]
    chains = outputs(make_view(index_scores=nodes, contributions=parts))
    (effect,) = node_chain(chains, "index").parts
    assert (effect.points, effect.to_index) == (None, 3.5)
    assert [part.to_index for part in node_chain(chains, "effect").parts] == [3.5]


def test_an_indicator_that_is_missing_has_neither_weight_nor_points(make_view) -> None:
    row = {"unit_code": "500101", "period": "2026-10", "indicator_code": "pm25", "state": "missing"}
    row |= dict.fromkeys(("value", "score", "effective_weight", "contribution"))
    view = make_view(index_scores=[node("pollution", None, state="not_assessable")], indicator_scores=[row])
    pm25 = next(part for part in node_chain(outputs(view), "pollution").parts if part.code == "pm25")
    assert (pm25.weight, pm25.score, pm25.points) == (None, None, None)


def test_what_the_release_does_not_hold_is_none(make_view) -> None:
    chains = outputs(make_view())
    assert (chains.synergy, chains.nodes, chains.assessment) == (None, (), None)


def test_changes_belong_to_their_unit_in_a_fixed_order(make_view) -> None:
    given = {"period": "2026-10", "change": 0.02, "change_p05": 0.01, "change_p95": 0.03, "is_clear": True}
    keys = [("500102", "2025-10", "index"), ("500101", "2026-09", "index"), ("500101", "2025-10", "synergy")]
    rows = [{**given, "unit_code": unit, "base_period": base, "output": output} for unit, base, output in keys]
    chains = outputs(make_view(change_intervals=rows))
    assert [(row["base_period"], row["output"]) for row in chains.changes] == [
        ("2025-10", "synergy"),
        ("2026-09", "index"),
    ]
