"""Completes a definition that states no product or no scale: every batch then has one product, or one scale."""

from collections.abc import Mapping

from pipeline.domain.process.parts import ONE_PRODUCT, ONE_SCALE

_DESCRIPTION = "the same for every batch, since the process definition states no `{}`"


def completed(given: Mapping[str, object]) -> dict[str, object]:
    """Return a definition as plain data, with a constant attribute for a `product` or `scale` that it does not state.

    The product gets the name of the process. The scale is 1, without a unit. Raises ValueError where an attribute of the
    definition has the name of such a constant attribute.
    """
    found, attributes = dict(given), given.get("attributes")
    if not isinstance(attributes, Mapping):
        return found
    if given.get("product") is None:
        attributes = _with(attributes, ONE_PRODUCT, _one_product(given.get("name")))
        found["product"] = ONE_PRODUCT
    if given.get("scale") is None:
        attributes = _with(attributes, ONE_SCALE, _one_scale())
        found["scale"] = {"attribute": ONE_SCALE}
    return found | {"attributes": attributes}


def _with(attributes: Mapping[str, object], name: str, attribute: object) -> dict[str, object]:
    if name in attributes:
        raise ValueError(f"the attribute name '{name}' is reserved for a definition that states none; choose another name")
    return {**attributes, name: attribute}


def _one_product(process: object) -> dict[str, object]:
    return {
        "role": "context",
        "horizon": "plan",
        "kind": "text",
        "display": "product",
        "description": _DESCRIPTION.format("product"),
        "derive": {"kind": "constant", "value": process},
    }


def _one_scale() -> dict[str, object]:
    return {
        "role": "scale",
        "horizon": "plan",
        "display": "batch size",
        "description": _DESCRIPTION.format("scale"),
        "derive": {"kind": "constant", "value": 1.0},
    }
