"""What history has run for each setting: its usual value, whether it follows the vessel or the product, and its range.

A temperature is usual for a product, and a stirrer speed for a vessel. History shows which: the setting scatters less among the
batches of one product, or among those of one vessel. Drafts, proposals, ranges and the what-if page all use this one rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.answers.limits import UnstatedConfig
from pipeline.domain.arrays import BoolArray, IntArray
from pipeline.domain.batch_columns import batch_attributes
from pipeline.domain.display import digits, noun, shown, unit_label
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import further_scales
from pipeline.domain.scale import same_scale, scale_levels
from pipeline.features.catalogue import offered

PRODUCT, EQUIPMENT, LEVEL = "product", "equipment", "scale_level"
WIDE = 10.0
"""A set-point whose largest value is more than this many times its smallest is compared by its logarithm."""
LEAST = 2
"""Batches of one group that show how a set-point scatters in it, and batches that show a range."""
SHOWN = 4
"""Digits of values of a plant."""


@dataclass(frozen=True)
class Place:
    """What a batch is made of, how large it is, and in which vessel."""

    product: str
    scale: float
    """SI."""
    equipment: str | None = None


@dataclass(frozen=True)
class Group:
    """Batches of history that belong together."""

    who: str
    """What ran, in words: a vessel or a product. Empty: the batches themselves are named."""
    where: str
    """Where or of what the batches are, in words that follow `ran` or `batches`; may be empty."""
    members: BoolArray
    """One value per batch of history."""

    def ran(self, count: int) -> str:
        """Return that the group ran like this, such as `as V-2001 ran in 9 batches`."""
        if not self.who:
            return f"as {_batches(count)}{self.where} ran"
        return f"as {self.who} ran{self.where} in {_batches(count)}"

    def has_run(self, values: str, count: int) -> str:
        """Return what the group has run, such as `V-2001 has run 18 to 24 L/min in 9 batches`."""
        if not self.who:
            return f"{_batches(count)}{self.where} {'has' if count == 1 else 'have'} run {values}"
        return f"{self.who} has run {values}{self.where} in {_batches(count)}"


@dataclass(frozen=True)
class UsualValue:
    """The usual value of a setting, SI, and where it comes from."""

    value: float | str
    origin: str
    seen: str
    """Range in the same batches, in words; empty for a single value."""
    of_vessel: bool
    """The batches are those of the vessel."""


@dataclass(frozen=True)
class SupportedRange:
    """Smallest and largest value of a setting that history supports, SI."""

    low: float
    high: float
    batches: int
    words: str

    @property
    def single(self) -> bool:
        """Return whether history has one value alone."""
        return self.high <= self.low


@dataclass(frozen=True)
class SettingHistory:
    """The settings of past batches. What is derived from them is computed once, and kept."""

    process: Process
    batches: pl.DataFrame
    """Batches of history, SI."""
    config: UnstatedConfig = field(default_factory=UnstatedConfig)
    _follows: dict[str, bool] = field(default_factory=dict, init=False, repr=False, compare=False)
    _codes: dict[str, tuple[dict[str, int], IntArray]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _columns: dict[str, NDArray[Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def levels(self) -> pl.DataFrame:
        """Return the batches with the level of their scale."""
        return self.batches.with_columns(scale_levels(self.batches["scale"], self.process.scale.tolerance).alias(LEVEL))

    def follows_place(self, name: str) -> bool:
        """Tell whether a setting follows the vessel or the scale, rather than the product."""
        if name not in self._follows:
            known = self.levels.filter(pl.col(name).is_not_null())
            unseen = self.process.states_scale and not self._shows_scales and moves_with_scale(self.process, name)
            self._follows[name] = unseen or follows_place(known, name, self.config.follows_vessel)
        return self._follows[name]

    @cached_property
    def _shows_scales(self) -> bool:
        """Return whether a product ran at two scales. Otherwise history cannot show what a larger scale changes."""
        return bool((self.levels.group_by(PRODUCT).agg(pl.col(LEVEL).n_unique())[LEVEL] > 1).any())

    def usual(self, name: str, place: Place) -> UsualValue | None:
        """Return the usual value at a place: what the vessel ran, else what ran at the scale. None if neither ran it.

        Batches of the product come first. A number is the median; a text counts only where all batches agree.
        """
        for group, of_vessel in self._at_place(place):
            known = self._known(name, group.members)
            if len(known) and (found := self._typical(name, known)) is not None:
                return UsualValue(found, group.ran(len(known)), self.seen(name, known), of_vessel)
        return None

    def of_all_products(self, name: str) -> UsualValue | None:
        """Return the usual value of all batches of history. None if no batch has one."""
        group = self._everything()
        known = self._known(name, group.members)
        found = self._typical(name, known) if len(known) else None
        return None if found is None else UsualValue(found, group.ran(len(known)), self.seen(name, known), False)

    def largest(self, name: str) -> float | None:
        """Return the largest value of a number in history; None if none is above zero."""
        known = self._known(name, self._everything().members)
        return float(known.max()) if len(known) and known.max() > 0 else None

    def supported(self, name: str, place: Place) -> SupportedRange | None:
        """Return the range of a number that history supports; None if too few batches show one.

        A setting that follows the vessel has the range of the vessel, else of the scale. Another one has the range of the product,
        else of the vessel, of the scale, or of all batches.
        """
        places = [group for group, _ in self._at_place(place, own=False)]
        groups = places if self.follows_place(name) else [*self._of_product(place), *places, self._everything()]
        for group in groups:
            known = self._known(name, group.members)
            if len(known) >= LEAST:
                low, high = self._ends(name, known)
                return SupportedRange(low, high, len(known), self._words(name, group, low, high, len(known)))
        return None

    def ranges_of_vessel(self, name: str, equipment: str | None) -> str:
        """Return what a vessel has run, in words; empty if it has run nothing."""
        group = None if equipment is None else self._vessel(equipment)
        known = self._known(name, group.members) if group is not None and self._is_number(name) else np.array([])
        if group is None or not len(known):
            return ""
        return self._words(name, group, *self._ends(name, known), len(known))

    def vessels(self, place: Place, site: str | None) -> list[tuple[str, int]]:
        """Return the vessels that ran at the scale (and site, if given) and their batches; the most used by the product first."""
        rows = self.levels.filter(pl.Series(self._at_scale(place.scale)) & pl.col(EQUIPMENT).is_not_null())
        rows = rows if site is None else rows.filter(pl.col("site") == site)
        counts = rows.group_by(EQUIPMENT).agg((pl.col(PRODUCT) == place.product).sum().alias("own"), pl.len().alias("all"))
        counts = counts.sort("own", "all", EQUIPMENT, descending=[True, True, False])
        return [(str(name), int(count)) for name, count in counts.select(EQUIPMENT, "all").iter_rows()]

    def of_vessel(self, equipment: str) -> pl.DataFrame:
        """Return the batches of a vessel."""
        return self.levels.filter(pl.Series(self._equal(EQUIPMENT, equipment)))

    def seen(self, name: str, known: NDArray[Any]) -> str:
        """Return the range of known values, SI, in words; empty for a text or a single value."""
        if not self._is_number(name):
            return ""
        low, high = self._ends(name, known)
        return self._span(name, low, high) if high > low else ""

    def _ends(self, name: str, known: NDArray[Any]) -> tuple[float, float]:
        """Return the smallest and the largest value; one value where people would write both alike (rounding of units)."""
        unit, low, high = self.process.attributes[name].si, float(known.min()), float(known.max())
        return (low, low) if shown(low, unit, SHOWN) == shown(high, unit, SHOWN) else (low, high)

    def _span(self, name: str, low: float, high: float) -> str:
        unit = self.process.attributes[name].si
        return f"{digits(unit.from_si(low), SHOWN)} to {digits(unit.from_si(high), SHOWN)} {unit_label(unit.label)}".strip()

    def _words(self, name: str, group: Group, low: float, high: float, count: int) -> str:
        if high > low:
            return group.has_run(self._span(name, low, high), count)
        return group.has_run(f"only {shown(low, self.process.attributes[name].si, SHOWN)}", count)

    def _at_place(self, place: Place, *, own: bool = True) -> Iterator[tuple[Group, bool]]:
        """Yield the groups of batches at a place, the nearest first, and whether they are of the vessel. own: of the product."""
        at_scale, at = self._at_scale(place.scale), f" at {self._scale_in_words(place.scale)}"
        mine = self._equal(PRODUCT, place.product) if own and self.process.states_product else None
        if place.equipment is not None:
            vessel = self._vessel(place.equipment)
            there = vessel.members & at_scale
            if mine is not None:
                yield Group(place.product, f" in {place.equipment}", mine & there), True
            if there.any() and not np.array_equal(there, vessel.members):
                yield Group(place.equipment, at, there), True
            yield vessel, True
        if not self.process.states_scale:
            return
        if mine is not None:
            yield Group(place.product, at, mine & at_scale), False
        yield Group("", at, at_scale), False

    def _vessel(self, equipment: str) -> Group:
        return Group(equipment, "", self._equal(EQUIPMENT, equipment))

    def _of_product(self, place: Place) -> list[Group]:
        return [Group(place.product, "", self._equal(PRODUCT, place.product))] if self.process.states_product else []

    def _everything(self) -> Group:
        where = " of all products" if self.process.states_product else " of history"
        return Group("", where, np.ones(self.batches.height, dtype=np.bool_))

    def _scale_in_words(self, scale: float) -> str:
        return shown(scale, self.process.attributes[self.process.scale.attribute].si, SHOWN)

    def _at_scale(self, scale: float) -> BoolArray:
        levels = self._column(LEVEL)
        if not self.process.states_scale:
            return np.ones(len(levels), dtype=np.bool_)
        return np.asarray(same_scale(levels, scale, self.process.scale.tolerance))  # type: ignore[call-overload]

    def _equal(self, column: str, text: str) -> BoolArray:
        """Compare a text column. Numbers are compared in place of texts, which is faster in a large history."""
        if column not in self._codes:
            texts = self.levels[column].cast(pl.String)
            known = texts.unique().drop_nulls().to_list()
            numbers = {name: number for number, name in enumerate(known)}
            coded = texts.replace_strict(numbers, default=-1, return_dtype=pl.Int64).fill_null(-1)
            self._codes[column] = numbers, coded.to_numpy()
        numbers, rows = self._codes[column]
        return np.asarray(rows == numbers.get(text, -2))

    def _known(self, name: str, members: BoolArray) -> NDArray[Any]:
        """Return the known values of some batches."""
        values = self._column(name)[members]
        if self._is_number(name):
            return np.asarray(values[np.isfinite(values)])
        return np.asarray([value for value in values if value is not None], dtype=object)

    def _typical(self, name: str, known: NDArray[Any]) -> float | str | None:
        if self._is_number(name):
            return float(np.median(known))
        return str(known[0]) if (known == known[0]).all() else None

    def _is_number(self, name: str) -> bool:
        return self.process.attributes[name].kind == "number"

    def _column(self, name: str) -> NDArray[Any]:
        if name not in self._columns:
            column = self.levels[name]
            text = column.dtype == pl.String or column.dtype == pl.Null
            self._columns[name] = np.array(column.to_list(), dtype=object) if text else column.to_numpy().astype(float)
        return self._columns[name]


def settings_of_batches(process: Process, columns: list[str]) -> list[str]:
    """Return the settings and texts of a batch that history records and a proposal can state; no site, equipment or spectrum."""
    own = {process.product, process.scale.attribute, process.site, process.equipment}
    sizes = further_scales(process).values()
    return [
        name
        for name in batch_attributes(process)
        if name in columns
        and name not in own
        and (process.attributes[name].role in ("CPP", "context") or name in sizes)
        and process.attributes[name].derive is None
        and process.attributes[name].kind != "spectrum"
    ]


def moves_with_scale(process: Process, name: str) -> bool:
    """Tell whether a setting alone gives, with the batch size, a quantity that is compared between scales.

    Examples are a stirrer speed (power per volume) and a gas flow (gas flow per volume).
    """
    return quantity_per_size(process, name) is not None


def quantity_per_size(process: Process, name: str) -> str | None:
    """Return the simplest quantity that a setting alone gives with the batch size, without its operation; None if there is none."""
    found = []
    for _, operation, feature in offered(process):
        inputs = [operation.inputs[one] for one in feature.inputs]
        settings = {one for one in inputs if process.attributes[one].role == "CPP"}
        if settings == {name} and process.scale.attribute in inputs:
            found.append((len(inputs), feature.name))
    return min(found)[1] if found else None


def follows_place(known: pl.DataFrame, name: str, clearly: float) -> bool:
    """Tell whether a set-point scatters clearly less among the batches of one vessel or scale than among those of one product.

    known: batches with a value; clearly: share of the scatter within a product below which the other scatter must lie. The scatter
    is the standard deviation within the groups; for a text, the root of the share of batches without the most frequent text of
    their group. A history without two batches of one product does not show it.
    """
    at_place, of_product = min(_scatter(known, name, group) for group in (EQUIPMENT, LEVEL)), _scatter(known, name, PRODUCT)
    return bool(np.isfinite(of_product)) and at_place < clearly * of_product


def _scatter(known: pl.DataFrame, name: str, group: str) -> float:
    """Return the scatter of a set-point within the groups; infinite where no group has enough batches."""
    rows = known.filter(pl.col(group).is_not_null()).filter(pl.len().over(group) >= LEAST)
    free = rows.height - rows[group].n_unique()
    if free <= 0:
        return np.inf
    if rows.schema[name] == pl.String:
        apart = (pl.col(name) != pl.col(name).mode().sort().first().over(group)).cast(pl.Float64)
    else:
        low, high = (float(end) for end in (rows[name].min(), rows[name].max()))  # type: ignore[arg-type]
        value = pl.col(name).log() if 0 < WIDE * low < high else pl.col(name)
        apart = (value - value.mean().over(group)) ** 2
    return float(np.sqrt(rows.select(apart.sum()).item() / free))


def _batches(count: int) -> str:
    return f"{count} {noun(count, 'batch')}"
