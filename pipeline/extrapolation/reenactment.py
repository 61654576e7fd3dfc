"""Re-enactment: hide parts of history so that the hidden batches ask a given kind of question."""

from collections.abc import Callable, Iterator, Sequence

import polars as pl

from pipeline.domain.batch_columns import AVAILABLE
from pipeline.domain.process.parts import RESULT_LABORATORY
from pipeline.extrapolation.hiding import NotApplicableError, hold_out, roles
from pipeline.extrapolation.kinds import (
    BEYOND_SCALE,
    KIND_COLUMN,
    NEW_LINEAGE,
    NEW_PLACE,
    NEW_PRODUCT,
    NEW_SCALE,
    NEW_SOURCE,
    NEXT_BATCH,
    TrainingExtent,
)
from pipeline.extrapolation.protocols import LargestScaleOut, LeaveProductOut, assign

NEAREST = {
    NEXT_BATCH: (NEXT_BATCH, NEW_PLACE, NEW_PRODUCT, NEW_LINEAGE),
    NEW_PLACE: (NEW_PLACE, NEW_SCALE, NEW_LINEAGE, NEW_PRODUCT, NEXT_BATCH),
    NEW_PRODUCT: (NEW_PRODUCT, NEW_LINEAGE, NEW_PLACE, NEXT_BATCH),
    NEW_LINEAGE: (NEW_LINEAGE, NEW_PRODUCT, NEW_PLACE, NEXT_BATCH),
    NEW_SCALE: (NEW_SCALE, NEW_LINEAGE, NEW_PRODUCT, NEW_PLACE, NEXT_BATCH),
    BEYOND_SCALE: (BEYOND_SCALE, NEW_SCALE, NEW_LINEAGE, NEW_PRODUCT, NEW_PLACE, NEXT_BATCH),
    NEW_SOURCE: (NEW_SOURCE, NEW_LINEAGE, NEW_PRODUCT, NEW_PLACE, NEXT_BATCH),
}
"""Kind of question → kinds to re-enact for it, the nearest first. The first one that the rows can show often enough is used."""
SCALES_OF_A_TREND = 2
"""Number of scales in training from which a model can learn what a change of scale does. With one scale a step is harder than the
question: nothing shows what the next scale changes."""
LEAST_TRAINED = 2
"""Number of results from which a model is fitted in a re-enactment."""
LEAST_RESULTS = 3
"""Number of results from which an attribute is predicted: each can be hidden once, with `LEAST_TRAINED` left to learn from."""
LEAST_ASKED = 5
"""Number of hidden batches from which the rows can show a kind of question."""
LEAST_PRODUCTS = 3
"""Number of products that these batches are of, or all products where there are fewer. Products are what intervals count."""
Way = Callable[[pl.DataFrame, Sequence[str], int], pl.DataFrame]
"""A way to hide batches: rows, groupings whose unknown levels are refused, and number of folds → fold, batch_id, role."""
THIRDS = "thirds"
"""Entry of the column `shift` where the rows can show none of these kinds. Then each third of the batches is hidden in turn."""


def reenact(
    rows: pl.DataFrame, kind: str, tolerance: float, refuse: Sequence[str], folds: int, *, by_device: bool = False
) -> pl.DataFrame:
    """Return folds whose hidden batches ask the kind of question: shift, fold, batch_id, role.

    rows: at least `LEAST_RESULTS`; tolerance: tolerance within which two scales are the same; refuse: groupings whose unknown
    levels are refused; folds: number of folds at most; by_device: equipment that is new to its lineage is a new place.

    Each hidden batch is compared with the training rows of its fold. One that asks another kind has no role in that fold: it
    is not predicted, and nothing is learned from it. `shift` is the kind that the hidden batches ask. It is `kind` itself if
    at least `LEAST_ASKED` batches of `LEAST_PRODUCTS` products ask it, otherwise the nearest kind of which this is true. If
    it is true of none, it is the kind that most batches ask, and `thirds` if no batch asks any of them.
    """
    fewer = []
    for asked in _reenactments(rows, kind, tolerance, refuse, folds, by_device):
        if _enough(asked, rows):
            return asked
        fewer.append(asked)
    return max(fewer, key=_batches_asked) if fewer else _named(_thirds(rows), THIRDS)


def _reenactments(
    rows: pl.DataFrame, kind: str, tolerance: float, refuse: Sequence[str], folds: int, by_device: bool
) -> Iterator[pl.DataFrame]:
    """Yield the folds of each way to re-enact the kind, then the kinds near it. A way without a batch that asks is left out."""
    for attempt in NEAREST[kind]:
        for hide in (_WAYS | _WAYS_BY_DEVICE if by_device else _WAYS)[attempt]:
            try:
                table = hide(rows, refuse, folds)
            except NotApplicableError:
                continue
            parts = [
                _asking(rows, part, attempt, tolerance, refuse, by_device)
                for _, part in table.group_by("fold", maintain_order=True)
            ]
            if any(not part.is_empty() for part in parts):
                yield _named(pl.concat(parts), attempt)


