"""Products and vessels of the stirred pot."""

from pipeline.answers.profile.process import profiled_process
from tests.support.pot import history, pot
from tests.support.stirred_pot import bare_run


def test_process__names_products_vessels_and_scales_of_history() -> None:
    found = profiled_process(pot(), history(24).batches)
    assert [one.name for one in found.products] == ["P", "Q"]
    assert sum(one.batches for one in found.products) == 24
    assert [(one.name, one.site, one.usual_scale) for one in found.vessels] == [("A", "Here", 1.0), ("B", "There", 100.0)]
    assert (found.scales, found.scale_unit, found.states_scale) == ((1.0, 100.0), "L", True)
    assert found.products[0].scales == (1.0, 1.0)
    assert found.products[1].scales == (1.0, 100.0)


def test_process__that_states_no_product_scale_and_vessel_names_none() -> None:
    found = profiled_process(bare_run().process, bare_run().history.batches)
    assert (found.states_product, found.states_scale, found.products, found.vessels) == (False, False, (), ())
