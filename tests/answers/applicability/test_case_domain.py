"""The domain of a case is that of its whole answer."""

from dataclasses import replace

from pipeline.answers.applicability.case_domain import case_domain
from pipeline.answers.case.case import make_case
from pipeline.features.catalogue import names_of
from tests.support.example_result import plant_process, rows
from tests.support.pot import proposal
from tests.support.trained_pot import answered, trained_run


def test_case_domain__is_that_of_the_answer() -> None:
    run = trained_run()
    found = case_domain(make_case(proposal(settings={"agitation": "9000 rpm"}), run), run, names_of(run.process))
    assert found == answered(settings={"agitation": "9000 rpm"}).domain
    assert found.status == "edge"
    assert any(one.variable == "agitation" and one.status == "edge" for one in found.variables)


def test_case_domain__sees_that_a_proposal_leaves_the_value_that_a_quantity_has_in_all_of_history() -> None:
    """No model reads the gassed power ratio where it is 1 in all batches. Much gas still leaves what history spans."""
    process = plant_process()
    history = rows(process, "lab", [3.0 + 0.1 * i for i in range(20)], 5e-6)
    run = replace(trained_run(), process=process, rows=history, model=replace(trained_run().model, finals={}))
    for gas, expected in ((5e-6, "inside"), (5e-3, "edge")):
        case = replace(make_case(proposal(), trained_run()), row=rows(process, "lab", [4.0], gas), reference=history)
        found = case_domain(case, run, names_of(process))
        (ratio,) = [one for one in found.variables if one.variable == "bioreactor.gassed_power_ratio"]
        assert ratio.status == expected
