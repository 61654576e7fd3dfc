"""Stage `predict`: the answer to every proposal about the process, with scenarios and next runs, as data and as pages."""

from pathlib import Path

from pipeline.answers.answer import answer
from pipeline.answers.case.case import make_case
from pipeline.answers.case.proposals import find_proposals
from pipeline.answers.trained_run import TrainedRun, read_trained_run
from pipeline.domain.boundary.boundary import ended
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.names.shown import plain_text
from pipeline.domain.places import ERRORS, Places
from pipeline.domain.proposal import Proposal
from pipeline.domain.whole_files import keep_only
from pipeline.reports.files import write_answer
from pipeline.stages.run import run


def predict(places: Places) -> None:
    """Answer every proposal about this process. A proposal that cannot be answered costs its own answer alone.

    Raises ScalebridgeError after all others are answered. It names each file that is not, and why.
    """
    trained = read_trained_run(places)
    defined = {path.stem for path in (places.conf / "process").glob("*.yaml")}
    found = find_proposals(places.proposals, trained.process.name, defined)
    for note in found.notes():
        print(f"  {note}")
    problems = {path: _problem(path, proposal, trained, places) for path, proposal in found.proposals.items()}
    refused = {**found.refused, **{path: problem for path, problem in problems.items() if problem is not None}}
    keep_only(places.answers, {path.stem for path in found.proposals if path not in refused})
    if refused:
        count = len(found.proposals) + len(found.refused)
        lines = [problem if str(path) in problem else f"{path}: {problem}" for path, problem in sorted(refused.items())]
        raise ScalebridgeError(
            f"{count - len(refused)} of {count} proposals are answered, in {places.answers}. These are not:\n"
            + plain_text("\n".join(f"  {line}" for line in lines))
        )


def _problem(path: Path, proposal: Proposal, trained: TrainedRun, places: Places) -> str | None:
    """Write the answer to one proposal. Returns what is wrong if there is none."""
    folder = places.answers / path.stem
    try:
        written = write_answer(answer(make_case(proposal, trained), trained, depth="whole"), folder)
    except (OSError, MemoryError):  # the next answer would fail as well
        raise
    except ScalebridgeError as error:
        return str(error)
    except Exception as error:
        return ended("predict", error, places.answers.parent / ERRORS).removeprefix("predict: ")
    keep_only(folder, {file.name for file in written})
    return None


if __name__ == "__main__":
    run(predict)
