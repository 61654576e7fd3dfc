"""The steps before the last: read their batches, find what became of them, and pool what they recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from pipeline.domain.left_out import NONE, LeftOut
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import earlier_steps, last_step, sources_of_step, step_of_source
from pipeline.domain.tables import Ancestors, CorrectedCells, Quarantine, Transfers, empty
from pipeline.history.connectors.files import FILE, ROW
from pipeline.history.joined_rows import SOURCE, joined_rows
from pipeline.history.steps.ancestors import ancestors
from pipeline.history.steps.pooling import pooled_results, pooled_rows, pooled_uses
from pipeline.history.steps.transfers import OF_LEFT_OUT, find_transfers


@dataclass(frozen=True)
class StepHistory:
    """What the steps before the last recorded. Empty where the process declares no steps."""

    rows: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    """Step → one wide row per batch of it, for the steps before the last."""
    transfers: pl.DataFrame = field(default_factory=lambda: empty(Transfers))
    ancestors: pl.DataFrame = field(default_factory=lambda: empty(Ancestors))
    """Shares of the batches of all steps in each batch of the last step."""
    pooled: pl.DataFrame | None = None
    """One row per batch of the last step: what it inherits from earlier steps."""
    quarantine: pl.DataFrame = field(default_factory=lambda: empty(Quarantine))
    corrected: pl.DataFrame = field(default_factory=lambda: empty(CorrectedCells))
    of_left_out: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=OF_LEFT_OUT))
    """What batches took from batches that are left out on purpose (`OF_LEFT_OUT`). It is not in `transfers`."""

    def names(self, process: Process, source: str, batches: pl.Series) -> pl.Series:
        """Return the batches that the rows of a source may name: those of its step. batches: valid ones of the last step."""
        step = step_of_source(process, source)
        return self.rows[step][process.steps[step].batch] if step in self.rows and step is not None else batches

    def results(self, process: Process, source: str, results: pl.DataFrame, batches: pl.Series) -> pl.DataFrame:
        """Return the results of a source as results of batches of the last step. batches: the valid ones."""
        shares = self._shares(step_of_source(process, source), batches)
        return results if shares is None else pooled_results(results, shares)

    def uses(self, process: Process, source: str, uses: pl.DataFrame, batches: pl.Series) -> pl.DataFrame:
        """Return the shares of lots of a source as shares in batches of the last step. batches: the valid ones."""
        return self.uses_in(step_of_source(process, source), uses, batches)

    def uses_in(self, step: str | None, uses: pl.DataFrame, batches: pl.Series) -> pl.DataFrame:
        """Return the shares of lots in batches of a step as shares in batches of the last step. batches: the valid ones."""
        shares = self._shares(step, batches)
        return uses if shares is None else pooled_uses(uses, shares).select(uses.columns)

    def _shares(self, step: str | None, batches: pl.Series) -> pl.DataFrame | None:
        """Return the shares of the batches of a step; None where it is the last step."""
        if step not in self.rows:
            return None
        own = (pl.col("step") == step) & pl.col("batch_id").is_in(batches.implode())
        return self.ancestors.filter(own).drop("step")


def find_steps(process: Process, typed: Mapping[str, pl.DataFrame], left_out: LeftOut = NONE) -> StepHistory:
    """Return what the steps before the last recorded, and how it reached the batches of the last step.

    left_out: batches whose rows are not in `typed`, each with its step.
    """
    last = last_step(process)
    if last is None:
        return StepHistory()
    joined = {step: joined_rows(process, typed, step) for step in earlier_steps(process)}
    rows = {step: one.rows for step, one in joined.items()}
    names = {step: own[process.steps[step].batch] for step, own in rows.items()}
    names[last] = _named_in_last(process, typed, last)
    apart = {step: [one.batch for one in left_out.batches if one.step == step] for step in process.steps}
    transfers, bad_transfers, of_left_out = find_transfers(process, typed, names, apart)
    of_last = ancestors(list(process.steps), transfers, names[last])
    alike = (process.product, process.lineage)
    pooled = pl.DataFrame({process.batch: names[last]})
    for step, own in rows.items():
        shares = of_last.filter(pl.col("step") == step).drop("step")
        inherited = pooled_rows(_without_places(own), shares, process.steps[step].batch, process.batch, alike)
        pooled = pooled.join(inherited, on=process.batch, how="left", maintain_order="left")
    quarantine = pl.concat([empty(Quarantine), bad_transfers, *(one.quarantine for one in joined.values())])
    corrected = pl.concat([empty(CorrectedCells), *(one.corrected for one in joined.values())])
    return StepHistory(rows, transfers, of_last, pooled, quarantine, corrected, of_left_out)


def _named_in_last(process: Process, typed: Mapping[str, pl.DataFrame], last: str) -> pl.Series:
    """Return the names of the batches of the last step, each once."""
    sources = sources_of_step(process, "batches", last)
    named = pl.concat([typed[name].select(process.batch) for name in sources])[process.batch]
    return named.drop_nulls().unique(maintain_order=True)


def _without_places(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows without the columns that say where the rows of details come from."""
    return rows.select(name for name in rows.columns if not name.startswith((FILE, ROW, SOURCE)))
