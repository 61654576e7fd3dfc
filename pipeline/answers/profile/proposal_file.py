"""The proposal of a point as the text of a YAML file."""

from collections.abc import Sequence

from pipeline.answers.result.profile import HeldValue
from pipeline.domain.names.shown import plain_text
from pipeline.domain.proposal import Proposal
from pipeline.domain.reading.yaml_text import as_yaml


def proposal_file(proposal: Proposal, held: Sequence[HeldValue], run: str) -> str:
    """Return a proposal as a YAML file, with a comment on the run and on each setting that holds a quantity.

    `read_proposal` reads back the same proposal.
    """
    stated = {
        "name": proposal.name,
        "question": proposal.question,
        "process": proposal.process,
        "product": proposal.product,
        "scale": proposal.scale,
        "equipment": proposal.equipment,
        "site": proposal.site,
        "settings": dict(proposal.settings),
        "hold": proposal.hold,
        "unstated": proposal.unstated,
    }
    notes = [f"# Made on the what-if page of run {run}."]
    notes += [f"# {one.setting} {one.why}." for one in held]
    lines = (plain_text(" ".join(note.split())) for note in notes)
    return "\n".join(lines) + "\n" + as_yaml({key: value for key, value in stated.items() if value})
