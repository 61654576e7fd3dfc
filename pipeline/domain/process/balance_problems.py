"""Checks of the balances of steps: they name amounts of one step, which have one dimension."""

from collections import Counter
from collections.abc import Iterator

from pipeline.domain.errors import listed
from pipeline.domain.process.balances import Balance
from pipeline.domain.process.definition import Definition
from pipeline.domain.process.steps import step_of
from pipeline.domain.sources import TransferRows
from pipeline.domain.units import unit


def balance_problems(process: Definition) -> list[str]:
    """List what is wrong with the declared balances, one sentence each. A name that is no attribute is reported elsewhere."""
    if any(not set(one.derive.of) <= process.attributes.keys() for one in process.attributes.values() if one.derive):
        return []  # the step of a derived attribute follows from its parts
    return [
        problem
        for step, declared in process.steps.items()
        for name, balance in declared.balances.items()
        for problem in _problems(process, f"steps.{step}.balances.{name}", step, balance)
    ]


def _problems(process: Definition, place: str, step: str, balance: Balance) -> Iterator[str]:
    for side in ("taken", "given"):
        if not getattr(balance, side):
            yield f"{place}.{side} is empty; name the attributes with the amounts that a batch of step '{step}' has {side}"
    yield from (
        f"{place} names '{name}' {count} times; each amount counts once"
        for name, count in Counter(balance.amounts).items()
        if count > 1
    )
    for name in _known(process, balance):
        if (why := _unusable(process, name, step)) is not None:
            own = [one for one in process.stated_attributes if _unusable(process, one, step) is None]
            yield f"{place} names '{name}', {why}; amounts of step '{step}' can be {listed(sorted(own), 8)}"
    yield from _dimensions(process, place, balance)
    yield from _transfers(process, place, step, balance)


def _known(process: Definition, balance: Balance) -> list[str]:
    return [name for name in dict.fromkeys(balance.amounts) if name in process.attributes]


def _unusable(process: Definition, name: str, step: str) -> str | None:
    """Say why an attribute is no amount of the batches of a step; None if it is one."""
    attribute = process.attributes[name]
    if attribute.kind != "number":
        return f"which is of kind '{attribute.kind}' and not a number"
    if attribute.material is not None:
        return f"which is a property of the lots of '{attribute.material}' and not of a batch"
    if unit(attribute.unit).offset:
        return f"whose unit {attribute.unit} has an arbitrary zero, so that its values have no sum"
    if not attribute.column and attribute.derive is None:
        return "which is not read from a column of the rows of the batches"
    if (own := step_of(process, name)) != step:
        return f"which belongs to step '{own}'"
    return None


def _dimensions(process: Definition, place: str, balance: Balance) -> Iterator[str]:
    """Compare the dimension of each amount with that of the first."""
    numbers = {name: process.attributes[name] for name in _known(process, balance)}
    numbers = {name: attribute for name, attribute in numbers.items() if attribute.kind == "number"}
    first = next(iter(numbers), "")
    for name, attribute in numbers.items():
        if attribute.si.dimension != numbers[first].si.dimension:
            yield (
                f"{place} adds '{first}' in {numbers[first].unit or 'no unit'} and '{name}' in {attribute.unit or 'no unit'}, "
                "which have different dimensions; declare an attribute with `derive: {kind: product, …}` that has the unit of the "
                "others"
            )


def _transfers(process: Definition, place: str, step: str, balance: Balance) -> Iterator[str]:
    """Amounts can be compared with transfers if these state their unit."""
    if not balance.transferred:
        return
    transfers = {name: source for name, source in process.sources.items() if isinstance(source, TransferRows)}
    ends = {"taken": (0, "first", "to"), "given": (-1, "last", "of")}
    for side in balance.transferred:
        at, which, word = ends[side]
        if list(process.steps)[at] == step:
            yield (
                f"{place}.transferred has '{side}', but '{step}' is the {which} step, so there are no transfers {word} its "
                f"batches; leave '{side}' out"
            )
    if not transfers:
        yield f"{place}.transferred compares amounts with transfers, but no source has `gives: transfers`; leave it out"
    for name, source in transfers.items():
        if source.unit is None:
            yield (
                f"{place}.transferred compares amounts with the transfers of sources.{name}, which states no unit; declare `unit`, "
                "the column with the unit of each amount, or leave `transferred` out"
            )
