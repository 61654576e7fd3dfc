"""Variations of the proposed batch: features, predictions and chances for any number of rows of settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.answers.case.proposed_batch import ProposedBatch
from pipeline.answers.case.setting_history import SettingHistory
from pipeline.answers.limits import ScenarioConfig
from pipeline.domain.arrays import FloatArray
from pipeline.domain.process.axis_words import Change
from pipeline.domain.process.parts import lot_column
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.features.lots import controls, lot_properties, main_lots
from pipeline.features.table import build
from pipeline.forecasting.outcome import ErrorForecaster, Outcome
from pipeline.history.derive import derive
from pipeline.history.tables import History


@dataclass(frozen=True)
class ScenarioSetup:
    """Everything that scenarios of one proposal share."""

    process: Process
    proposal: Proposal
    history: History
    batch: pl.DataFrame
    """The proposed batch, 1 row, with the properties of its lots and its in-process controls as columns."""
    reference: pl.DataFrame
    """Batches of the product at the reference scale."""
    forecaster: ErrorForecaster
    config: ScenarioConfig
    main_lots: Mapping[str, str]
    """Material whose lots are a grouping → the lot of the proposed batch with the largest share."""
    settings: SettingHistory
    """What history has run for each setting."""
    change: Change = "scale"
    """What the transfer changes."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Return the numeric process parameters that can be set: known at the time of planning, or named in the proposal.

        A parameter that is only observed during the batch, such as a maximum force, is included only if the proposal names it.
        """
        named = {*self.proposal.settings, *self.proposal.tolerances, *self.proposal.limits}
        return tuple(
            name
            for name, attribute in self.process.attributes.items()
            if attribute.role == "CPP"
            and attribute.kind == "number"
            and (name in named or (attribute.horizon == "plan" and attribute.derive is None))
            and name in self.batch.columns
            and self.batch[name][0] is not None
        )

    def set_point(self, name: str) -> float:
        """Return the proposed value of a parameter, SI."""
        return float(self.batch[name][0])

    def batches(self, settings: pl.DataFrame) -> pl.DataFrame:
        """Return one batch row per row of `settings` (columns: attributes, SI). All other attributes are as proposed."""
        rows = self.batch.drop(settings.columns, strict=False).join(settings, how="cross", maintain_order="left_right")
        return self._derived(rows).with_columns(batch_id=pl.int_range(pl.len()).cast(pl.String).str.zfill(9))

    def rows(self, settings: pl.DataFrame) -> pl.DataFrame:
        """Return the features of each row of `settings`, made by the same code as those of history.

        A row has the lots of the proposed batch. A material whose properties are among the settings has a new lot.
        """
        empty = (self.history.results, self.history.lots, self.history.genealogy, self.history.trajectories)
        rows = build(self.process, History(self.batches(settings), *(table.clear() for table in empty)))
        return rows.with_columns(
            pl.lit(lot).alias(lot_column(material))
            for material, lot in self.main_lots.items()
            if not self._properties(material) & set(settings.columns)
        )

    def _properties(self, material: str) -> set[str]:
        """Return the attributes that history knows of the lots of a material."""
        return set(self.history.lots.filter(pl.col("material") == material)["attribute"].unique())

    def mean(self, settings: pl.DataFrame) -> pl.DataFrame:
        """Return the predicted quality of each row of `settings`, SI."""
        return self.forecaster.mean(self.rows(settings))

    def outcome(self, settings: pl.DataFrame) -> Outcome:
        """Return the predicted quality and chances of each row of `settings`."""
        return self.forecaster.outcome(self.rows(settings))

    def chance(self, settings: pl.DataFrame) -> FloatArray:
        """Return P(all in specification) of each row of `settings`, shape (n,)."""
        return self.outcome(settings).together

    def _derived(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return rows with derived attributes recomputed from the settings. Attributes that the proposal states are kept."""
        again = [n for n in self.process.derivations() if n in rows.columns and n not in self._stated]
        if not again:
            return rows
        derived = derive(rows, self.process)
        return rows.with_columns(pl.coalesce(derived[n], rows[n]).alias(n) for n in again)

    @property
    def _stated(self) -> set[str]:
        return {*self.proposal.settings, self.process.product, self.process.scale.attribute}


def scenario_setup(
    process: Process,
    proposal: Proposal,
    proposed: ProposedBatch,
    history: History,
    forecaster: ErrorForecaster,
    config: ScenarioConfig,
    settings: SettingHistory | None = None,
) -> ScenarioSetup:
    """Return the setup of the scenarios. The batch gets the properties of its mixed lots and its in-process controls as columns.

    settings: of history, if they were collected before.
    """
    batch = proposed.history.batches
    more: Sequence[pl.DataFrame] = (
        controls(process, proposed.history.results),
        lot_properties(proposed.history.lots, proposed.history.genealogy),
    )
    for table in more:
        batch = batch.join(table, on="batch_id", how="left", maintain_order="left")
    found = main_lots(process, proposed.history.genealogy)
    materials = [name for name in process.groupings if name in process.materials]
    lots = {name: found[lot_column(name)][0] for name in materials if found.height and found[lot_column(name)][0]}
    known = settings or SettingHistory(process, history.batches)
    return ScenarioSetup(
        process, proposal, history, batch, proposed.reference, forecaster, config, lots, known, proposed.change
    )
