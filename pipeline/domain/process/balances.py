"""Balances of a step: which amounts go into a batch and which come out of it, and the checks of what is declared."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.attributes import Attribute
from pipeline.domain.errors import listed
from pipeline.domain.strict_config import STRICT
from pipeline.domain.units import unit


@dataclass(config=STRICT, frozen=True)
class Balance:
    """What a batch of a step takes, what it gives, and what of it is measured as lost, all in units of one dimension."""

    taken: tuple[str, ...]
    """Attributes of the step whose sum is the amount that a batch took, such as the protein that was loaded."""
    given: tuple[str, ...]
    """Attributes whose sum is the amount that a batch gave, such as the protein in the eluate. Yield: given / taken."""
    lost: tuple[str, ...] = ()
    """Attributes with measured losses, such as the protein in the flow-through. Closure: (given + lost) / taken."""
    transferred: tuple[Literal["taken", "given"], ...] = ()
    """Sides of the balance that the quantities of the transfers record as well. `given`: what the next steps took of a batch is
    compared with what it gave. `taken`: what a batch took is compared with the sum of its transfers. Leave it out where the
    transfers state another amount, such as the volume of a pool in a balance of its protein."""
    false_alarms: Annotated[float, Field(gt=0, lt=0.5)] = 0.01
    """Share of the batches without any fault whose balance is reported all the same."""

    @property
    def amounts(self) -> tuple[str, ...]:
        """All attributes of the balance: taken, given, lost."""
        return self.taken + self.given + self.lost


def balance_problems(
    balances: Mapping[str, Mapping[str, Balance]], attributes: Mapping[str, Attribute], step_of: Mapping[str, str]
) -> list[str]:
    """List what is wrong with the declared balances, one sentence each.

    balances: step → name of what is balanced → balance; step_of: attribute → the step to which its values belong.
    """
    return [
        problem
        for step, named in balances.items()
        for name, balance in named.items()
        for problem in _problems(f"steps.{step}.balances.{name}", step, balance, attributes, step_of)
    ]


def _problems(
    place: str, step: str, balance: Balance, attributes: Mapping[str, Attribute], step_of: Mapping[str, str]
) -> Iterator[str]:
    for side in ("taken", "given"):
        if not getattr(balance, side):
            yield f"{place}.{side} is empty; name the attributes with the amounts that a batch of step '{step}' has {side}"
    yield from (
        f"{place} names '{name}' {count} times; each amount counts once"
        for name, count in Counter(balance.amounts).items()
        if count > 1
    )
    own = [name for name, of in step_of.items() if of == step and name in attributes and _is_amount(attributes[name])]
    for name in dict.fromkeys(balance.amounts):
        if (why := _unusable(name, step, attributes, step_of)) is not None:
            yield f"{place} names '{name}', {why}; amounts of step '{step}' can be {listed(sorted(own), 8)}"
    yield from _dimensions(place, balance, attributes)


def _unusable(name: str, step: str, attributes: Mapping[str, Attribute], step_of: Mapping[str, str]) -> str | None:
    """Say why an attribute is no amount of a step; None if it is one."""
    attribute = attributes.get(name)
    if attribute is None:
        return "which is not an attribute"
    if attribute.kind != "number":
        return f"which is of kind '{attribute.kind}' and not a number"
    if attribute.material is not None:
        return f"which is a property of the lots of '{attribute.material}' and not of a batch"
    if unit(attribute.unit).offset:
        return f"whose unit {attribute.unit} has an arbitrary zero, so that its values have no sum"
    if step_of.get(name, step) != step:
        return f"which belongs to step '{step_of[name]}'"
    return None


def _is_amount(attribute: Attribute) -> bool:
    return attribute.kind == "number" and attribute.material is None and not unit(attribute.unit).offset


def _dimensions(place: str, balance: Balance, attributes: Mapping[str, Attribute]) -> Iterator[str]:
    """Compare the dimension of each amount with that of the first."""
    known = [name for name in dict.fromkeys(balance.amounts) if name in attributes and attributes[name].kind == "number"]
    for name in known[1:]:
        first, other = attributes[known[0]], attributes[name]
        if other.si.dimension != first.si.dimension:
            yield (
                f"{place} adds '{known[0]}' in {first.unit or 'no unit'} and '{name}' in {other.unit or 'no unit'}, which have "
                "different dimensions; declare an attribute with `derive: {kind: product, …}` that has the unit of the others"
            )
