"""A proposal as plain data."""

from pipeline.domain.proposal import ProposedStep
from tests.support.pot import proposal


def test_proposal__has_one_step_with_the_flat_fields_of_the_file() -> None:
    given = proposal(settings={"agitation": "60 rpm"})
    assert given.steps == (ProposedStep("pot", "100 L", "B", "There", {"agitation": "60 rpm"}),)
