"""Kinds of question: how far a batch lies from the batches that a model was trained on.

A model is scored, its members are weighted and its intervals are calibrated on past batches that asked the same kind of
question. `reenactment` hides parts of the training rows so that the hidden batches ask a given kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NotRequired, TypedDict

import polars as pl

from pipeline.domain.scale import DEFAULT_TOLERANCE, larger_scale

NEXT_BATCH = "next_batch"
"""A known product of a known lineage, at most at the largest scale of the lineage, in a known place."""
NEW_PLACE = "new_place"
"""A batch that differs from `next_batch` in its place alone: a site where its lineage has no training batch, or equipment on
which no training batch of any product was made. Where transfers along the axis `device` are declared, equipment that is new
to its lineage counts as well. A transfer to another site or device at the same scale (scale-out) asks this."""
NEW_PRODUCT = "new_product"
"""An unknown product of a known lineage."""
NEW_LINEAGE = "new_lineage"
"""A lineage without any training batch."""
NEW_SCALE = "new_scale"
"""A known lineage above its own largest scale, where other lineages have run."""
BEYOND_SCALE = "beyond_scale"
"""A scale above the largest one of all training batches."""
NEW_SOURCE = "new_source"
"""An unknown level of a grouping, such as a site, whose unknown levels are refused."""
KINDS = (NEXT_BATCH, NEW_PLACE, NEW_PRODUCT, NEW_LINEAGE, NEW_SCALE, BEYOND_SCALE, NEW_SOURCE)
"""All kinds of question."""
KIND_COLUMN = "shift"
"""Column of tables and files that holds the kind of question."""


class SavedExtent(TypedDict):
    """A training extent as it is saved."""

    products: list[str]
    lineages: dict[str, float]
    largest: float
    levels: dict[str, list[str]]
    ranges: dict[str, list[float]]
    tolerance: NotRequired[float]
    """Absent where it is `DEFAULT_TOLERANCE`, as in models that were saved before it was recorded."""
    lineages_at: NotRequired[dict[str, list[str]]]
    equipment: NotRequired[list[str]]
    """Absent, like `lineages_at`, in models that were saved before places were recorded. To them no place is new."""
    lineages_on: NotRequired[dict[str, list[str]]]
    """Absent where no transfers along the axis `device` are declared."""


@dataclass(frozen=True)
class TrainingExtent:
    """Products, lineages, scales, places and levels of the training batches. They decide the kind of a question."""

    products: tuple[str, ...]
    largest_of_lineage: dict[str, float]
    """Lineage → its largest scale."""
    largest: float
    """Largest scale of all."""
    levels: dict[str, tuple[str, ...]]
    """Grouping whose unknown levels are refused → its known levels."""
    ranges: dict[str, tuple[float, float]]
    """Quantity that spans a decade or more → its smallest and largest value."""
    tolerance: float
    """Tolerance within which two scales are the same."""
    lineages_at: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Site → lineages with a training batch there. Empty where no training batch states a site."""
    equipment: tuple[str, ...] = ()
    """Equipment of the training batches. Empty where none of them states it."""
    lineages_on: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Equipment → lineages with a training batch on it, where equipment can be new to a lineage alone. Empty otherwise."""

    @classmethod
    def of(
        cls,
        rows: pl.DataFrame,
        tolerance: float,
        refuse: Sequence[str] = (),
        quantities: Sequence[str] = (),
        *,
        by_device: bool = False,
    ) -> "TrainingExtent":
        """Return the extent of training rows: product, lineage, scale, and `site` and `equipment` where they are recorded.

        refuse: groupings whose unknown levels are refused; quantities: columns that may not lie far outside their range;
        by_device: equipment that is new to a lineage is a new place, also where another lineage ran on it.
        """
        top = rows.group_by("lineage").agg(pl.col("scale").max()).sort("lineage")
        levels = {name: tuple(rows[name].drop_nulls().unique().sort()) for name in refuse}
        ranges = {name: ends for name in quantities if (ends := _range_of_decades(rows[name])) is not None}
        products = tuple(rows["product"].unique().sort())
        largest = float(rows["scale"].max())  # type: ignore[arg-type]
        at, equipment = _lineages_at(rows, "site"), _stated(rows, "equipment")["equipment"].unique().sort()
        on = _lineages_at(rows, "equipment") if by_device else {}
        return cls(products, dict(top.iter_rows()), largest, levels, ranges, tolerance, at, tuple(equipment), on)

    def kind(self) -> pl.Expr:
        """Return the kind of question of each row.

        Reads the columns product, lineage, scale, the groupings whose unknown levels are refused, and `site` and `equipment`
        where training batches state them.
        """
        scale = pl.col("scale")
        own = pl.col("lineage").replace_strict(self.largest_of_lineage, default=None, return_dtype=pl.Float64)
        new_levels = [self.is_new_level(name) for name in self.levels]
        return (
            pl.when(pl.any_horizontal(new_levels) if new_levels else pl.lit(False)).then(pl.lit(NEW_SOURCE))
            .when(larger_scale(scale, self.largest, self.tolerance)).then(pl.lit(BEYOND_SCALE))
            .when(larger_scale(scale, own, self.tolerance)).then(pl.lit(NEW_SCALE))
            .when(own.is_null()).then(pl.lit(NEW_LINEAGE))
            .when(~pl.col("product").is_in(list(self.products))).then(pl.lit(NEW_PRODUCT))
            .when(self.is_new_place()).then(pl.lit(NEW_PLACE))
            .otherwise(pl.lit(NEXT_BATCH))
            .alias(KIND_COLUMN)
        )  # fmt: skip

    def is_new_place(self) -> pl.Expr:
        """Tell for each row whether its site is new to its lineage, or its equipment new to all training batches.

        Where `lineages_on` is known, equipment that is new to its lineage is new. A row without a site or equipment is in no new
        place. Neither is a row whose lineage has no training batch with a site, or with equipment in `lineages_on`.
        """
        new = [
            pl.lit(False),
            _is_new_to_lineage("site", self.lineages_at),
            _is_new_to_lineage("equipment", self.lineages_on),
        ]
        if self.equipment:
            new.append(pl.col("equipment").is_not_null() & ~pl.col("equipment").is_in(list(self.equipment)))
        return pl.any_horizontal(new)

    def is_new_level(self, grouping: str) -> pl.Expr:
        """Tell for each row whether it states a level of the grouping that no training batch has."""
        return pl.col(grouping).is_not_null() & ~pl.col(grouping).is_in(list(self.levels[grouping]))

    def reasons(self) -> pl.Expr:
        """Return for each row the reason why the model must not answer, or null where it may.

        There are two reasons: a new level of a grouping in `levels`, or a quantity too far outside its range in `ranges`. A
        quantity may lie outside by as many decades as its range spans, like the linear terms of the models.
        """
        new = [
            pl.when(self.is_new_level(name)).then(
                pl.format(f"no batch was made with {name} '{{}}'; history holds {', '.join(levels[:5])}", pl.col(name))
            )
            for name, levels in self.levels.items()
        ]
        far = [
            pl.when((pl.col(name) > high * high / low) | (pl.col(name) < low * low / high)).then(
                pl.format(
                    f"{name} = {{}} is too far outside {low:.3g} to {high:.3g}, all that history holds (SI)", pl.col(name)
                )
            )
            for name, (low, high) in self.ranges.items()
        ]
        none = pl.repeat(None, pl.len(), dtype=pl.String)  # a literal would be one row where there is no other reason
        return pl.coalesce(*new, *far, none).alias("reason")

    def to_dict(self) -> SavedExtent:
        """Return the extent in the form in which it is saved."""
        saved: SavedExtent = {
            "products": list(self.products),
            "lineages": self.largest_of_lineage,
            "largest": self.largest,
            "levels": {name: list(levels) for name, levels in self.levels.items()},
            "ranges": {name: list(ends) for name, ends in self.ranges.items()},
            "lineages_at": {site: list(lineages) for site, lineages in self.lineages_at.items()},
            "equipment": list(self.equipment),
        }
        if self.tolerance != DEFAULT_TOLERANCE:
            saved["tolerance"] = self.tolerance
        if self.lineages_on:
            saved["lineages_on"] = {name: list(lineages) for name, lineages in self.lineages_on.items()}
        return saved

    @classmethod
    def from_dict(cls, saved: SavedExtent) -> "TrainingExtent":
        """Return the extent that was saved."""
        levels = {name: tuple(known) for name, known in saved["levels"].items()}
        ranges = {name: (low, high) for name, (low, high) in saved["ranges"].items()}
        tolerance = saved.get("tolerance", DEFAULT_TOLERANCE)
        at = {site: tuple(lineages) for site, lineages in saved.get("lineages_at", {}).items()}
        on = {name: tuple(lineages) for name, lineages in saved.get("lineages_on", {}).items()}
        products, equipment = tuple(saved["products"]), tuple(saved.get("equipment", ()))
        return cls(products, saved["lineages"], saved["largest"], levels, ranges, tolerance, at, equipment, on)


def kinds_of(rows: pl.DataFrame, extent: TrainingExtent) -> list[str]:
    """Return the kinds of question that the rows ask, sorted."""
    return rows.select(extent.kind()).to_series().unique().sort().to_list()


def _stated(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the rows that state a column; none where the table does not have it."""
    recorded = rows if column in rows.columns else rows.with_columns(pl.lit(None, pl.String).alias(column))
    return recorded.filter(pl.col(column).is_not_null())


