"""The quantities of one batch, and the worked examples that stand in the files of the operations."""

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.operations.quantity_example import QuantityExample, number_and_unit
from pipeline.operations.registry import unit_operation, unit_operations

EXAMPLES = [(kind, own) for kind, operation in unit_operations().items() for own in operation.examples]


@pytest.mark.parametrize(("kind", "own"), EXAMPLES, ids=lambda one: one if isinstance(one, str) else one.quantity)
def test_example__gives_its_number_in_a_unit_of_the_quantity(kind: str, own: QuantityExample) -> None:
    operation = unit_operation(kind)
    assert operation.computed(own) == pytest.approx(number_and_unit(own.expected)[0], rel=own.tolerance)
    assert own.source
    assert 0 < own.tolerance <= 0.2


def test_quantities__are_those_whose_inputs_the_batch_has_in_their_display_units() -> None:
    made = unit_operation("mill").quantities_of({"rotor_speed": "3000 rpm", "rotor_diameter": "200 mm"})
    assert made == pytest.approx({"mill_tip_speed": 31.4159}, rel=1e-5)


def test_quantities__a_unit_of_another_dimension_is_refused() -> None:
    with pytest.raises(ScalebridgeError, match="cannot be converted to 'rpm'"):
        unit_operation("mill").quantities_of({"rotor_speed": "3 m/s", "rotor_diameter": "200 mm"})
