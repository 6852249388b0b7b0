"""G11: Sobol indices of the Ishigami function against their analytic values."""

import numpy as np
import pytest

from xietong.sensitivity import saltelli_origins, sobol_indices, sobol_points


@pytest.mark.parametrize("seed", [0, 2, 2025])
def test_g11_ishigami(golden, seed) -> None:
    figures = golden["G11_ishigami"]
    pairs = 2 * np.pi * sobol_points(8192, 6, seed) - np.pi
    points = np.concatenate((pairs[:, :3], pairs[:, 3:]))
    x = np.take_along_axis(points, saltelli_origins(8192, 3), axis=0)
    outputs = np.sin(x[:, 0]) + figures["a"] * np.sin(x[:, 1]) ** 2 + figures["b"] * x[:, 2] ** 4 * np.sin(x[:, 0])
    indices = sobol_indices(outputs, 3, seed=seed)
    assert indices.first == pytest.approx(figures["S1"], abs=5e-3)
    assert indices.total == pytest.approx(figures["ST"], abs=5e-3)
    assert np.all(indices.first_p05 <= indices.first)
    assert np.all(indices.first <= indices.first_p95)
    assert np.all((indices.total_p05 <= indices.total) & (indices.total <= indices.total_p95))
