"""Rules for the choice of the model that answers, compared on batches that no choice has seen: plants, small plants, tablets.

    python benchmarks/choice.py [--write] [--folder FOLDER] [--seeds 731 … 740] [--small 761 … 780] [--raw data/raw/tablets]

Each fold hides batches from all candidates: the baselines and `conf/model/scaleup.yaml`. Inside its training rows each candidate
forecasts hidden batches again, for every kind of question that the folds of the history ask. The rules read those inner
forecasts, and are scored on the outer ones. All forecasts are saved in FOLDER, one file per history and attribute, and are not
made again where the file exists. So an interrupted run goes on, and a new rule needs no new fit.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from calibration import OF_PLANTS, OF_TABLETS, TABLETS
from choice_tables import CONFIGURED, SMALL_PLANTS, choice_report
from joblib import Parallel, delayed
from plants import Plant, plant
from protocols import Fold, Protocol, fold_of
from report import ROOT, command, publish
from scoring import Question, questions
from tablets_rows import Batches, read_batches
from threadpoolctl import threadpool_limits

from pipeline.domain.config_files import parse, read_yaml
from pipeline.extrapolation.kinds import KIND_COLUMN, KINDS, TrainingExtent, kinds_of
from pipeline.extrapolation.reenactment import LEAST_RESULTS
from pipeline.forecasting.calibrated_model import fit_all_calibrated
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.registry import ModelConfig, SuperLearner, ladder
from pipeline.models.spectral.model import Spectral
from pipeline.simulators.virtual_plant.config import PlantConfig

SEEDS = tuple(range(731, 741))
SMALL = tuple(range(761, 781))
SIZES = (12, 24, 60)
"""Numbers of batches of the small histories."""
NEXT = 30
"""Number of batches after a small history that are predicted."""


def first_batches(size: int) -> Protocol:
    """Return the protocol that learns from the first batches of a plant, and predicts the next ones."""

    def folds(rows: pl.DataFrame) -> list[Fold]:
        ordered = rows.sort("started_at", "batch_id").with_row_index("place")
        return [fold_of(ordered, f"first {size}", pl.col("place") < size, pl.col("place").is_between(size, size + NEXT - 1))]

    return Protocol(f"first_{size}", f"first {size}", f"first {size} batches of a plant", "what comes next", folds)


def one_line(rows: pl.DataFrame) -> list[Fold]:
    """Predict the last third of the batches of one product at one scale from the others of this line, and from no other batch."""
    line = rows.group_by("lineage", "scale_level").len().sort("len", "lineage", "scale_level").row(-1)
    return [_last_third(rows.filter(pl.col("lineage") == line[0], pl.col("scale_level") == line[1]), "one line")]


def one_product(rows: pl.DataFrame) -> list[Fold]:
    """Predict the last third of the batches of one product from its others, and from no other batch."""
    return [_last_third(rows.filter(pl.col("lineage") == pl.col("lineage").mode().min()), "one product")]


def _last_third(own: pl.DataFrame, name: str) -> Fold:
    ordered = own.sort("started_at", "batch_id").with_row_index("place")
    first = 3 * pl.col("place") < 2 * own.height
    return fold_of(ordered, name, first, ~first)


OF_SMALL_PLANTS = (
    *map(first_batches, SIZES),
    Protocol("one_line", "one line", "one product at one scale", "next batch", one_line),
    Protocol("one_product", "one product", "one product at all its scales", "next batch", one_product),
)


@dataclass(frozen=True)
class History:
    """Batches, and what is asked of them."""

    name: str
    group: str
    """"plants", "small plants" or "tablets"."""
    batches: Batches
    truth: pl.DataFrame | None
    protocols: Sequence[Protocol]


def histories(given: argparse.Namespace) -> Iterator[History]:
    """Yield the histories one after the other."""
    plants = given.folder / "plants"
    for seed in given.seeds:
        made = plant(PlantConfig(seed=seed, historian_minutes=480), plants)
        yield _of_plant(str(seed), "plants", made, OF_PLANTS)
    for seed in given.small:
        yield _of_plant(str(seed), SMALL_PLANTS, small_plant(seed, plants), OF_SMALL_PLANTS)
    if not given.raw.is_dir():
        print(f"{given.raw} does not exist, so the tablets are left out; run `dvc pull data/raw/tablets.dvc`", flush=True)
    else:
        yield History(TABLETS, TABLETS, read_batches("tablets", given.raw, "plan"), None, OF_TABLETS)


def small_plant(seed: int, folder: Path) -> Plant:
    """Return a plant with few products, of which small histories are taken."""
    return plant(PlantConfig(seed=seed, products=6, batches=180, families=2, historian_minutes=480), folder)


def _of_plant(name: str, group: str, made: Plant, protocols: Sequence[Protocol]) -> History:
    return History(name, group, made.batches, made.truth, protocols)


def forecast(given: argparse.Namespace) -> None:
    """Save the forecasts of all histories that are not saved yet."""
    given.folder.mkdir(parents=True, exist_ok=True)
    for history in histories(given):
        for cqa in history.batches.tasks:
            if cqa in (given.cqas or history.batches.tasks) and not _file(given.folder, history.name, cqa, "outer").exists():
                _save(given, history, cqa)


def _save(given: argparse.Namespace, history: History, cqa: str) -> None:
    """Save the inner and the outer forecasts of one attribute; the outer ones last, as a sign that both are whole."""
    asked = [one for one in questions(history.batches, history.protocols, (cqa,)) if one.train.height >= LEAST_RESULTS]
    if not asked:
        return
    kinds = {kind for one in asked for kind in _kinds(one)}
    found = Parallel(n_jobs=given.jobs)(
        delayed(_forecasts)(one, tuple(kind for kind in KINDS if kind in kinds)) for one in asked
    )
    inner, outer = (
        pl.concat(tables).with_columns(history=pl.lit(history.name), group=pl.lit(history.group))
        for tables in zip(*found, strict=True)
    )
    inner.write_parquet(_file(given.folder, history.name, cqa, "inner"))
    _with_truth(outer, history.truth).write_parquet(_file(given.folder, history.name, cqa, "outer"))
    print(f"{history.name} {cqa}: {len(asked)} folds", flush=True)


def _file(folder: Path, history: str, cqa: str, part: str) -> Path:
    return folder / f"{history}.{cqa}.{part}.parquet"


def _kinds(question: Question) -> list[str]:
    task = question.task
    return kinds_of(question.test, TrainingExtent.of(question.train, task.scale_tolerance, task.refuse))


def candidates(blend: ModelConfig) -> tuple[ModelConfig, ...]:
    """Return the baselines, the first member of the blend of each kind that a user may configure alone, and the blend."""
    members = [one for one in blend.members if not isinstance(one, Spectral)] if isinstance(blend, SuperLearner) else []
    single = [next(member for member in members if member.kind == kind) for kind in CONFIGURED if kind != blend.kind]
    *baselines, last = ladder(blend)
    return (*baselines, *single, last)


def _forecasts(question: Question, kinds: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the inner and the outer forecasts of all candidates in a fold."""
    blend: ModelConfig = parse(ModelConfig, read_yaml(ROOT / "conf/model/scaleup.yaml"), "scaleup")
    with threadpool_limits(1):
        fitted = fit_all_calibrated(question.train, question.task, candidates(blend), IntervalConfig(), 1, kinds, ())
        inner = [
            _table(question, model, hidden.with_columns(pl.lit(kind).alias(KIND_COLUMN)))
            for model, tables in fitted.hidden.items()
            for kind, hidden in tables.items()
        ]
        outer = [
            _table(
                question,
                model,
                question.test.with_columns(
                    one.kinds(question.test),
                    pl.Series("predicted", one.predict(question.test)),
                    reenacted_kind=pl.lit(None, pl.String),
                ),
            )
            for model, one in fitted.models.items()
        ]
    return pl.concat(inner), pl.concat(outer)


