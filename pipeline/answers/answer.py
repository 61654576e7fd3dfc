"""The whole answer to a proposal: the prediction, why it differs, what the change of scale costs, and on what record it stands."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from pipeline.answers.bridge.bridge import bridge
from pipeline.answers.bridge.summary import bridge_answer
from pipeline.answers.case.feasibility import check_possible
from pipeline.answers.case.proposed_batch import ProposedBatch, propose
from pipeline.answers.drivers.interactions import interactions
from pipeline.answers.drivers.shares import shares
from pipeline.answers.equivalence.scale_steps import equivalence
from pipeline.answers.prediction import answer
from pipeline.answers.record import record
from pipeline.answers.scale_comparison.conflicts import conflicts
from pipeline.answers.trained_run import Basis
from pipeline.answers.transfer_map.transfer_map import transfer_map, withheld
from pipeline.answers.wording import sentences
from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.proposal import Proposal
from pipeline.features.table import build
from pipeline.forecasting.batch_forecaster import batch_forecaster
from pipeline.forecasting.trained_model import TrainedModel


def decide_file(path: Path, basis: Basis) -> dict[str, Any]:
    """Answer the proposal in a file, with everything that a decision needs.

    Raises ScalebridgeError for a file that is no proposal, or one that does not fit.
    """
    return decide(parse(Proposal, read_yaml(path), str(path)), basis)


def decide(proposal: Proposal, basis: Basis) -> dict[str, Any]:
    """Answer a proposal: what `answer` gives, and the keys transfer_map, bridge, scale_comparison, explanations, equivalence,
    sentences and record. Without batches to compare with there is no bridge, comparison or equivalence; an attribute that is not
    answered has no place in what explains answers. Raises ScalebridgeError for a proposal that does not fit the process, its
    history or any vessel, and for a transfer that does not fit the history.
    """
    ready = basis.ready
    proposed = propose(ready.process, proposal, ready.history)
    row = build(ready.process, proposed.history)
    check_possible(ready.process, proposal, row, proposed.reference)
    reads = ready.trained.served.reads
    mapped = transfer_map(ready.process, proposal, ready.history, proposed, reads, basis.choices.transfer)
    result = answer(ready.process, proposal, proposed, row, ready.trained, withheld(mapped)) | {"transfer_map": mapped}
    if proposed.reference.height:
        result |= _against_reference(proposal, proposed, row, basis, _answered(ready.trained.served, result))
    result["sentences"] = sentences(result)
    result["record"] = record(
        ready.process, basis.config, basis.hashes, basis.metrics, basis.fixed, ready.trained.rows, result
    )
    return result


def _answered(served: TrainedModel, result: dict[str, Any]) -> TrainedModel:
    """The models of the attributes that are answered for."""
    return replace(served, finals={n: final for n, final in served.finals.items() if result["attributes"][n]["answered"]})


def _against_reference(
    proposal: Proposal, proposed: ProposedBatch, row: pl.DataFrame, basis: Basis, served: TrainedModel
) -> dict[str, Any]:
    process, trained = basis.ready.process, basis.ready.trained
    of_reference = pl.col("batch_id").is_in(proposed.reference["batch_id"].implode())
    reference = trained.rows.filter(of_reference).select(row.columns)
    scales = (float(reference["scale"].median()), float(row["scale"][0]))  # type: ignore[arg-type]
    found = {
        "scale_comparison": conflicts(process, row, reference, trained.rows),
        "equivalence": equivalence(
            process, trained.rows, trained.results, proposal.product, *scales, basis.config.equivalence
        ),
    }
    if not served.finals:
        return found
    forecaster = batch_forecaster(served, process)
    made = bridge(process, forecaster, row, reference, {*proposal.settings, *proposal.lots})
    return found | {
        "bridge": bridge_answer(process, made, row, reference),
        "explanations": {
            "shares": shares(served.finals, basis.importance, basis.stability),
            "interactions": interactions(process, forecaster, row, reference, trained.rows),
        },
    }
