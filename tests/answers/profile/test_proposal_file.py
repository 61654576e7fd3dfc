"""The proposal of a point as a file."""

from pathlib import Path

from pipeline.answers.case.case import make_case
from pipeline.answers.case.proposals import read_proposal
from pipeline.answers.profile.point import Point, held_values, proposal_of
from pipeline.answers.profile.proposal_file import proposal_file
from tests.support.stirred_pot import stirred_run


def test_file__is_read_back_as_the_same_proposal_and_says_what_is_held(tmp_path: Path) -> None:
    run = stirred_run()
    start = Point("P", 100.0, "B", "There", {"agitation": 60.0, "temperature": 36.9}, {"agitation": "tip_speed"})
    proposal = proposal_of(run.process, start)
    held = held_values(run.process, make_case(proposal, run))
    text = proposal_file(proposal, held, "r1")
    (tmp_path / "p.yaml").write_text(text, encoding="utf-8")
    assert read_proposal(tmp_path / "p.yaml") == proposal
    assert text.startswith("# Made on the what-if page of run r1.\n# agitation holds tip speed at ")
