"""How often the interval of a new patient holds the result, if nothing is known of the lot of this patient.

    python benchmarks/unknown_lots.py [seed …] [--write]

The stirred pot of the tests is a process of patient lots here. Each patient has a lot of their own. The copper of the lot decides
the titre, or has no effect. A model learns from past patients. A proposal for the next one states no lot. New patients are
simulated, and their results are held against the interval. The reference of the same run is the interval for the mean lot, which
the program gave before.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from report import Cell, Report, Table, command, publish  # noqa: E402

from pipeline.answers.answer import answer  # noqa: E402
from pipeline.answers.case.case import make_case  # noqa: E402
from pipeline.answers.result.prediction import Interval  # noqa: E402
from tests.support.patients import KNOWN_PLACE, patient_run, titres  # noqa: E402
from tests.support.pot import proposal  # noqa: E402

LOTS = (8, 12, 20, 50, 100)
"""Number of past lots of the product, a third of all."""
EFFECTS = {"decides": 1.0, "has no effect": 0.0}
"""What the property of the lot does → its effect on the titre. The error of a batch is 0.05."""
HIDDEN = 2_000
"""New patients per history."""
HISTORIES = 30


def covered(effect: float, lots: int, seed: int) -> tuple[list[float], list[float], float]:
    """Return the share of new patients inside each interval, the same for the mean lot, and the ratio of their widths at 90 %."""
    run, rng = patient_run(effect, seed, 3 * lots), np.random.default_rng([seed, lots])
    patient_run.cache_clear()
    case = make_case(proposal(**KNOWN_PLACE), run)
    hidden = titres(pl.Series(rng.uniform(1, 2, HIDDEN)), effect, rng).to_numpy()
    shares, widths = [], []
    for one in (case, replace(case, unknown_lots=(), possible=None)):
        predicted = answer(one, run, depth="numbers").steps[0].attributes["titre"].predicted
        assert predicted is not None
        shares.append([_inside(hidden, interval) for interval in predicted.intervals])
        widths.append(next(i.upper - i.lower for i in predicted.intervals if i.level == 90))
    return shares[0], shares[1], widths[0] / widths[1]


def _inside(values: np.ndarray, interval: Interval) -> float:
    return float(((values >= interval.lower) & (values <= interval.upper)).mean())


def main(given: argparse.Namespace) -> None:
    """Write a line per effect and number of past lots."""
    seeds, rows = given.seeds or list(range(1, HISTORIES + 1)), list[list[Cell]]()
    for what, effect in EFFECTS.items():
        for lots in LOTS:
            mixture, mean, ratio = zip(*(covered(effect, lots, seed) for seed in seeds), strict=True)
            of_level = [100 * float(np.mean(found)) for found in (*zip(*mixture, strict=True), *zip(*mean, strict=True))]
            rows.append([f"{what}, {lots} lots", *of_level, float(np.mean(ratio))])
            print(f"{what}, {lots} lots", file=sys.stderr, flush=True)
    head = ["the lot", *(f"{level} % {kind}" for kind in ("mixture", "mean lot") for level in (80, 90, 95)), "width at 90 %"]
    caption = "New patients inside the interval [%], and the width of the mixture over that of the mean lot"
    counted = {"histories": len(seeds) * len(rows), "new patients of each": HIDDEN}
    publish(Report("unknown_lots", [Table(caption, head, rows, 1)], seeds, counted), given)


if __name__ == "__main__":
    parser = command(__doc__)
    parser.add_argument("seeds", nargs="*", type=int, help=f"seeds of the histories; 1 to {HISTORIES} where none is given")
    main(parser.parse_args())
