"""What the verb `propose` does: write a draft, after it was read as a proposal."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.answers.case.case import make_case
from pipeline.answers.case.draft import Asked, draft
from pipeline.answers.case.proposals import read_proposal
from pipeline.answers.predicting_run import PredictingRun
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.whole_files import write_whole


def write_draft(run: PredictingRun, asked: Asked, target: Path, *, replace: bool) -> str | None:
    """Write the draft of a proposal. Return what must be changed before it can be answered; None if nothing must.

    Raises ScalebridgeError for a question that does not fit the process or its history, and for a file that exists.
    """
    if target.exists() and not replace:
        raise ScalebridgeError(f"{target} exists; --force replaces it, and --out names another file")
    text = draft(run.process, run.history.batches, asked)
    with TemporaryDirectory() as folder:
        trial = Path(folder) / target.name
        trial.write_text(text, encoding="utf-8")
        try:
            make_case(read_proposal(trial), run)
            problem = None
        except ScalebridgeError as error:
            problem = str(error)
    target.parent.mkdir(parents=True, exist_ok=True)
    write_whole(target, text)
    return problem


def own_file(process: str, asked: Asked) -> str:
    """Return the name of the file of a draft.

    >>> own_file("plant", Asked("mAb-12", "2000 L", "V-2001"))
    'mAb-12_2000_L_V-2001.yaml'
    """
    parts = [part for part in (asked.product or process, asked.scale, asked.equipment) if part]
    return "_".join(re.sub(r"[^\w.-]+", "_", part).strip("_.") or "x" for part in parts) + ".yaml"
