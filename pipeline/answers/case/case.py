"""The case of a proposal: everything that is derived from it before a model predicts. It is made once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipeline.answers.case.assumed import Assumed
from pipeline.answers.case.assumptions import in_reference
from pipeline.answers.case.completion import completed
from pipeline.answers.case.feasibility import check_possible
from pipeline.answers.case.holds import holds_of, solved_holds
from pipeline.answers.case.open_settings import check_open
from pipeline.answers.case.placed import placed
from pipeline.answers.case.proposals import read_proposal
from pipeline.answers.case.proposed_batch import ProposedBatch, propose
from pipeline.answers.case.spectra import check_spectra
from pipeline.answers.case.unknown_lots import UnknownLot, unknown_lots, with_each_lot
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.result.transfer_map import TransferMap
from pipeline.answers.transfer_map.transfer_map import transfer_map
from pipeline.domain.proposal import Proposal


@dataclass(frozen=True)
class Case:
    """A proposal and what is derived from it."""

    proposal: Proposal
    """With its vessel and its site, also where they are assumed."""
    proposed: ProposedBatch
    row: pl.DataFrame
    """Features of the proposed batch: 1 row, SI."""
    reference: pl.DataFrame
    """Features of the reference batches, SI; no rows if there are no such batches."""
    transfer_map: TransferMap
    assumed: Mapping[str, Assumed] = field(default_factory=dict)
    """What the proposal does not state: vessel, site, settings and lots, each with its origin."""
    notes: tuple[str, ...] = ()
    """What is unusual about the vessel, as sentences."""
    unknown_lots: tuple[UnknownLot, ...] = ()
    """Materials that are used once, of which the lot is not known."""
    possible: pl.DataFrame | None = None
    """Features of the batch with each past lot in the place of an unknown one, equally likely; None where no lot is unknown."""

    @property
    def mixture(self) -> pl.DataFrame:
        """Return the rows over which a forecast is averaged: those of `possible`, or the row alone."""
        return self.row if self.possible is None else self.possible

    @property
    def planned(self) -> set[str]:
        """Return the attributes and materials that the proposal or its vessel decides. The others are as in the reference."""
        follow = {name for name, one in self.assumed.items() if one.source in ("vessel", "scale", "hold")}
        return {*self.proposal.settings, *self.proposal.lots, *self.proposal.spectra, *follow}


def read_case(path: Path, run: PredictingRun) -> Case:
    """Make the case of the proposal in a file.

    Raises ScalebridgeError for a file that is not a proposal, and for all reasons of `make_case`.
    """
    return make_case(read_proposal(path), run)


def make_case(proposal: Proposal, run: PredictingRun) -> Case:
    """Make the case of a proposal.

    Raises ScalebridgeError for a proposal that does not fit the process, its history or any vessel, for a setting that must be
    stated, and for site knowledge that does not fit the history.
    """
    process = run.process
    there = placed(run.settings, completed(process, proposal, run.history.batches))
    proposal, holds = there.proposal, holds_of(process, proposal)
    proposed = propose(process, proposal, run.history, run.settings, dict.fromkeys(holds))
    row, reference = run.plan.row(proposed.history), _features(run, proposed.reference)
    if holds:
        held = solved_holds(run.settings, proposal, row, reference, _in_words(run, proposed.reference), holds)
        proposed = propose(process, proposal, run.history, run.settings, held)
        row = run.plan.row(proposed.history)
    check_spectra(proposal, row, (name for final in run.model.finals.values() for name in final.task.spectra))
    check_possible(process, proposal, row, proposed.reference, there.notes)
    check_open(process, proposal, proposed.open, run)
    about = (proposed, run.model.reads, run.sites, run.decision.transfer, run.known)
    mapped = transfer_map(process, proposal, run.history, *about)
    assumed = dict(there.assumed) | proposed.assumed
    unknown = unknown_lots(process, proposal, run.history, run.decision.scenarios.own_lots)
    possible = run.plan.row(with_each_lot(proposed.history, unknown, process)) if unknown else None
    return Case(proposal, proposed, row, reference.select(row.columns), mapped, assumed, there.notes, unknown, possible)


def _features(run: PredictingRun, batches: pl.DataFrame) -> pl.DataFrame:
    return run.rows.filter(pl.col("batch_id").is_in(batches["batch_id"].implode()))


def _in_words(run: PredictingRun, reference: pl.DataFrame) -> str:
    return in_reference(run.process, reference, reference.height) if reference.height else "in the reference batches"
