"""Protocols that hide batches by an attribute of theirs: beyond a limit of a number, or in listed groups of a text."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import polars as pl
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass as configuration

from pipeline.domain.attributes import Attribute
from pipeline.domain.batch_columns import batch_attributes
from pipeline.domain.display import digits, with_unit
from pipeline.domain.errors import ScalebridgeError, close_to, listed
from pipeline.domain.process.process import Process
from pipeline.domain.strict_config import STRICT
from pipeline.domain.units import quantity
from pipeline.extrapolation.hiding import NotApplicableError, roles

OwnName = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$", max_length=40)]
"""Name that a user gives to a protocol: it becomes a part of metrics and is shown with blanks."""


@configuration(config=STRICT, frozen=True)
class Cut:
    """All batches on one side of a limit are hidden. Batches at the limit and on its other side are training batches.

    A batch without a value of the attribute is neither hidden nor learned from, since nothing tells its side.
    """

    kind: Literal["cut"]
    attribute: str
    """A numeric attribute of the batches."""
    above: str | float | None = None
    """Limit, such as `10 in`: batches with a larger value are hidden. A number alone is in the unit of the attribute."""
    below: str | float | None = None
    """Limit, in place of `above`: batches with a smaller value are hidden."""
    name: OwnName | None = None
    """Name of the protocol in scores and pages. Default: `cut`. Several cuts need a name each."""

    @model_validator(mode="after")
    def _one_limit(self) -> "Cut":
        if (self.above is None) == (self.below is None):
            raise ValueError("a cut needs either `above` or `below`, such as `above: 10 in`")
        return self

    @property
    def side(self) -> Literal["above", "below"]:
        """Side of the limit on which batches are hidden."""
        return "below" if self.above is None else "above"

    @property
    def limit(self) -> str | float:
        """The limit, as it is written."""
        return self.above if self.above is not None else self.below  # type: ignore[return-value]


Groups = Annotated[tuple[str | int, ...], Field(min_length=1)]
"""Texts of an attribute. A whole number is read as its text."""


@configuration(config=STRICT, frozen=True)
class ListedGroups:
    """The batches of listed groups are hidden, one fold for each list. The groups are the texts of an attribute.

    A group that is in no list is learned from in every fold, unless `left_out` names it. A batch without a text is neither
    hidden nor learned from, since nothing tells its group.
    """

    kind: Literal["listed_groups"]
    attribute: str
    """A text attribute of the batches, such as a product code."""
    folds: Annotated[tuple[Groups, ...], Field(min_length=1)]
    """Groups that each fold hides: `[[1, 2, 4], [10, 11]]`."""
    left_out: tuple[str | int, ...] = ()
    """Groups that are neither hidden nor learned from in any fold."""
    name: OwnName | None = None
    """Name of the protocol in scores and pages. Default: `listed_groups`. Several protocols of this kind need a name each."""

    @model_validator(mode="after")
    def _once(self) -> "ListedGroups":
        groups = [*(group for fold in self.texts for group in fold), *map(str, self.left_out)]
        if repeated := [group for group in dict.fromkeys(groups) if groups.count(group) > 1]:
            raise ValueError(f"the group '{repeated[0]}' is listed twice; list each group once, in `folds` or in `left_out`")
        return self

    @property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The groups of each fold as texts."""
        return tuple(tuple(map(str, fold)) for fold in self.folds)


AttributeProtocol = Cut | ListedGroups
_KIND: Mapping[str, str] = {"cut": "number", "listed_groups": "text"}
"""Kind of a protocol → kind of its attribute."""
_MEANT = {
    "cut": "`listed_groups` hides groups of a text",
    "listed_groups": "`cut` hides the batches beyond a limit of a number",
}
SAME = 1e-9
"""Relative difference up to which a value counts as the limit itself, since both were converted between units."""


def attribute_problem(protocol: AttributeProtocol, process: Process) -> str | None:
    """Say why a protocol cannot be read with a process definition; None if it can."""
    place, name = f"the protocol '{protocol.name or protocol.kind}'", protocol.attribute
    attribute, usable = process.attributes.get(name), _usable(process, _KIND[protocol.kind])
    if attribute is None:
        near = close_to(name, usable)
        return (
            f"{place} names '{name}', which is no attribute of process '{process.name}'"
            + (f"; similar: {near}" if near else "")
            + f"; attributes that it can use are {listed(usable, 20)}"
        )
    if attribute.kind != _KIND[protocol.kind]:
        return (
            f"{place} needs an attribute of kind '{_KIND[protocol.kind]}', and '{name}' is of kind '{attribute.kind}' "
            f"({_MEANT[protocol.kind]}); attributes that it can use are {listed(usable, 20)}"
        )
    if name not in usable:
        return (
            f"{place} names '{name}', which is no column of the batch rows (it is a result, a property of lots or a course over "
            f"time, or the name of the batch); attributes that it can use are {listed(usable, 20)}"
        )
    if isinstance(protocol, Cut):
        try:
            quantity(protocol.limit, attribute.unit)
        except ScalebridgeError as error:
            return f"{place}, `{protocol.side}`: {error}"
    return None


