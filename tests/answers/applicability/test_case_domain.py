"""The domain of a case is that of its whole answer."""

from pipeline.answers.applicability.case_domain import case_domain
from pipeline.answers.case.case import make_case
from pipeline.features.catalogue import names_of
from tests.support.pot import proposal
from tests.support.trained_pot import answered, trained_run


def test_case_domain__is_that_of_the_answer() -> None:
    run = trained_run()
    found = case_domain(make_case(proposal(settings={"agitation": "9000 rpm"}), run), run, names_of(run.process))
    assert found == answered(settings={"agitation": "9000 rpm"}).domain
    assert found.status == "edge"
    assert any(one.variable == "agitation" and one.status == "edge" for one in found.variables)