def _table(question: Question, model: str, rows: pl.DataFrame) -> pl.DataFrame:
    key = {"protocol": question.protocol, "fold": question.fold, "cqa": question.task.target, "model": model}
    return rows.select(
        *(pl.lit(value).alias(name) for name, value in key.items()),
        *(
            "batch_id",
            "product",
            "lineage",
            "scale_level",
            KIND_COLUMN,
            "reenacted_kind",
            "observed",
            pl.col("censoring").cast(pl.String),
            "predicted",
        ),
    )


def _with_truth(outer: pl.DataFrame, truth: pl.DataFrame | None) -> pl.DataFrame:
    """Return the outer forecasts with what they are compared with: the quality without noise where it is known."""
    if truth is None:
        return outer
    joined = outer.join(truth, on=["batch_id", "cqa"], how="left", maintain_order="left")
    known = pl.col("truth").is_not_null()
    return joined.with_columns(
        observed=pl.coalesce("truth", "observed"), censoring=pl.when(known).then(pl.lit("none")).otherwise("censoring")
    ).drop("truth")


def saved(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the inner and the outer forecasts of all histories in a folder. An attribute that is not whole is left out."""
    whole = [file.name.removesuffix(".outer.parquet") for file in sorted(folder.glob("*.outer.parquet"))]
    inner, outer = (
        pl.concat([pl.read_parquet(folder / f"{name}.{part}.parquet") for name in whole]) for part in ("inner", "outer")
    )
    return inner, outer


def main() -> None:
    """Read the arguments, make what is missing, and show the tables."""
    parser = command(__doc__)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "choice")
    parser.add_argument("--seeds", type=int, nargs="*", default=SEEDS)
    parser.add_argument("--small", type=int, nargs="*", default=SMALL)
    parser.add_argument("--raw", type=Path, default=ROOT / "data/raw/tablets")
    parser.add_argument("--cqas", nargs="*", default=(), help="some attributes instead of all")
    parser.add_argument("--jobs", type=int, default=1)
    given = parser.parse_args()
    forecast(given)
    publish(choice_report(*saved(given.folder)), given)


if __name__ == "__main__":
    main()
