"""Four questions about a simulated plant whose noise-free truth is known.

A large scale is 2,000 L or 15,000 L. Product i belongs to family i modulo four. The products are therefore distributed over four
folds on a diagonal, so that no fold hides a whole family. The folds depend on product, scale and date, never on a result.
"""

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from protocols import Fold, Protocol, fold_of
from tablets_rows import ROOT, Batches, read_batches

from pipeline.domain.attributes import Horizon
from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.process.process import Process
from pipeline.simulators.virtual_plant.build import build
from pipeline.simulators.virtual_plant.config import PlantConfig

LARGE = (2.0, 15.0)
"""[m³]"""
BETWEEN = 1.0
"""Scales below this are not large [m³]."""
FOLDS = 4
OWN = 3
"""Known batches of the product at the predicted scale, in the question that gives some."""


@dataclass(frozen=True)
class Plant:
    """Recorded batches of a plant, and the truth behind them."""

    batches: Batches
    truth: pl.DataFrame
    """batch_id, cqa, truth: quality without noise (SI)."""


def plant(config: PlantConfig, folder: Path, horizon: Horizon = "plan") -> Plant:
    """Build a plant, or read it from `folder` if the same code has built the same plant there before."""
    raw = raw_folder(config, folder)
    return Plant(read_batches("virtual_plant", raw, horizon), _truth(raw.with_name("truth")))


def raw_folder(config: PlantConfig, folder: Path) -> Path:
    """Return the folder of the raw files of a plant. The folder `truth` is beside it. Build both if they do not exist."""
    place = folder / _name(config)
    if not (place / "done").exists():
        shutil.rmtree(place, ignore_errors=True)
        build(config, place / "raw", place / "truth")
        (place / "done").touch()
    return place / "raw"


def never_at_scale_others_were(rows: pl.DataFrame) -> list[Fold]:
    """Predict a product's batches at a large scale. Its batches there and above are hidden; those of other products are known."""
    return [
        fold_of(rows, name, ~_of(products, pl.col("scale") >= _under(large)), _of(products, _near(large)))
        for name, products, large in _steps(rows)
    ]


def three_own_batches_at_scale(rows: pl.DataFrame) -> list[Fold]:
    """Predict the later batches at a large scale when the first three batches of the product there are known."""
    first = pl.col("batch_id").is_in(_first_at_scale(rows)["batch_id"].implode())
    return [
        fold_of(
            rows,
            name,
            ~_of(products, pl.col("scale") >= _under(large)) | _of(products, _near(large) & first),
            _of(products, _near(large) & ~first),
        )
        for name, products, large in _steps(rows)
    ]


def nobody_at_scale(rows: pl.DataFrame) -> list[Fold]:
    """Learn from everything up to 500 L, predict 2,000 L and 15,000 L."""
    large = pl.col("scale") >= BETWEEN
    return [fold_of(rows, "nobody", ~large, large)]


def new_product(rows: pl.DataFrame) -> list[Fold]:
    """Predict all batches of a product, at every scale, when no batch of it is known."""
    return [fold_of(rows, f"fold {n}", ~_of(group, True), _of(group, True)) for n, group in enumerate(_groups(rows))]


QUESTIONS = (
    Protocol(
        "others_were",
        "others were",
        "product never at the scale, other products were",
        "scale new to the product",
        never_at_scale_others_were,
    ),
    Protocol(
        "nobody_was",
        "none was",
        "no product ever at the scale (2,000 and 15,000 L from at most 500 L)",
        "beyond every scale",
        nobody_at_scale,
    ),
    Protocol(
        "three_own",
        "3 own",
        "three batches of the product at the scale known",
        "few batches there",
        three_own_batches_at_scale,
    ),
    Protocol("new_product", "new product", "all batches of a new product", "new product", new_product),
)


def _name(config: PlantConfig) -> str:
    """Return a folder name that changes with the configuration and with the code of the simulator."""
    simulators = ROOT / "pipeline/simulators"
    shared = [simulators / f"{name}.py" for name in ("arrays", "random_numbers", "workbook")]
    files = [*shared, *sorted((simulators / "virtual_plant").glob("*.py"))]
    code = b"".join(path.read_bytes() for path in files)
    return f"seed{config.seed}-{hashlib.sha256(code + repr(config).encode()).hexdigest()[:12]}"


def _truth(folder: Path) -> pl.DataFrame:
    """Return the noise-free quality in SI; for a batch with a fault the quality without the fault, if the plant recorded it."""
    process: Process = parse(Process, read_yaml(ROOT / "conf/process/virtual_plant.yaml"), "virtual_plant")
    file = next(path for name in ("noise_free", "quality") if (path := folder / f"{name}.parquet").exists())
    table = pl.read_parquet(file).unpivot(index="batch_id", variable_name="cqa", value_name="truth")
    units = {name: process.attributes[name].si for name in table["cqa"].unique()}
    lines = [pl.when(pl.col("cqa") == name).then(pl.col("truth") * u.factor + u.offset) for name, u in units.items()]
    return table.with_columns(pl.coalesce(lines).alias("truth"))


def _groups(rows: pl.DataFrame) -> list[list[str]]:
    products = rows["product"].unique().sort().to_list()
    return [[p for i, p in enumerate(products) if (i + i // FOLDS) % FOLDS == fold] for fold in range(FOLDS)]


def _steps(rows: pl.DataFrame) -> list[tuple[str, list[str], float]]:
    """Return every fold of products at every large scale that a product outside the fold has reached."""
    reached = {large: set(rows.filter(_near(large))["product"]) for large in LARGE}
    return [
        (f"fold {n} to {1000 * large:,.0f} L", group, large)
        for large in LARGE
        for n, group in enumerate(_groups(rows))
        if reached[large].intersection(group) and reached[large].difference(group)
    ]


def _first_at_scale(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the first batches of each product at each large scale."""
    ordered = rows.filter(pl.col("scale") >= BETWEEN).sort("started_at", "batch_id")
    return ordered.group_by("product", "scale_level", maintain_order=True).head(OWN)


def _under(large: float) -> float:
    return 0.9 * large


def _near(large: float) -> pl.Expr:
    return pl.col("scale").is_between(0.9 * large, 1.1 * large)


def _of(products: list[str], also: pl.Expr | bool) -> pl.Expr:
    return pl.col("product").is_in(products) & also