def _usable(process: Process, kind: str) -> list[str]:
    """Attributes of a kind that are columns of the batch rows and that the definition states itself."""
    return [n for n in batch_attributes(process) if n in process.stated_attributes and process.attributes[n].kind == kind]


def with_attributes(rows: pl.DataFrame, batches: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Return the rows with the columns of attributes that they lack; batches: batch_id, and the attributes that files hold."""
    missing = [name for name in dict.fromkeys(names) if name not in rows.columns and name in batches.columns]
    return rows.join(batches.select("batch_id", *missing), on="batch_id", how="left", maintain_order="left")


def hidden_in_words(protocol: AttributeProtocol, attributes: Mapping[str, Attribute]) -> str:
    """Return what a protocol hides, in a few words."""
    if isinstance(protocol, ListedGroups):
        return f"{protocol.attribute} in {len(protocol.folds)} lists"
    return f"{protocol.attribute} {protocol.side} {_limit_in_words(protocol, attributes[protocol.attribute])}"


def _limit_in_words(protocol: Cut, attribute: Attribute) -> str:
    limit = protocol.limit
    return limit if isinstance(limit, str) else with_unit(digits(limit, 6), attribute.unit)


def hide(rows: pl.DataFrame, protocol: AttributeProtocol, attributes: Mapping[str, Attribute]) -> pl.DataFrame:
    """Return the folds of a protocol: fold, batch_id, role. Raises NotApplicableError.

    rows: batch_id and the attribute of the protocol, numbers in SI; attributes: name → attribute of the process definition.
    """
    name = protocol.attribute
    known = rows.filter(pl.col(name).is_not_null()) if name in rows.columns else rows.clear()
    if known.is_empty():
        raise NotApplicableError(f"no batch has a value of {name}")
    if isinstance(protocol, Cut):
        return _cut(known, protocol, attributes[name])
    return _listed_groups(known, protocol)


def _cut(rows: pl.DataFrame, protocol: Cut, attribute: Attribute) -> pl.DataFrame:
    limit, values = quantity(protocol.limit, attribute.unit), rows[protocol.attribute]
    margin = SAME * abs(limit)
    hidden = rows.filter(values > limit + margin if protocol.side == "above" else values < limit - margin)["batch_id"]
    if hidden.len() in (0, rows.height):
        which = "no batch has" if hidden.is_empty() else "every batch has"
        low, high = (float(end) for end in (values.min(), values.max()))  # type: ignore[arg-type]
        ends = " to ".join(digits(attribute.si.from_si(end), 4) for end in (low, high))
        raise NotApplicableError(
            f"{which} {protocol.attribute} {protocol.side} {_limit_in_words(protocol, attribute)}; history holds "
            f"{with_unit(ends, attribute.unit)}"
        )
    return roles(rows, [(0, hidden)])


def _listed_groups(rows: pl.DataFrame, protocol: ListedGroups) -> pl.DataFrame:
    group, known = pl.col(protocol.attribute), rows[protocol.attribute].unique().sort().to_list()
    named = [*(one for fold in protocol.texts for one in fold), *map(str, protocol.left_out)]
    if unknown := [one for one in named if one not in known]:
        raise NotApplicableError(
            f"no batch has {protocol.attribute} {listed(map(repr, unknown), 8)}; history holds {listed(map(repr, known), 30)}"
        )
    kept = rows.filter(~group.is_in(list(map(str, protocol.left_out))))
    tests = [(fold, kept.filter(group.is_in(list(groups)))["batch_id"]) for fold, groups in enumerate(protocol.texts)]
    if empty := [fold for fold, hidden in tests if hidden.len() == kept.height]:
        raise NotApplicableError(
            f"list {empty[0] + 1} holds every group of {protocol.attribute} that is not left out, so no batch is left to learn from"
        )
    return roles(kept, tests)
