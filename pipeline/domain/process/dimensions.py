"""Checks of units: what feeds an operation has its dimension, and a derived attribute has that of its formula."""

from collections.abc import Iterator, Mapping

from pipeline.domain.attributes import Attribute
from pipeline.domain.derivations import (
    DifferenceDerivation,
    Log10Derivation,
    ProductDerivation,
    RatioDerivation,
    SumDerivation,
)
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.definition import Definition
from pipeline.domain.process.operation_kinds import Kinds, Quantity
from pipeline.domain.units import Unit, is_product, sum_problem, unit


def dimension_problems(process: Definition) -> list[str]:
    """List the columns and derivations whose unit does not fit, one sentence each."""
    return [*_derivation_problems(process), *_column_problems(process)]


def operation_problems(process: Definition, kinds: Kinds) -> Iterator[str]:
    """Give the inputs and tags of operations that do not exist or whose unit does not fit, one sentence each.

    Only operations of the given kinds are compared. A kind that is not among them is told where it is read.
    """
    for name, operation in process.operations.items():
        if operation.kind not in kinds:
            continue
        takes = kinds[operation.kind]
        yield from _fed(process, f"operations.{name}.inputs", operation.kind, takes.inputs, operation.inputs)
        yield from _fed(process, f"operations.{name}.tags", operation.kind, takes.tags, operation.tags)


def _fed(
    process: Definition, place: str, kind: str, takes: Mapping[str, Quantity], given: Mapping[str, str]
) -> Iterator[str]:
    what = place.rpartition(".")[2]
    for name, fed_by in given.items():
        if name not in takes:
            yield f"{place} names '{name}', which is not among the {what} of a {kind}: {listed(sorted(takes), 20)}"
        elif (attribute := process.attributes.get(fed_by)) is not None:
            yield from _misfit(f"{place}.{name}", takes[name], fed_by, attribute, given)


def _misfit(place: str, quantity: Quantity, name: str, attribute: Attribute, given: Mapping[str, str]) -> Iterator[str]:
    if attribute.kind != "number":
        yield f"{place} is fed by '{name}', which is of kind '{attribute.kind}'; it must be a number"
        return
    if attribute.role == "identifier":
        yield f"{place} is fed by '{name}', of role 'identifier'; a proposal cannot state it, so give it the role CPP or context"
        return
    try:
        quantity.taken(attribute.unit, attribute.substance)
    except ScalebridgeError as error:
        takes = f"a number such as {quantity.unit}" if quantity.unit else "a number without a unit"
        yield f"{place} ({quantity.meaning}) takes {takes}, but '{name}' does not fit: {error}{_way_out(name, attribute, given)}"


def _way_out(name: str, attribute: Attribute, given: Mapping[str, str]) -> str:
    """Say how gas per liquid volume becomes a flow, if the volume of the liquid is known."""
    volume = given.get("working_volume")
    if volume is None or not is_product("L/min", [attribute.unit, "L"]):
        return ""
    return (
        f"; for gas per liquid volume, declare the flow as an attribute in L/min with "
        f"`derive: {{kind: product, of: [{name}, {volume}]}}`"
    )


def _derivation_problems(process: Definition) -> Iterator[str]:
    for name, attribute in process.attributes.items():
        if attribute.derive is None or not set(attribute.derive.of) <= process.attributes.keys():
            continue
        units = [process.attributes[part].unit for part in attribute.derive.of]
        parts = [f"{part} [{label}]" for part, label in zip(attribute.derive.of, units, strict=True)]
        match attribute.derive:
            case ProductDerivation():
                yield from _not_the_unit(name, attribute, is_product(attribute.unit, units), " · ".join(parts))
            case RatioDerivation():
                fits = is_product(attribute.unit, units[:1], units[1:])
                yield from _not_the_unit(name, attribute, fits, " / ".join(parts))
            case SumDerivation():
                yield from _no_sum(name, attribute, sum_problem(attribute.unit, units), " + ".join(parts))
            case DifferenceDerivation():
                yield from _no_sum(name, attribute, sum_problem(attribute.unit, units[:1], units[1:]), " − ".join(parts))
            case Log10Derivation():
                yield from _no_logarithm(name, attribute, attribute.derive.of[0], unit(units[0]))


def _not_the_unit(name: str, attribute: Attribute, fits: bool, formula: str) -> Iterator[str]:
    if not fits:
        yield f"'{name}' has the unit {attribute.unit!r}, which is not that of its `derive`, {formula}"


def _no_sum(name: str, attribute: Attribute, problem: str | None, formula: str) -> Iterator[str]:
    if problem is not None:
        yield f"'{name}' has the unit {attribute.unit!r} and the `derive` {formula}: {problem}"


def _no_logarithm(name: str, attribute: Attribute, part: str, of: Unit) -> Iterator[str]:
    if attribute.si.dimension != "dimensionless" or attribute.si.factor != 1:
        yield f"'{name}' has the unit {attribute.unit!r}; a log10 has no unit, so leave `unit` out"
    if of.offset:
        yield (
            f"'{name}' is the log10 of '{part}' in {of.label}, whose zero is not the zero of the quantity; give '{part}' a unit "
            "such as K or bara"
        )


def _column_problems(process: Definition) -> Iterator[str]:
    for name, attribute in process.attributes.items():
        for column in attribute.column:
            if column.unit is None:
                continue
            try:
                attribute.written_in(column.unit)
            except ScalebridgeError as error:
                yield (
                    f"'{name}' has the unit {attribute.unit!r}; its column in source '{column.source}' has the unit "
                    f"{column.unit!r}, which cannot be converted: {error}"
                )