def _lineages_at(rows: pl.DataFrame, place: str) -> dict[str, tuple[str, ...]]:
    """Return site or equipment → lineages with a batch there, sorted."""
    pairs = _stated(rows, place).select(place, "lineage").unique().sort(place, "lineage")
    return {str(name): tuple(own["lineage"]) for (name,), own in pairs.group_by(place, maintain_order=True)}


def _is_new_to_lineage(place: str, lineages_at: Mapping[str, tuple[str, ...]]) -> pl.Expr:
    """Tell for each row whether its site or equipment is new to its lineage; false where nothing is known of places."""
    if not lineages_at:
        return pl.lit(False)
    stated, lineage = pl.col(place), pl.col("lineage")
    known = pl.any_horizontal((stated == name) & lineage.is_in(list(own)) for name, own in lineages_at.items())
    placed = list({name for own in lineages_at.values() for name in own})
    return stated.is_not_null() & lineage.is_in(placed) & ~known


def _range_of_decades(values: pl.Series) -> tuple[float, float] | None:
    """Return the smallest and largest value of a positive quantity that spans a decade or more."""
    known = values.drop_nulls()
    low, high = (float(known.min()), float(known.max())) if known.len() else (0.0, 0.0)  # type: ignore[arg-type]
    return (low, high) if low > 0 and high >= 10 * low else None
