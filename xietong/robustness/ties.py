"""Which ranks can be told apart: how often one unit is ahead of another, and groups that are statistically tied."""

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Below this share of the runs the order of two units is as good as never turned round.
RARELY: Final = 0.05


def ahead_probabilities(ranks: FloatArray) -> FloatArray:
    """Return, for every pair of units, the share of runs in which the first is ahead; a shared rank is half a win.

    ``ranks`` is runs × units, all ranked. The two shares of a pair add up to 1.
    """
    # Columns side by side in memory and in whole numbers: all pairs of many units are compared.
    columns = np.ascontiguousarray(ranks.T.astype(np.int32))
    ahead = np.empty((len(columns), len(columns)))
    for unit, own in enumerate(columns):
        ahead[unit] = np.count_nonzero(own < columns, axis=1) + 0.5 * np.count_nonzero(own == columns, axis=1)
    return np.asarray(ahead / max(len(ranks), 1), dtype=float)


def tied_groups(nominal: FloatArray, ahead: FloatArray) -> IntArray:
    """Return the number of every unit's group of statistically tied units, 1 for the best.

    Going down the published ranks, a unit belongs to the group while the first of the group is ahead
    of it in less than 95 % of the runs; the unit that it does beat opens the next group. A group is
    therefore an unbroken stretch of ranks, and nobody in it can be told from its first. Units of one
    published rank are never parted. The last of a group and the first of the next may still be close:
    the line is drawn where the leader ends, not where a gap begins.
    """
    groups = np.zeros(len(nominal), dtype=np.int64)
    # Among equals the one that is ahead of more leads: the same group whatever the order of the rows.
    order = np.lexsort((-ahead.sum(axis=1), nominal))
    leader, group = order[0], 1
    for before, unit in pairwise(order):
        groups[before] = group
        if ahead[leader, unit] >= 1 - RARELY and nominal[unit] > nominal[before]:
            leader, group = unit, group + 1
    groups[order[-1]] = group
    return groups
