"""Ranks inside a group of peers: the same runs, read among the units of one group."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def peer_ranks(ranks: FloatArray, groups: Sequence[str | None]) -> FloatArray:
    """Return the ranks (runs × units) among the units of each unit's own group; NaN for a unit of no group.

    ``ranks`` are those among all ranked units, who are the same in every run. One more than the peers
    that stand before a unit there is its rank by score among them: what ties in the field ties in the
    group, so rounding and ties are those of the published rank inside the group.
    """
    # Columns side by side in memory and in whole numbers: all pairs of a group are compared.
    columns = np.ascontiguousarray(ranks.T.astype(np.int32))
    found = np.full(ranks.shape, np.nan)
    named = np.array([group or "" for group in groups])
    for group in sorted(set(named.tolist()) - {""}):
        members = np.flatnonzero(named == group)
        peers = columns[members]
        for unit in members:
            found[:, unit] = 1 + np.count_nonzero(peers < columns[unit], axis=0)
    return found
