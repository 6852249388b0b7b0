"""Invented figures for learning, tests and benchmarks, sent through the same forms as real ones.

One form a unit and year. The form of a year is due on 31 January of the next one (the edition
states it) and arrives between 8 and 25 January; the form of the running year arrives on the
fifth of the month after its last month. A few are late, a few are wrong: see ``defects.yaml``.

Figures are calibrated to what is published of the city. Energy is in calorific value (当量值),
8000 × 10⁴ tce in 2020 against the published 8874.54 in coal-equivalent of power generation
(等价值); its mix is chosen so that energy-related CO2 is the published 15,886.96 × 10⁴ t.
"""

from xietong.demonstration.generation import generate
from xietong.demonstration.manifest import MANIFEST, DemonstrationManifest, PlantedDefect

__all__ = ["MANIFEST", "DemonstrationManifest", "PlantedDefect", "generate"]