def _named(folds: pl.DataFrame, kind: str) -> pl.DataFrame:
    return folds.select(pl.lit(kind).alias(KIND_COLUMN), "fold", "batch_id", "role")


def _asking(
    rows: pl.DataFrame, fold: pl.DataFrame, kind: str, tolerance: float, refuse: Sequence[str], by_device: bool
) -> pl.DataFrame:
    """Return the roles in a fold without the hidden batches that ask another kind; no row if none asks the kind."""
    train, test = (rows_of_role(rows, fold, role) for role in ("train", "test"))
    if train.height < LEAST_TRAINED:
        return fold.clear()
    asked = test.filter(TrainingExtent.of(train, tolerance, refuse, by_device=by_device).kind() == kind)["batch_id"]
    kept = (pl.col("role") == "train") | pl.col("batch_id").is_in(asked.implode())
    return fold.filter(kept) if asked.len() else fold.clear()


def _enough(folds: pl.DataFrame, rows: pl.DataFrame) -> bool:
    """Tell whether the hidden batches are enough, and of enough products, to show their kind."""
    hidden = rows.filter(pl.col("batch_id").is_in(folds.filter(pl.col("role") == "test")["batch_id"].implode()))
    products = min(LEAST_PRODUCTS, rows["product"].n_unique())
    return hidden.height >= LEAST_ASKED and hidden["product"].n_unique() >= products


def _batches_asked(folds: pl.DataFrame) -> int:
    return folds.filter(pl.col("role") == "test")["batch_id"].n_unique()


