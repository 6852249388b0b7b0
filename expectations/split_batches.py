"""What the second gate looks at of the marts that take scores and amounts apart: how far parts are from their whole.

Recomputed from the published scores, in another engine than the one that made the parts.
"""

from collections.abc import Iterator, Mapping

import polars as pl

from xietong.catalogue import Catalogue

Marts = Mapping[str, pl.DataFrame]


def gaps(marts: Marts, catalogue: Catalogue) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield each mart's name with one row a whole: its key and ``gap``, how far its parts are from it.

    Gaps of scores are in points (of the synergy degree in hundredths), those of amounts relative to
    the amount. Marts that the run does not have are left out.
    """
    made = {
        "contributions": _contributions,
        "score_changes": _score_changes,
        "decomposition": _decomposition,
        "emissions": _emissions,
        "pollution_equivalents": _equivalents,
    }
    for name, gap in made.items():
        if name in marts:
            yield name, gap(marts, catalogue)


def _gap(whole: pl.DataFrame, parts: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Return the key and |whole − Σ parts|; a whole without parts has moved or holds nothing."""
    sums = parts.group_by(key).agg(pl.col("part").sum())
    joined = whole.join(sums, on=key, how="left").with_columns(pl.col("part").fill_null(0.0))
    return joined.select(*key, gap=(pl.col("whole") - pl.col("part")).abs()).sort(key)


def _contributions(marts: Marts, catalogue: Catalogue) -> pl.DataFrame:
    key = ["unit_code", "period"]
    explained = marts["contributions"].select("period").unique()
    whole = _index(marts, catalogue).join(explained, on="period", how="semi")
    return _gap(whole.rename({"score": "whole"}), _parts(marts["contributions"], "to_index"), key)


def _score_changes(marts: Marts, catalogue: Catalogue) -> pl.DataFrame:
    changes = marts["score_changes"]
    degrees = marts["synergy"].select("unit_code", "period", score="d_modified").drop_nulls()
    key = ["unit_code", "period", "base_kind"]
    outputs = (
        ("index", _moved(_index(marts, catalogue), changes), "index_change", 1),
        ("synergy", _moved(degrees, changes), "synergy_change", 100),
    )
    return pl.concat(
        _gap(whole, _parts(changes, part), key).with_columns(output=pl.lit(output), gap=pl.col("gap") * scale)
        for output, whole, part, scale in outputs
    )


def _decomposition(marts: Marts, _: Catalogue) -> pl.DataFrame:
    key = ["unit_code", "period", "base_kind", "quantity_code"]
    effects = marts["decomposition"]
    whole = effects.select(*key, "change", "quantity", "base_quantity").unique()
    found = _gap(whole.rename({"change": "whole"}), _parts(effects, "effect"), key)
    return _relative(found, whole.select(*key, amount=pl.max_horizontal("quantity", "base_quantity")), key)


def _emissions(marts: Marts, _: Catalogue) -> pl.DataFrame:
    return _amounts(marts, marts["emissions"].filter(pl.col("scope") != "total"), "value")


def _equivalents(marts: Marts, _: Catalogue) -> pl.DataFrame:
    return _amounts(marts, marts["pollution_equivalents"], "equivalents")


def _amounts(marts: Marts, sources: pl.DataFrame, part: str) -> pl.DataFrame:
    """Return how far sources are from the indicator that is their sum, wherever there are any."""
    key = ["unit_code", "period", "indicator_code"]
    whole = marts["indicator_scores"].select(*key, whole="value").join(sources.select(key).unique(), on=key)
    return _relative(_gap(whole, _parts(sources, part), key), whole.rename({"whole": "amount"}), key)


def _relative(found: pl.DataFrame, amounts: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    size = pl.when(pl.col("amount") > 0).then(pl.col("amount")).otherwise(1.0)
    return found.join(amounts, on=key).select(*key, gap=pl.col("gap") / size).sort(key)


def _parts(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    return frame.with_columns(part=column)


def _index(marts: Marts, catalogue: Catalogue) -> pl.DataFrame:
    top = next(node.code for node in catalogue.index.nodes if node.parent is None)
    scores = marts["index_scores"].filter(pl.col("node_code") == top)
    return scores.select("unit_code", "period", "score").drop_nulls()


def _moved(scores: pl.DataFrame, changes: pl.DataFrame) -> pl.DataFrame:
    """Return the change of a score by unit, period and base, where there is one in both periods."""
    bases = changes.select("period", "base_kind", "base_period").unique()
    base = scores.rename({"period": "base_period", "score": "base_score"})
    joined = scores.join(bases, on="period").join(base, on=["unit_code", "base_period"])
    return joined.select("unit_code", "period", "base_kind", whole=pl.col("score") - pl.col("base_score"))
