"""The blend of today against that of commit 050686f, on ten virtual plants that nobody has looked at.

    python benchmarks/sharper.py before FOLDER --frozen COMMIT [--jobs 2]
    python benchmarks/sharper.py after FOLDER --frozen COMMIT [--jobs 2]
    python benchmarks/sharper.py [--write] report BEFORE AFTER

COMMIT is the one in which all choices were made. The seeds of the plants are computed from its hash, so nobody could choose them.
`--seeds 741 742` names seeds instead, for a trial.

Each plant is simulated once. Both commits read its raw files, by their own definition of the process, and make their own features.
`before` makes a worktree and an environment of commit 050686f (`--checkout`). Finished plants are skipped, so a run that was
stopped can be started again. `sharper_report.py` describes the tables.
"""

import argparse
import hashlib
import tempfile
from pathlib import Path

import polars as pl
from checkouts import BEFORE, Checkout, full_hash, here, with_environment, worktree
from plants import Plant, plant, raw_folder
from report import command, commit, compares, publish
from sharper_report import sharper_report

from pipeline.simulators.virtual_plant.config import PlantConfig

PLANTS = 10
TRIAL = "no commit: a trial"
"""Stands for the frozen commit where seeds were named."""
PRODUCTS, BATCHES, HISTORIAN_MINUTES = 12, 400, 480
TEMPORARY = Path(tempfile.gettempdir())


def seeds_of(frozen: str, count: int = PLANTS) -> list[int]:
    """Return seeds that follow from the full hash of a commit: SHA-256 of the hash and the number of the plant, modulo a million.

    >>> seeds_of("050686f8534fc2e8ae4dba8452338533f14fc0a2", 3)
    [437065, 612208, 228389]
    """
    return [int(hashlib.sha256(f"{frozen}:{number}".encode()).hexdigest(), 16) % 1_000_000 for number in range(count)]


def before(given: argparse.Namespace) -> None:
    """Save the forecasts of commit 050686f."""
    _forecasts(given, with_environment(worktree(BEFORE, given.checkout)), BEFORE[:10])


def after(given: argparse.Namespace) -> None:
    """Save the forecasts of the code that runs now."""
    _forecasts(given, here(), commit())


def _forecasts(given: argparse.Namespace, code: Checkout, of: str) -> None:
    frozen = full_hash(given.frozen) if given.frozen else TRIAL
    given.folder.mkdir(parents=True, exist_ok=True)
    for seed in given.seeds or seeds_of(frozen):
        file = given.folder / f"{seed}.parquet"
        if not file.exists():
            _plant(given, code, seed, file, {"commit": of, "frozen": frozen})
            print(f"plant {seed}: written", flush=True)


def _plant(given: argparse.Namespace, code: Checkout, seed: int, file: Path, origin: dict[str, str]) -> None:
    """Save the forecasts of one plant, with the truth beside them."""
    config = PlantConfig(seed=seed, products=PRODUCTS, batches=BATCHES, historian_minutes=HISTORIAN_MINUTES)
    made: Plant = plant(config, given.plants)
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "answers.parquet"
        script = Path(__file__).with_name("sharper_forecasts.py")
        code.run([str(script), str(raw_folder(config, given.plants)), str(answers), "--jobs", str(given.jobs)])
        found = pl.read_parquet(answers)
    labels = {"seed": seed, **origin}
    known = found.join(made.truth, on=["batch_id", "cqa"], how="inner", maintain_order="left")
    part = file.with_suffix(".part")
    known.select(*(pl.lit(value).alias(name) for name, value in labels.items()), pl.all()).write_parquet(part)
    part.rename(file)


def report(given: argparse.Namespace) -> None:
    """Show the tables of two folders of forecasts."""
    found = (pl.concat(map(pl.read_parquet, sorted(folder.glob("*.parquet")))) for folder in (given.before, given.after))
    publish(sharper_report(*found), given)


def main() -> None:
    """Read the arguments and do what they ask."""
    parser = command(__doc__)
    parts = parser.add_subparsers(required=True)
    for name, do in (("before", before), ("after", after)):
        part = parts.add_parser(name)
        part.add_argument("folder", type=Path, help="where the forecasts are saved, a file for each plant")
        which = part.add_mutually_exclusive_group(required=True)
        which.add_argument("--frozen", help="commit in which all choices were made; the seeds follow from its hash")
        which.add_argument("--seeds", type=int, nargs="+", help="seeds of the plants, for a trial")
        part.add_argument("--jobs", type=int, default=1, help="processes, each of them fits with one thread")
        part.add_argument("--plants", type=Path, default=TEMPORARY / "plants", help="where the plants are kept")
        part.add_argument(
            "--checkout", type=Path, default=TEMPORARY / f"scalebridge_{BEFORE[:7]}", help="worktree of `before`"
        )
        part.set_defaults(do=do)
    compares(parts, report)
    given = parser.parse_args()
    given.do(given)


if __name__ == "__main__":
    main()
