"""The eight factors that the runs vary (rulings 14)."""

from typing import Final

#: By factor the levels of those that are a choice. ``weights`` and ``figures`` are groups of
#: continuous values. The first level is the published one, but for the aggregation of the index,
#: which the catalogue states.
FACTORS: Final[dict[str, tuple[str, ...]]] = {
    "weights": (),
    "normalisation": ("goalposts", "minmax", "zscore"),
    "aggregation": ("geometric", "arithmetic"),
    "coupling": ("modified", "standard"),
    "missing": ("lenient", "strict"),
    "grid_factor": ("provincial", "regional", "constant"),
    "figures": (),
    "imputation": ("none", "median"),
}