def _later_batches_out(rows: pl.DataFrame, _: Sequence[str], folds: int) -> pl.DataFrame:
    """Return folds that hide the later batches of each lineage and scale, one part after the other.

    A fold knows the earlier batches of the lineage at the scale, if their results were available when the first hidden one started.
    It knows all other batches. Batches without a start are in the order of their names.
    """
    line = ("lineage", "scale_level")
    ordered = rows.sort(*line, "started_at", "batch_id") if "started_at" in rows.columns else rows.sort(*line, "batch_id")
    numbered = ordered.with_columns((pl.int_range(pl.len()) * (folds + 1) // pl.len()).over(line).alias("part"))
    return pl.concat([_part_out(numbered, fold, line) for fold in range(folds)])


def _part_out(rows: pl.DataFrame, fold: int, line: Sequence[str]) -> pl.DataFrame:
    """Return a fold that hides the part after `fold` of each line; rows: with their `part`."""
    hidden, known = pl.col("part") == fold + 1, pl.col("part") <= fold
    if AVAILABLE in rows.columns:
        begun = pl.col("started_at").filter(hidden).min().over(line)
        known &= begun.is_null() | (pl.col(AVAILABLE) <= begun)
    role = pl.when(hidden).then(pl.lit("test")).when(known).then(pl.lit("train")).alias("role")
    return rows.select(pl.lit(fold, pl.Int32).alias("fold"), "batch_id", role).drop_nulls("role")


def _products_out(rows: pl.DataFrame, _: Sequence[str], folds: int) -> pl.DataFrame:
    return assign(rows, LeaveProductOut("leave_product_out", folds))


def _lineages_out(rows: pl.DataFrame, _: Sequence[str], folds: int) -> pl.DataFrame:
    return _groups_out(rows, "lineage", folds)


def _own_largest_scales_out(rows: pl.DataFrame, _: Sequence[str], folds: int) -> pl.DataFrame:
    return assign(rows, LargestScaleOut("largest_scale_out", folds))


def _thirds(rows: pl.DataFrame, _: Sequence[str] = (), __: int = 3) -> pl.DataFrame:
    """Return folds that hide each third of the batches of each lineage and scale in turn."""
    return hidden_parts(rows, 3)


def hidden_parts(rows: pl.DataFrame, parts: int) -> pl.DataFrame:
    """Return folds that hide each of several parts of the batches of each lineage and scale in turn: fold, batch_id, role."""
    numbered = rows.sort("lineage", "scale_level", "batch_id").select(
        "batch_id", (pl.int_range(pl.len()) % parts).alias("part")
    )
    return roles(rows, [(part, numbered.filter(pl.col("part") == part)["batch_id"]) for part in range(parts)])


def _sites_out(rows: pl.DataFrame, _: Sequence[str], folds: int) -> pl.DataFrame:
    """Return folds that hide a lineage at one of the sites that made it at the same scale."""
    return _lineages_at_places_out(rows, "site", folds)


def _devices_out(rows: pl.DataFrame, _: Sequence[str], folds: int) -> pl.DataFrame:
    """Return folds that hide a lineage on one of the devices that made it at the same scale."""
    return _lineages_at_places_out(rows, "equipment", folds)


def _lineages_at_places_out(rows: pl.DataFrame, place: str, folds: int) -> pl.DataFrame:
    """Return folds that hide all batches of a lineage at one of the places that made it at the same scale.

    The places of a lineage are in different folds as far as there are folds.
    """
    _need(rows, place)
    twice = pl.col(place).drop_nulls().n_unique().over("lineage", "scale_level") > 1
    places = rows.filter(twice & pl.col(place).is_not_null()).select("lineage", place).unique().sort("lineage", place)
    if places.is_empty():
        raise NotApplicableError(f"no lineage was made at one scale at two places ({place})")
    numbered = places.with_columns((pl.int_range(pl.len()) % folds).alias("fold")).join(rows, on=["lineage", place])
    return roles(rows, [(int(fold), own["batch_id"]) for (fold,), own in numbered.group_by("fold", maintain_order=True)])


def _equipment_out(rows: pl.DataFrame, _: Sequence[str], folds: int) -> pl.DataFrame:
    _need(rows, "equipment")
    return _groups_out(rows, "equipment", folds)


def _need(rows: pl.DataFrame, column: str) -> None:
    if column not in rows.columns or rows[column].null_count() == rows.height:
        raise NotApplicableError(f"no batch states its {column}")


def _sources_out(rows: pl.DataFrame, refuse: Sequence[str], folds: int) -> pl.DataFrame:
    return _stacked([_groups_out(rows, name, folds) for name in refuse])


def _groups_out(rows: pl.DataFrame, group: str, folds: int) -> pl.DataFrame:
    """Return folds that hide whole levels of a grouping."""
    known = rows.filter(pl.col(group).is_not_null())
    if known[group].n_unique() < 2:
        raise NotApplicableError(f"needs at least 2 levels of {group}")
    return hold_out(rows, known, group, folds)


def _largest_scales_out(least: int) -> Way:
    """Return the way that trains up to a scale, with at least `least` scales in training, and hides all batches above it.

    The limits are the largest scales that leave at least a quarter of the rows to train on.
    """

    def hide(rows: pl.DataFrame, _: Sequence[str], folds: int) -> pl.DataFrame:
        scale = rows["scale_level"]
        limits = [one for one in scale.unique().sort()[least - 1 : -1] if 4 * (scale <= one).sum() >= rows.height][-folds:]
        if not limits:
            raise NotApplicableError("no scale leaves enough batches below it")
        return _stacked([_one_fold(rows, pl.col("scale_level") <= limit) for limit in limits])

    return hide


def _one_fold(rows: pl.DataFrame, train: pl.Expr) -> pl.DataFrame:
    role = pl.when(train).then(pl.lit("train")).otherwise(pl.lit("test"))
    return rows.select(pl.lit(0, pl.Int32).alias("fold"), "batch_id", role.alias("role"))


def _stacked(tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the folds of all tables as one table, with fold numbers that do not repeat."""
    if not tables:
        raise NotApplicableError("no grouping refuses unknown levels")
    stacked = []
    first = 0
    for table in tables:
        stacked.append(table.with_columns((pl.col("fold") + first).cast(pl.Int32)))
        first += int(table["fold"].max()) + 1  # type: ignore[arg-type]
    return pl.concat(stacked)


_WAYS: dict[str, tuple[Way, ...]] = {
    NEXT_BATCH: (_later_batches_out, _thirds),
    NEW_PLACE: (_sites_out, _equipment_out),
    NEW_PRODUCT: (_products_out,),
    NEW_LINEAGE: (_lineages_out,),
    NEW_SCALE: (_own_largest_scales_out,),
    BEYOND_SCALE: (_largest_scales_out(SCALES_OF_A_TREND), _largest_scales_out(1)),
    NEW_SOURCE: (_sources_out,),
}
"""Kind of question → ways to re-enact it, the best first."""
_WAYS_BY_DEVICE: dict[str, tuple[Way, ...]] = {NEW_PLACE: (_sites_out, _devices_out, _equipment_out)}
"""Kind of question → ways where equipment can be new to a lineage alone. A site is hidden first: it asks more than a device."""


def train_and_test(rows: pl.DataFrame, folds: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame, pl.DataFrame]]:
    """Yield of each fold its number, its training rows and its test rows.

    A fold without test rows, or with fewer than `LEAST_TRAINED` training rows, is left out.
    """
    for (fold,), part in folds.group_by("fold", maintain_order=True):
        train, test = (rows_of_role(rows, part, role) for role in ("train", "test"))
        if train.height >= LEAST_TRAINED and test.height:
            yield int(fold), train, test


def rows_of_role(rows: pl.DataFrame, fold: pl.DataFrame, role: str) -> pl.DataFrame:
    """Return the rows whose batch has the role in a fold; test rows as they are asked."""
    found = rows.filter(pl.col("batch_id").is_in(fold.filter(pl.col("role") == role)["batch_id"].implode()))
    return found if role == "train" else as_asked(found)


def as_asked(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows to predict. Which laboratory will measure a batch is not known when it is asked."""
    unknown = pl.lit(None, pl.String).alias(RESULT_LABORATORY)
    return rows.with_columns(unknown) if RESULT_LABORATORY in rows.columns else rows
