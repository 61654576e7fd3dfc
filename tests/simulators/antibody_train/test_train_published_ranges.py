"""The default train against published ranges: the middle 80 % of the batches of each step lies within.

Sources, with what was read of them: Stanton 2019 (BioProcess Insider, "Encroaching titer"): titres rose from below 0.5 g/L to mid
to high single digits. bioprocesstools.com, "How to optimize harvest clarification" (2026): clarified broth below 10 to 15 NTU.
Sheth, thesis at University College London: largest static capacity of an affinity resin 61.8 g/L. Gagnon 2012, "The secret life of
protein A", BioProcess Int. 10(2): several hundred to a few thousand ppm of host cell protein in the eluate. Wollacott et al. 2015,
BioProcess J. 14(2): below 1 % dimer and above 85 % recovery in polishing by cation exchange. Merck Millipore, "Increase product
yield in your UF/DF process": yields above 95 %. Health Products Regulatory Authority, "Preparing the CMC section of IMPD for
biologicals": host cell protein at most 100 ng/mg, aggregates at most 5 %. Yields of harvest and capture, and viability, are usual
values; no source was opened for them.
"""

import numpy as np
import pytest

from pipeline.simulators.antibody_train.capture import capacity
from pipeline.simulators.antibody_train.train import Simulation, TrainRun

RANGES = {
    ("culture", "titre"): (0.5, 9.0),
    ("culture", "viability"): (60.0, 95.0),
    ("harvest", "turbidity"): (1.0, 15.0),
    ("harvest", "step_yield"): (0.88, 0.99),
    ("capture", "step_yield"): (0.90, 1.0),
    ("capture", "hcp"): (300.0, 3000.0),
    ("polishing", "step_yield"): (0.85, 1.0),
    ("polishing", "hmw"): (0.0, 1.3),
    ("filtration", "step_yield"): (0.95, 1.0),
    ("filtration", "hmw"): (0.0, 5.0),
    ("filtration", "hcp"): (0.0, 100.0),
}


@pytest.mark.parametrize(("step", "name"), RANGES)
def test_train__lies_in_the_published_range(run: TrainRun, step: str, name: str) -> None:
    low, high = np.quantile(run.steps[step].after[name], [0.1, 0.9])
    least, most = RANGES[step, name]
    assert least <= low
    assert high <= most


def test_train__binding_capacity_is_below_the_static_one_and_above_the_loads(simulation: Simulation, run: TrainRun) -> None:
    found = capacity(simulation.traits("capture"), run.steps["capture"].drivers)
    low, high = np.quantile(found, [0.1, 0.9])
    assert low > 30
    assert high < 61.8
    assert (run.steps["capture"].drivers["load"] / found < 1).mean() > 0.95


def test_train__scale_effects_have_the_published_direction(simulation: Simulation, run: TrainRun) -> None:
    """At 2 m³ and more pCO₂ is 60 to 180 mmHg late in the culture (Mostafa, Gu 2003: 179; Zhu et al. 2005: 140 to 160)."""
    stage = simulation.rows["culture"]["stage"].to_numpy()
    pco2, titre = run.steps["culture"].after["pco2"], run.steps["culture"].after["titre"]
    means = [pco2[stage == number].mean() for number in range(5)]
    assert means == sorted(means)
    assert np.quantile(pco2[stage >= 3], 0.1) > 60
    assert np.quantile(pco2[stage >= 3], 0.9) < 180
    assert titre[stage == 4].mean() < titre[stage == 0].mean()
