"""Four questions about a simulated plant whose noise-free truth is known.

A large scale is 2,000 L or 15,000 L. Products are spread over four folds on a diagonal, since product i belongs to family i modulo
four: no fold hides a whole family. The questions look at product, scale and date, never at a result.
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
"""Everything under this is not large [m³]."""
FOLDS = 4
OWN = 3
"""Batches of the product at the scale that is asked about, where some are given."""


@dataclass(frozen=True)
class Plant:
    """What a plant has recorded, and what really is."""

    batches: Batches
    truth: pl.DataFrame
    """batch_id, cqa, truth: quality without noise (SI)."""


def plant(config: PlantConfig, folder: Path, horizon: Horizon = "plan") -> Plant:
    """Make a plant, or take it from `folder` where the same one was made before by the same code."""
    place = folder / _name(config)
    if not (place / "done").exists():
        shutil.rmtree(place, ignore_errors=True)
        build(config, place / "raw", place / "truth")
        (place / "done").touch()
    return Plant(read_batches("virtual_plant", place / "raw", horizon), _truth(place / "truth"))


def never_at_scale_others_were(rows: pl.DataFrame) -> list[Fold]:
    """Predict a product's first step to a large scale: its batches there and at any larger scale are hidden, others' are not."""
    return [
        fold_of(rows, name, ~_of(products, pl.col("scale") >= _under(large)), _of(products, _near(large)))
        for name, products, large in _steps(rows)
    ]


def three_own_batches_at_scale(rows: pl.DataFrame) -> list[Fold]:
    """The same when the first three batches of the product at that scale are known; the later ones are predicted."""
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
    """Predict all batches of products of which none is known, at every scale."""
    return [fold_of(rows, f"fold {n}", ~_of(group, True), _of(group, True)) for n, group in enumerate(_groups(rows))]


QUESTIONS = (
    Protocol(
        "others_were", "others", "product never there, others were", "scale new to the product", never_at_scale_others_were
    ),
    Protocol("nobody_was", "nobody", "nobody was ever there", "beyond every scale", nobody_at_scale),
    Protocol("three_own", "3 own", "others, and 3 own batches there", "few batches there", three_own_batches_at_scale),
    Protocol("new_product", "new", "product new", "new product", new_product),
)


def _name(config: PlantConfig) -> str:
    """A folder name that changes with the configuration and with the simulator's code."""
    code = b"".join(path.read_bytes() for path in sorted((ROOT / "pipeline/plant").glob("*.py")))
    return f"seed{config.seed}-{hashlib.sha256(code + repr(config).encode()).hexdigest()[:12]}"


def _truth(folder: Path) -> pl.DataFrame:
    """Noise-free quality, in SI; of a batch with a fault, what it would have been without where the plant tells."""
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
    """Every fold of products at every large scale that some product outside the fold has reached."""
    reached = {large: set(rows.filter(_near(large))["product"]) for large in LARGE}
    return [
        (f"fold {n} to {1000 * large:,.0f} L", group, large)
        for large in LARGE
        for n, group in enumerate(_groups(rows))
        if reached[large].intersection(group) and reached[large].difference(group)
    ]


def _first_at_scale(rows: pl.DataFrame) -> pl.DataFrame:
    """The first batches of each product at each large scale."""
    ordered = rows.filter(pl.col("scale") >= BETWEEN).sort("started_at", "batch_id")
    return ordered.group_by("product", "scale_level", maintain_order=True).head(OWN)


def _under(large: float) -> float:
    return 0.9 * large


def _near(large: float) -> pl.Expr:
    return pl.col("scale").is_between(0.9 * large, 1.1 * large)


def _of(products: list[str], also: pl.Expr | bool) -> pl.Expr:
    return pl.col("product").is_in(products) & also
