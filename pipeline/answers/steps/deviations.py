"""How batches deviate from the mean of their product, scale and place: in a result, and in what each step was run with.

The place is the site and the equipment of the batch. Between scales and between places all steps change at once, so such
differences tell no step from another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.bridge.causes import PRODUCT, Cause, causes_of
from pipeline.answers.bridge.step_of_columns import equipment_of_steps, step_of_columns
from pipeline.domain.arrays import FloatArray, IntArray
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import not_after, step_of
from pipeline.domain.scale import scale_levels
from pipeline.features.catalogue import catalogue, inputs_of, offered

MOST_LOTS = 60
"""Largest number of lots of a material that count by themselves: those of most batches. The properties of every lot count."""
LEAST_OF_LOT = 2
"""Batches of a lot from which it counts by itself."""
LEAST_IN_COMPANY = 0.5
"""Of the batches that are not alone in product and scale, the share that must not be alone at their place, so that it counts."""
ROUNDING = 1e-9
"""Spread of a column below which it is rounding, as a share of its largest value."""
_GROUP, _RESULT = "_group", "_result"


@dataclass(frozen=True)
class Deviations:
    """Deviations of the batches from the mean of their product, scale and place."""

    results: FloatArray
    """Shape (batches,), SI. A censored result counts as its limit."""
    inputs: FloatArray
    """Settings, properties of lots, and lots, shape (batches, columns)."""
    steps: tuple[str, ...]
    """Step of each column."""
    groups: IntArray
    """Group of each column: the numbers of a step are one group, each of its texts another. Shape (columns,)."""
    means: int
    """Number of groups of batches with one product, scale and place."""


def varying_causes(process: Process, rows: pl.DataFrame) -> list[Cause]:
    """Return what can vary a batch within its product, scale and place, and is known before it: settings, lots and quantities.

    What is measured while a step runs is left out, because it carries what the steps before did. A derived attribute is left out,
    because its parts count. Names and data of equipment are left out, because they change at all steps at once. What equipment
    of a step does is in the comparable quantities of its operation, such as a tip speed.
    """
    fixed = {*equipment_of_steps(process), process.equipment, *(step.equipment for step in process.steps.values())}
    kinds = (pl.Float64, pl.String)

    def counts(name: str) -> bool:
        attribute = process.attributes.get(name)
        planned = attribute is None or (attribute.horizon == "plan" and attribute.derive is None)
        return planned and name not in fixed and rows.schema[name] in kinds

    found = [
        Cause(one.name, one.kind, tuple(name for name in one.columns if counts(name)), one.step)
        for one in causes_of(process, rows.columns)
        if one.kind in ("setting", "material", "context") and one.name != PRODUCT
    ]
    return [*(one for one in found if one.columns), *_quantities(process, rows)]


def _quantities(process: Process, rows: pl.DataFrame) -> Iterator[Cause]:
    """Yield the comparable quantities of the operations that are known before the batch, each at the latest step of its inputs."""
    planned = {one.feature for one in catalogue(process) if one.horizon == "plan"}
    for name, operation, feature in offered(process):
        quantity = f"{name}.{feature.name}"
        if quantity in planned and rows.schema.get(quantity) == pl.Float64:
            yield Cause(quantity, "quantity", (quantity,), step_of_columns(process, inputs_of(feature, operation)))


def alike(process: Process, rows: pl.DataFrame) -> pl.Series:
    """Return the number of the group of each batch: one product, scale and place.

    The place does not count where it would leave most batches alone, as where each batch has a device of its own.
    """
    level = scale_levels(rows["scale"], process.scale.tolerance).alias("_level")
    place = [name for name in ("site", "equipment") if name in rows.columns]
    coarse, fine = (
        rows.select(pl.struct("product", level, *names).rank("dense").alias(_GROUP))[_GROUP] for names in ([], place)
    )
    return fine if _in_company(fine) >= LEAST_IN_COMPANY * _in_company(coarse) else coarse


def _in_company(groups: pl.Series) -> int:
    """Return the number of batches that are not alone in their group."""
    return groups.to_frame().filter(pl.len().over(groups.name) > 1).height


def deviations(process: Process, rows: pl.DataFrame, results: pl.DataFrame, target: str) -> Deviations:
    """Return the deviations of the batches that have a result of a target, and of what its own and earlier steps were run with.

    rows: feature table; results: canonical results. Batches alone in their product, scale and place are left out. An unknown value
    counts as the mean.
    """
    own = results.filter(pl.col("attribute") == target).group_by("batch_id").agg(pl.col("value").mean().alias(_RESULT))
    known = rows.join(own, on="batch_id").sort("batch_id")
    known = known.with_columns(alike(process, known).alias(_GROUP)).filter(pl.len().over(_GROUP) > 1)
    causes = [one for one in varying_causes(process, rows) if not_after(process, one.step, step_of(process, target))]
    columns = list(_columns(process, causes, known))
    blocks = {block: at for at, block in enumerate(dict.fromkeys(block for _, block, _ in columns))}
    y = _centred(known, [pl.col(_RESULT)])[:, 0] if known.height else np.zeros(0)
    return Deviations(
        y,
        np.column_stack([values for _, _, values in columns]) if columns else np.zeros((known.height, 0)),
        tuple(step for step, _, _ in columns),
        np.array([blocks[block] for _, block, _ in columns], dtype=np.int64),
        known[_GROUP].n_unique(),
    )


def _columns(
    process: Process, causes: Sequence[Cause], rows: pl.DataFrame
) -> Iterator[tuple[str, tuple[str, str], FloatArray]]:
    """Yield the columns that vary: step, group and deviations, shape (batches,)."""
    for cause in causes if rows.height else ():
        for name in cause.columns:
            text = rows.schema[name] == pl.String
            parts = _lots(rows[name]) if text else {name: pl.col(name)}
            block = (str(cause.step), name if text else "")
            largest = 1.0 if text else float(rows[name].abs().max() or 0.0)  # type: ignore[arg-type]
            values = _centred(rows, list(parts.values()))
            for one in values.T[values.std(axis=0) > ROUNDING * largest]:
                yield str(cause.step), block, one


def _lots(texts: pl.Series) -> Mapping[str, pl.Expr]:
    """Return lot → whether a batch is of it, 1 or 0, for the lots that count by themselves."""
    counted = texts.drop_nulls().alias("lot").value_counts().filter(pl.col("count") >= LEAST_OF_LOT)
    names = counted.sort("count", "lot", descending=[True, False])["lot"].head(MOST_LOTS).to_list()
    return {name: (pl.col(texts.name) == name).fill_null(False).cast(pl.Float64) for name in names}


def _centred(rows: pl.DataFrame, values: Sequence[pl.Expr]) -> FloatArray:
    """Return values less their mean of product, scale and place, shape (batches, values); 0 where a value is not known."""
    named = [value.alias(f"_{at}") for at, value in enumerate(values)]
    means = [(pl.col(f"_{at}") - pl.col(f"_{at}").mean().over(_GROUP)).fill_null(0.0) for at in range(len(values))]
    found = rows.select(_GROUP, *named).select(means).to_numpy() if named else np.zeros((rows.height, 0))
    return np.asarray(found, dtype=np.float64)
