"""A definition without a product or a scale: every batch has one."""

import pytest

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.parts import ONE_PRODUCT, ONE_SCALE
from tests.conftest import process_of
from tests.support.definitions import Make, PlainData


def _without(definition: PlainData, key: str, attribute: str) -> PlainData:
    attributes = {name: one for name, one in definition["attributes"].items() if name != attribute}
    return {name: value for name, value in definition.items() if name != key} | {"attributes": attributes}


def test_completed__without_a_product_all_batches_are_of_the_process(small: Make) -> None:
    process = process_of(_without(small(), "product", "product"))
    derived = process.attributes[ONE_PRODUCT].derive
    assert (process.states_product, process.product, process.lineage) == (False, ONE_PRODUCT, ONE_PRODUCT)
    assert derived is not None
    assert getattr(derived, "value", None) == process.name


def test_completed__without_a_scale_all_batches_have_the_scale_1(small: Make) -> None:
    process = process_of(_without(small(), "scale", "volume"))
    assert (process.states_scale, process.scale.attribute) == (False, ONE_SCALE)
    assert getattr(process.attributes[ONE_SCALE].derive, "value", None) == 1.0


def test_completed__a_definition_that_states_both_stays_as_it_is(small: Make) -> None:
    process = process_of(small())
    assert (process.states_product, process.states_scale) == (True, True)
    assert {ONE_PRODUCT, ONE_SCALE}.isdisjoint(process.attributes)


def test_completed__a_reserved_name_is_refused(small: Make) -> None:
    definition = _without(small(), "product", "product")
    definition["attributes"][ONE_PRODUCT] = definition["attributes"]["titre"]
    with pytest.raises(ScalebridgeError, match="the attribute name 'one_product' is reserved"):
        process_of(definition)


def test_process__a_constant_of_another_kind_is_refused(small: Make) -> None:
    definition = small()
    definition["attributes"]["volume"] |= {"derive": {"kind": "constant", "value": "large"}}
    with pytest.raises(ScalebridgeError, match="kind 'number' and is derived as the constant 'large', which is a text"):
        process_of(definition)
