"""Checks of what an attribute is derived from: columns of the batch rows, of the right kind, known early enough."""

from collections.abc import Iterator

from pipeline.domain.attributes import HORIZONS, Attribute
from pipeline.domain.batch_columns import batch_attributes
from pipeline.domain.derivations import ConstantDerivation, LookupDerivation
from pipeline.domain.errors import listed
from pipeline.domain.process.definition import Definition

_KIND = {str: "text", float: "number"}
"""Type of a constant → kind of an attribute that can have it."""


def derivation_problems(process: Definition) -> list[str]:
    """List what is wrong with the parts of derivations, one sentence each."""
    return [problem for name, one in process.attributes.items() if one.derive for problem in _problems(process, name, one)]


def _problems(process: Definition, name: str, attribute: Attribute) -> Iterator[str]:
    derive = attribute.derive
    if derive is None:
        return
    if isinstance(derive, ConstantDerivation):
        if attribute.kind != (kind := _KIND[type(derive.value)]):
            yield (
                f"'{name}' is of kind '{attribute.kind}' and is derived as the constant {derive.value!r}, which is a {kind}"
            )
        return
    if attribute.kind != "number":
        yield f"'{name}' is of kind '{attribute.kind}'; a {derive.kind} is a number, so it must be of kind 'number'"
    for part in (part for part in derive.of if part in process.attributes):
        yield from _problems_of_part(process, name, attribute, part)


def _problems_of_part(process: Definition, name: str, attribute: Attribute, part: str) -> Iterator[str]:
    """What is wrong with one attribute that another is derived from."""
    found = process.attributes[part]
    usable = [name for name in batch_attributes(process) if name in process.stated_attributes]
    wanted = "text" if isinstance(attribute.derive, LookupDerivation) else "number"
    if part not in usable:
        yield (
            f"'{name}' is derived from '{part}', which is no column of the batch rows (it is a result, a property of lots, a date, "
            f"a course over time, or the name of the batch); it can be derived from {listed(usable, 20)}"
        )
    elif found.kind != wanted:
        yield f"'{name}' is derived from '{part}', which is of kind '{found.kind}'; it must be of kind '{wanted}'"
    if HORIZONS.index(found.horizon) > HORIZONS.index(attribute.horizon):
        yield (
            f"'{name}' has the horizon '{attribute.horizon}', and is derived from '{part}', which has '{found.horizon}'; it is "
            f"not known before that, so give it the horizon '{found.horizon}'"
        )
