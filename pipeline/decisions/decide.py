"""The whole answer to a proposal: the prediction, why it differs, what the change of scale costs, and on what record it stands."""

from pathlib import Path
from typing import Any

import polars as pl

from pipeline.decisions.basis import Basis
from pipeline.decisions.bridge import bridge
from pipeline.decisions.bridge_answer import bridge_answer
from pipeline.decisions.conflicts import conflicts
from pipeline.decisions.interactions import interactions
from pipeline.decisions.plain import number
from pipeline.decisions.possible import check_possible
from pipeline.decisions.record import record
from pipeline.decisions.sentences import sentences
from pipeline.decisions.served_forecaster import of_served
from pipeline.decisions.shares import shares
from pipeline.decisions.steps import equivalence
from pipeline.domain.plain import parse, read_yaml
from pipeline.domain.proposal import Proposal
from pipeline.features import build
from pipeline.proposals.answer import answer
from pipeline.proposals.files import Ready
from pipeline.proposals.row import Proposed, propose


def decide_file(path: Path, basis: Basis) -> dict[str, Any]:
    """Answer the proposal in a file, with everything that a decision needs.

    Raises ScalebridgeError for a file that is no proposal, or one that does not fit.
    """
    return decide(parse(Proposal, read_yaml(path), str(path)), basis)


def decide(proposal: Proposal, basis: Basis) -> dict[str, Any]:
    """Answer a proposal: what `answer` gives, and the keys bridge, scale_comparison, explanations, equivalence, nearest_results,
    sentences and record. Without batches to compare with there is no bridge, comparison or equivalence. Raises ScalebridgeError for
    a proposal that does not fit the process, its history or any vessel.
    """
    ready = basis.ready
    proposed = propose(ready.process, proposal, ready.history)
    row = build(ready.process, proposed.history)
    check_possible(ready.process, proposal, row, proposed.reference)
    result = answer(ready.process, proposal, ready.history, ready.trained)
    if proposed.reference.height:
        result |= _against_reference(proposal, proposed, row, basis)
    result["nearest_results"] = _nearest_results(ready, [line["batch_id"] for line in result["domain"]["nearest"]])
    result["sentences"] = sentences(result)
    result["record"] = record(ready.process, basis.config, basis.hashes, basis.metrics, ready.trained.rows, result)
    return result


def _against_reference(proposal: Proposal, proposed: Proposed, row: pl.DataFrame, basis: Basis) -> dict[str, Any]:
    process, trained = basis.ready.process, basis.ready.trained
    of_reference = pl.col("batch_id").is_in(proposed.reference["batch_id"].implode())
    reference = trained.rows.filter(of_reference).select(row.columns)
    forecaster = of_served(trained.served, process)
    made = bridge(process, forecaster, row, reference, {*proposal.settings, *proposal.lots})
    scales = (float(reference["scale"].median()), float(row["scale"][0]))  # type: ignore[arg-type]
    return {
        "bridge": bridge_answer(process, made, row, reference),
        "scale_comparison": conflicts(process, row, reference, trained.rows),
        "explanations": {
            "shares": shares(process, trained.served, trained.rows, basis.stability),
            "interactions": interactions(process, forecaster, row, reference, trained.rows),
        },
        "equivalence": equivalence(
            process, trained.rows, trained.results, proposal.product, *scales, basis.config.equivalence
        ),
    }


def _nearest_results(ready: Ready, batches: list[str]) -> list[dict[str, Any]]:
    """What was measured on the nearest batches, display units, one line per batch."""
    lines = []
    for batch in batches:
        own = ready.trained.results.filter(pl.col("batch_id") == batch)
        found = dict(own.select("attribute", "value").iter_rows())
        values = {
            target: number(ready.process.attributes[target].si.from_si(found[target])) if target in found else None
            for target in ready.trained.served.finals
        }
        lines.append({"batch_id": batch, "results": values})
    return lines
