"""Width and coverage of intervals at a scale above all others: four analogues and two simulated plants.

    python benchmarks/steps.py forecast FOLDER [--jobs 1] [--plants plants]
    python benchmarks/steps.py [--write] report BEFORE AFTER

`forecast` saves the forecasts of the hidden batches of each analogue (`analogues.py`) and of the simulated plants in a folder.
`report` compares two folders, which may come from two commits: `PYTHONPATH` decides which code `forecast` uses. The measure is the
half width that would cover 90 % of the hidden results, divided by the half width of the 90 % interval that was given.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from analogues import ANALOGUES, NOBODY, PLANT_SEED, SEED
from calibration import OF_PLANTS, forecasts_of
from joblib import Parallel, delayed
from plants import plant
from report import Cell, Report, Table, command, compares, publish
from scoring import Question, questions

from pipeline.forecasting.intervals import bounds, covered, residual
from pipeline.simulators.virtual_plant.config import PlantConfig

SEEDS = (721, 722)
CQAS = ("titre", "hmw", "galactosylation")
KINDS = ("beyond_scale", "new_scale")
PROTOCOLS = (NOBODY, *(protocol for protocol in OF_PLANTS if protocol.name == "largest"))
LOW, HIGH = bounds(0.9)


def forecast(given: argparse.Namespace) -> None:
    """Save the forecasts of all histories."""
    given.folder.mkdir(parents=True, exist_ok=True)
    for analogue in ANALOGUES:
        _save(given, analogue.name, analogue.questions(given.plants))
    for seed in SEEDS:
        batches = plant(PlantConfig(seed=seed, historian_minutes=480), given.plants).batches
        _save(given, str(seed), questions(batches, PROTOCOLS, CQAS))


def _save(given: argparse.Namespace, name: str, asked: Sequence[Question]) -> None:
    file = given.folder / f"{name}.parquet"
    if file.exists():
        return
    found = Parallel(n_jobs=given.jobs)(delayed(_forecasts)(one) for one in asked)
    pl.concat(found).with_columns(pl.lit(name).alias("history")).write_parquet(file)
    print(f"{name}: {len(asked)} fits", flush=True)


def _forecasts(question: Question) -> pl.DataFrame:
    """Return the hidden batches with their intervals, and `deviation`, the standard deviation of the attribute in its history."""
    results = np.concatenate([question.train["observed"].to_numpy(), question.test["observed"].to_numpy()])
    return forecasts_of(question, None).with_columns(pl.lit(float(results.std())).alias("deviation"))


def report(given: argparse.Namespace) -> None:
    """Show the tables of two sets of forecasts."""
    before, after = (_read(folder) for folder in (given.before, given.after))
    tables = [_analogues(before, after), _plants(before, after)]
    seeds = [SEED, PLANT_SEED, *SEEDS]
    publish(Report("steps", tables, seeds, {"forecasts": after.height, "histories": after["history"].n_unique()}), given)


def _read(folder: Path) -> pl.DataFrame:
    """Return answered forecasts with `ratio`, error over half width on its side, and width and squared error in deviations."""
    text = pl.col("censoring").cast(pl.String)  # an enumeration in some histories
    tables = [pl.read_parquet(file).with_columns(text) for file in sorted(folder.glob("*.parquet"))]
    rows = pl.concat(tables).filter("answered")
    half = pl.when(residual() > 0).then(pl.col(HIGH) - pl.col("predicted")).otherwise(pl.col("predicted") - pl.col(LOW))
    return rows.with_columns(
        pl.when(residual() == 0).then(0.0).otherwise(residual().abs() / half).alias("ratio"),
        covered(LOW, HIGH).alias("in_90"),
        ((pl.col(HIGH) - pl.col(LOW)) / pl.col("deviation")).alias("width"),
        ((residual() / pl.col("deviation")) ** 2).alias("squared"),
    )


def _scores(rows: pl.DataFrame) -> tuple[float, float, float, float]:
    """Return needed over given half width, coverage, width and error; the first is the geometric mean over the attributes."""
    last = (0.9 * pl.len() - 1e-9).ceil().cast(pl.Int64) - 1
    each = rows.group_by("history", "cqa", maintain_order=True).agg(pl.col("ratio").sort().get(last))
    needed = float(np.exp(each["ratio"].log().mean()))  # type: ignore[arg-type]
    means = rows.select(pl.col("in_90").cast(pl.Float64).mean(), pl.col("width").mean(), pl.col("squared").mean().sqrt())
    return (needed, *means.row(0))


def _analogues(before: pl.DataFrame, after: pl.DataFrame) -> Table:
    lines: list[Sequence[Cell]] = []
    for analogue in ANALOGUES:
        parts = [
            rows.filter((pl.col("history") == analogue.name) & (pl.col("kind") == "beyond_scale"))
            for rows in (before, after)
        ]
        lines.append((analogue.name, parts[1].height, *_pairs(parts)))
    head = ("analogue", "results", *_HEAD)
    return Table("Beyond all scales, four analogues: 90 % intervals", head, lines, note=_NOTE)


def _plants(before: pl.DataFrame, after: pl.DataFrame) -> Table:
    own = pl.col("history").is_in([str(seed) for seed in SEEDS])
    lines: list[Sequence[Cell]] = []
    for kind in KINDS:
        for cqa in (*CQAS, "all"):
            asked = own & (pl.col("kind") == kind) & ((pl.col("cqa") == cqa) | (cqa == "all"))
            parts = [rows.filter(asked) for rows in (before, after)]
            lines.append((f"{kind}, {cqa}", parts[1].height, *_pairs(parts)))
    return Table(
        f"Simulated plants of seeds {', '.join(map(str, SEEDS))}: 90 % intervals",
        ("kind, attribute", "results", *_HEAD),
        lines,
    )


_HEAD = tuple(f"{what} {when}" for what in ("needed / given", "covered", "width", "error") for when in ("before", "after"))
_NOTE = (
    "Needed / given: the half width that covers 90 % of the results over the half width given, geometric mean over the attributes. "
    "Width and error (root mean square) in standard deviations of the attribute in its history."
)


def _pairs(parts: Sequence[pl.DataFrame]) -> list[float]:
    """Return each score before and after."""
    return [score for pair in zip(*(_scores(part) for part in parts), strict=True) for score in pair]


def main() -> None:
    """Read the arguments and do what they ask."""
    parser = command(__doc__)
    parts = parser.add_subparsers(required=True)
    ask = parts.add_parser("forecast")
    ask.add_argument("folder", type=Path)
    ask.add_argument("--jobs", type=int, default=1)
    ask.add_argument("--plants", type=Path, default=Path(tempfile.gettempdir()) / "plants")
    ask.set_defaults(do=forecast)
    compares(parts, report)
    given = parser.parse_args()
    given.do(given)


if __name__ == "__main__":
    main()
