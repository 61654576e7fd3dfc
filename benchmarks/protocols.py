"""Thirteen ways of hiding tablets batches, each of them a question of a plant: pure functions from rows to folds.

The thirteen: forward in time, 70/30 and two months at a time; one code, one strength, one API source left out; above 27, 217 and
270 kg; above 1.2 million tablets; the largest mass of 5 mg, of 40 mg, of 10 and 20 mg; the same with earlier batches only.

"Above 270 kg" and "largest mass of 40 mg" hide the same 76 batches of these data, because only 40 mg was made above 270 kg. Both
are in the list of thirteen, so these batches count twice in its mean.

The folds depend on what identifies a batch (date, code, strength, source, mass, count) and on no result. They are fixed before
any test row is looked at. Dates are months, so "earlier" always means an earlier month. If the definition of a protocol can be
understood in two ways, its docstring says which one is used. A batch without a result of a CQA is not in the folds of that
CQA.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

STRENGTHS_OF_A_GROUP = (("5 mg",), ("40 mg",), ("10 mg", "20 mg"))
LEAST_HISTORY = 50
"""Smallest number of training batches of a fold of two months."""


@dataclass(frozen=True)
class Fold:
    """Training and test batches. A batch may be in neither."""

    name: str
    train: tuple[str, ...]
    test: tuple[str, ...]


@dataclass(frozen=True)
class Protocol:
    """One way of hiding batches."""

    name: str
    short: str
    """Heading of its column in a table."""
    title: str
    shift: str
    """What is new about the test batches: a later date, a code, a strength, a source, a scale."""
    folds: Callable[[pl.DataFrame], list[Fold]]


def forward_70_30(rows: pl.DataFrame) -> list[Fold]:
    """Learn from the first 70 % of the batches, predict the rest. The month in which 70 % is reached is in the training rows."""
    starts = rows["started_at"].sort()
    known = pl.col("started_at") <= starts[int(0.7 * rows.height) - 1]
    return [fold_of(rows, "70/30", known, ~known)]


def forward_rolling(rows: pl.DataFrame) -> list[Fold]:
    """Predict two calendar months at a time from all batches before them, after the first year of history."""
    begin = rows["started_at"].min()
    return list(_by_two_months(rows, pl.lit(True), pl.col("started_at") >= pl.lit(begin).dt.offset_by("1y")))


def leave_code_out(rows: pl.DataFrame) -> list[Fold]:
    """Predict each product code (strength × batch size × market) from the other 24, earlier and later ones."""
    return _leave_out(rows, "product")


def leave_strength_out(rows: pl.DataFrame) -> list[Fold]:
    """Predict each strength from the other three."""
    return _leave_out(rows, "lineage")


def leave_source_out(rows: pl.DataFrame) -> list[Fold]:
    """Predict the batches of each source of the drug substance from those of the other four."""
    return _leave_out(rows, "api_code")


def mass_up_to(limit_kg: float) -> Callable[[pl.DataFrame], list[Fold]]:
    """Learn from batches of at most this mass, predict all heavier ones. Strength and scale change together, as in the plant."""

    def folds(rows: pl.DataFrame) -> list[Fold]:
        return [fold_of(rows, f"up to {limit_kg:g} kg", pl.col("scale") <= limit_kg, pl.col("scale") > limit_kg)]

    return folds


def count_up_to(limit: float) -> Callable[[pl.DataFrame], list[Fold]]:
    """Learn from batches of at most this number of tablets, predict all larger ones."""

    def folds(rows: pl.DataFrame) -> list[Fold]:
        few = pl.col("tablet_count") <= limit
        return [fold_of(rows, f"up to {limit:,.0f}", few, ~few)]

    return folds


def largest_mass_out(*strengths: str) -> Callable[[pl.DataFrame], list[Fold]]:
    """Predict the batches at the largest mass of these strengths from all other batches, earlier and later ones.

    10 and 20 mg are hidden together. Both were made at 270 kg, in 10 batches, so one of them would show the scale for the other.
    """

    def folds(rows: pl.DataFrame) -> list[Fold]:
        top = _at_largest_mass(strengths)
        return [fold_of(rows, " and ".join(strengths), ~top, top)]

    return folds


def largest_mass_past_only(rows: pl.DataFrame) -> list[Fold]:
    """Predict the batches at the largest mass of each strength from earlier months, without the largest mass of the strength.

    5 and 40 mg were made at their largest mass in the first month on record, so no history precedes their first such batch.
    Therefore each block of two calendar months is predicted from the batches before it, as if the scale-up came then. Blocks
    with fewer than 50 batches before them are left out (the first block: 3 of 102 batches).
    """
    return [
        fold
        for strengths in STRENGTHS_OF_A_GROUP
        for fold in _by_two_months(rows, ~_at_largest_mass(strengths), _at_largest_mass(strengths), " and ".join(strengths))
    ]


PROTOCOLS = (
    Protocol("forward_70_30", "70/30", "forward in time, 70/30", "later date", forward_70_30),
    Protocol("forward_rolling", "2 months", "forward in time, two months at a time", "later date", forward_rolling),
    Protocol("leave_code", "code", "one code left out", "new code of a known strength", leave_code_out),
    Protocol("leave_strength", "strength", "one strength left out", "new strength", leave_strength_out),
    Protocol("leave_source", "source", "one API source left out", "new source", leave_source_out),
    Protocol("mass_27", "> 27 kg", "above 27 kg, from at most 27 kg", "beyond every scale, new strengths", mass_up_to(27.0)),
    Protocol("mass_217", "> 217 kg", "above 217 kg, from at most 217 kg", "beyond every scale", mass_up_to(217.0)),
    Protocol("mass_270", "> 270 kg", "above 270 kg, from at most 270 kg", "beyond every scale", mass_up_to(270.0)),
    Protocol(
        "count_1_2",
        "> 1.2 M",
        "above 1.2 million tablets, from at most that",
        "beyond every count, new strength",
        count_up_to(1.2e6),
    ),
    Protocol("largest_5", "5 mg", "largest mass of 5 mg", "scale new to the strength", largest_mass_out("5 mg")),
    Protocol("largest_40", "40 mg", "largest mass of 40 mg", "beyond every scale", largest_mass_out("40 mg")),
    Protocol(
        "largest_10_20",
        "10+20 mg",
        "largest mass of 10 and 20 mg",
        "scale new to the strength",
        largest_mass_out("10 mg", "20 mg"),
    ),
    Protocol(
        "largest_past",
        "past only",
        "largest mass of each strength, earlier batches only",
        "scale new to the strength, later date",
        largest_mass_past_only,
    ),
)


def fold_table(rows: pl.DataFrame) -> pl.DataFrame:
    """Return all folds in the form of `pipeline.extrapolation.protocols`: protocol, fold, batch_id, role."""
    return pl.DataFrame(
        [
            (protocol.name, number, batch, role)
            for protocol in PROTOCOLS
            for number, fold in enumerate(protocol.folds(rows))
            for role, batches in (("train", fold.train), ("test", fold.test))
            for batch in batches
        ],
        schema={"protocol": pl.String, "fold": pl.Int32, "batch_id": pl.String, "role": pl.String},
        orient="row",
    )


def fold_of(rows: pl.DataFrame, name: str, train: pl.Expr, test: pl.Expr) -> Fold:
    """Return the fold with the batches that two expressions select."""
    return Fold(name, tuple(rows.filter(train)["batch_id"]), tuple(rows.filter(test)["batch_id"]))


def _leave_out(rows: pl.DataFrame, group: str) -> list[Fold]:
    return [fold_of(rows, level, pl.col(group) != level, pl.col(group) == level) for level in rows[group].unique().sort()]


def _at_largest_mass(strengths: tuple[str, ...]) -> pl.Expr:
    top = pl.col("scale_level") == pl.col("scale_level").max().over("lineage")
    return pl.col("lineage").is_in(strengths) & top


def _by_two_months(rows: pl.DataFrame, known: pl.Expr, asked: pl.Expr, name: str = "") -> Iterator[Fold]:
    """Yield a fold per block of two calendar months (January and February …), with what is known and was made before it."""
    block = pl.col("started_at").dt.truncate("2mo")
    for begin in rows.filter(asked).select(block)["started_at"].unique().sort():
        fold = fold_of(
            rows, f"{name} {begin:%Y-%m}".strip(), known & (pl.col("started_at") < begin), asked & (block == begin)
        )
        if len(fold.train) >= LEAST_HISTORY:
            yield fold
