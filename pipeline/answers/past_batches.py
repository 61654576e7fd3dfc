"""The batches of history as a list: where each was made, and what came of it. Values are in display units."""

from collections.abc import Mapping
from dataclasses import dataclass as plain_dataclass

import polars as pl
from pydantic.dataclasses import dataclass

from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.result.values import MaybeNumber, UnitLabel
from pipeline.domain.scale import same_scale
from pipeline.domain.strict_config import STRICT


@plain_dataclass(frozen=True)
class Wanted:
    """Which batches are listed. None leaves a column open."""

    product: str | None = None
    equipment: str | None = None
    site: str | None = None
    scale: float | None = None
    """SI. A scale within the tolerance of the process counts as the same."""
    name: str | None = None
    """A part of the name of the batch, in small or capital letters."""


@dataclass(config=STRICT, frozen=True)
class PastResult:
    """One quality attribute of a past batch."""

    value: MaybeNumber
    censoring: str
    """`none`; `left` or `right` where the value is the limit that the result lies below or above."""


@dataclass(config=STRICT, frozen=True)
class PastBatch:
    """One batch of history."""

    batch: str
    product: str
    scale: MaybeNumber
    """None where the process states no scale."""
    equipment: str | None
    site: str | None
    started: str | None
    """ISO 8601, in the clock of the batch records."""
    results: Mapping[str, PastResult]
    """Quality attribute → its result. An attribute without one is absent."""


@dataclass(config=STRICT, frozen=True)
class PastBatches:
    """Some batches of history, the newest first."""

    run: str
    """The published run whose history this is."""
    total: int
    """Number of batches that are wanted, also those before and after these."""
    first: int
    """Number of batches that were passed over."""
    scale_unit: UnitLabel
    units: Mapping[str, UnitLabel]
    """Quality attribute → its unit."""
    names: Mapping[str, str]
    """Quality attribute → its display name."""
    batches: tuple[PastBatch, ...]


def past_batches(run: PredictingRun, name: str, wanted: Wanted, first: int, most: int) -> PastBatches:
    """Return the batches of history that are wanted: at most `most`, after the first `first`. name: of the run.

    Batches of other clients that teach without their names are not listed.
    """
    process = run.process
    named = run.history.batches.join(run.history.anonymous, on="batch_id", how="anti", maintain_order="left")
    found = named.filter(_filters(run, wanted))
    some = found.sort("started_at", "batch_id", descending=True, nulls_last=True).slice(first, most)
    results = _results(run, some)
    unit = process.attributes[process.scale.attribute].si
    columns = ("batch_id", "product", "scale", "equipment", "site", "started_at")
    return PastBatches(
        run=name,
        total=found.height,
        first=first,
        scale_unit=unit.label if process.states_scale else "",
        units={target: process.attributes[target].si.label for target in process.targets},
        names={target: process.display_name(target) for target in process.targets},
        batches=tuple(
            PastBatch(
                batch,
                product,
                unit.from_si(scale) if process.states_scale else None,
                equipment,
                site,
                None if started is None else started.isoformat(),
                results.get(batch, {}),
            )
            for batch, product, scale, equipment, site, started in some.select(columns).iter_rows()
        ),
    )


def _filters(run: PredictingRun, wanted: Wanted) -> pl.Expr:
    tests = [
        pl.col(column) == value
        for column, value in (("product", wanted.product), ("equipment", wanted.equipment), ("site", wanted.site))
        if value is not None
    ]
    if wanted.scale is not None:
        tests.append(same_scale(pl.col("scale"), wanted.scale, run.process.scale.tolerance))
    if wanted.name is not None:
        tests.append(pl.col("batch_id").str.to_lowercase().str.contains(wanted.name.lower(), literal=True))
    return pl.all_horizontal(tests) if tests else pl.lit(True)


def _results(run: PredictingRun, batches: pl.DataFrame) -> dict[str, dict[str, PastResult]]:
    """Return batch → quality attribute → result, in display units."""
    targets = run.process.targets
    own = run.history.results.filter(
        pl.col("attribute").is_in(list(targets)) & pl.col("batch_id").is_in(batches["batch_id"].implode())
    )
    found: dict[str, dict[str, PastResult]] = {}
    for batch, target, value, censoring in own.select("batch_id", "attribute", "value", "censoring").iter_rows():
        shown = None if value is None else run.process.attributes[target].si.from_si(value)
        found.setdefault(batch, {})[target] = PastResult(shown, censoring)
    return found
