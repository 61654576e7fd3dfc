"""What the verb `propose` does: write a draft, after it was read as a proposal."""

import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.answers.case.assumptions import in_reference
from pipeline.answers.case.case import Case, make_case
from pipeline.answers.case.draft import Asked, draft
from pipeline.answers.case.proposals import read_proposal
from pipeline.answers.case.proposed_batch import equipment_properties
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.scale_comparison.held_settings import held_settings
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.whole_files import write_whole


def write_draft(
    run: PredictingRun, asked: Asked, holds: Mapping[str, str], target: Path, *, replace: bool
) -> ScalebridgeError | None:
    """Write the draft of a proposal. Return why it cannot be answered as it is; None if it can.

    holds: setting → quantity that it holds at its value in the reference batches. Raises ScalebridgeError for a question that does
    not fit the process or its history, for a quantity that cannot be held, and for a file that exists.
    """
    if target.exists() and not replace:
        raise ScalebridgeError(f"{target} exists; --force replaces it, and --out names another file")
    text = draft(run.process, run.history.batches, asked)
    if holds and asked.equipment is None and equipment_properties(run.process):
        raise ScalebridgeError(
            "A set-point holds a quantity in a vessel: give --equipment. Without it the vessel of the reference batches would count"
        )
    if holds:
        case = _case(text, run)
        held = held_settings(run.process, case.row, case.reference, holds, reference_in_words(run.process, case))
        text = draft(run.process, run.history.batches, asked, held)
    problem = None
    try:
        _case(text, run)
    except ScalebridgeError as error:
        problem = error
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, text)
    return problem


def reference_in_words(process: Process, case: Case) -> str:
    """Return the reference batches in words that follow `as`."""
    reference = case.proposed.reference
    return in_reference(process, reference, reference.height) if reference.height else "in the reference batches"


def _case(text: str, run: PredictingRun) -> Case:
    """Read a draft as a proposal."""
    with TemporaryDirectory() as folder:
        trial = Path(folder) / "draft.yaml"
        trial.write_text(text, encoding="utf-8")
        return make_case(read_proposal(trial), run)


def pairs(given: list[str]) -> dict[str, str]:
    """Return setting → quantity from texts such as `agitation=power_per_volume`. Raises ScalebridgeError for any other text."""
    found = {}
    for text in given:
        setting, equals, quantity = text.partition("=")
        if not (setting and equals and quantity):
            raise ScalebridgeError(
                f"--hold {text!r} is not `setting=quantity`; write for example agitation=power_per_volume"
            )
        if setting in found:
            raise ScalebridgeError(f"--hold names '{setting}' twice; a set-point holds one quantity")
        found[setting] = quantity
    return found


def own_file(process: str, asked: Asked) -> str:
    """Return the name of the file of a draft.

    >>> own_file("plant", Asked("mAb-12", "2000 L", "V-2001"))
    'mAb-12_2000_L_V-2001.yaml'
    """
    parts = [part for part in (asked.product or process, asked.scale, asked.equipment) if part]
    return "_".join(re.sub(r"[^\w.-]+", "_", part).strip("_.") or "x" for part in parts) + ".yaml"
