"""The whole answer to a proposal: the prediction, why it differs, what the change of scale costs, in one piece of plain data."""

from pathlib import Path
from typing import Any

import polars as pl

from pipeline.decisions.bridge import bridge
from pipeline.decisions.bridge_answer import bridge_answer
from pipeline.decisions.conflicts import conflicts
from pipeline.decisions.plain import number
from pipeline.decisions.sentences import sentences
from pipeline.decisions.served_forecaster import of_served
from pipeline.domain.plain import parse, read_yaml
from pipeline.domain.proposal import Proposal
from pipeline.features import build
from pipeline.proposals.answer import answer
from pipeline.proposals.files import Ready
from pipeline.proposals.row import propose


def decide_file(path: Path, ready: Ready) -> dict[str, Any]:
    """Answer the proposal in a file, with everything that a decision needs.

    Raises ScalebridgeError for a file that is no proposal, or one that does not fit.
    """
    return decide(parse(Proposal, read_yaml(path), str(path)), ready)


def decide(proposal: Proposal, ready: Ready) -> dict[str, Any]:
    """Answer a proposal: what `answer` gives, and the keys bridge, scale_comparison, nearest_results and sentences."""
    process, trained = ready.process, ready.trained
    result = answer(process, proposal, ready.history, trained)
    proposed = propose(process, proposal, ready.history)
    row = build(process, proposed.history)
    reference = trained.rows.filter(pl.col("batch_id").is_in(proposed.reference["batch_id"].implode())).select(row.columns)
    known = result["known_product"]
    if reference.height:
        forecaster = of_served(trained.served, process, known=known)
        stated = {*proposal.settings, *proposal.lots}
        made = bridge(process, forecaster, row, reference, stated)
        result["bridge"] = bridge_answer(process, made, row, reference)
        result["scale_comparison"] = conflicts(process, row, reference, trained.rows)
    result["nearest_results"] = _nearest_results(ready, [line["batch_id"] for line in result["domain"]["nearest"]])
    result["sentences"] = sentences(result)
    return result


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
