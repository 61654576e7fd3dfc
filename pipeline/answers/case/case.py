"""The case of a proposal: everything that is derived from it before a model predicts. It is made once."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipeline.answers.case.completion import completed
from pipeline.answers.case.feasibility import check_possible
from pipeline.answers.case.proposals import read_proposal
from pipeline.answers.case.proposed_batch import ProposedBatch, propose
from pipeline.answers.case.spectra import check_spectra
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.result.transfer_map import TransferMap
from pipeline.answers.transfer_map.states import known_values
from pipeline.answers.transfer_map.transfer_map import transfer_map
from pipeline.domain.proposal import Proposal
from pipeline.features.table import build


@dataclass(frozen=True)
class Case:
    """A proposal and what is derived from it."""

    proposal: Proposal
    proposed: ProposedBatch
    row: pl.DataFrame
    """Features of the proposed batch: 1 row, SI."""
    reference: pl.DataFrame
    """Features of the reference batches, SI; no rows if there are no such batches."""
    transfer_map: TransferMap


def read_case(path: Path, run: PredictingRun) -> Case:
    """Make the case of the proposal in a file.

    Raises ScalebridgeError for a file that is not a proposal, and for all reasons of `make_case`.
    """
    return make_case(read_proposal(path), run)


def make_case(proposal: Proposal, run: PredictingRun) -> Case:
    """Make the case of a proposal.

    Raises ScalebridgeError for a proposal that does not fit the process, its history or any vessel, and for site knowledge that
    does not fit the history.
    """
    proposal = completed(run.process, proposal, run.history.batches)
    proposed = propose(run.process, proposal, run.history)
    row = build(run.process, proposed.history)
    check_spectra(proposal, row, (name for final in run.model.finals.values() for name in final.task.spectra))
    check_possible(run.process, proposal, row, proposed.reference)
    known = run.memo.of("known values", lambda: known_values(run.process, run.history))
    reads, sites, config = run.model.reads, run.sites, run.decision.transfer
    mapped = transfer_map(run.process, proposal, run.history, proposed, reads, sites, config, known)
    of_reference = pl.col("batch_id").is_in(proposed.reference["batch_id"].implode())
    return Case(proposal, proposed, row, run.rows.filter(of_reference).select(row.columns), mapped)
