"""Thirteen ways of hiding tablets batches, each a question that a plant asks: pure functions from rows to folds.

Counted: forward 70/30 · forward rolling two months · leave a code, a strength, an API source out · trained up to 27, 217, 270 kg ·
trained up to 1.2 million tablets · largest mass out of 5 mg, of 40 mg, of 10 and 20 mg · the same with earlier batches only.

"Up to 270 kg" and "largest mass of 40 mg out" hide the same 76 batches of these data, since 40 mg alone was made above 270 kg; both
stand in the list of thirteen, and so count twice in its mean.

The folds depend on what identifies a batch (date, code, strength, source, mass, count) and on no result: they are fixed before
a test row is looked at. Dates are months, so "earlier" always means an earlier month. Where the words of a protocol can be read
in two ways its docstring says which was taken. A batch without a result of a CQA simply drops out of the folds of that CQA.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

STRENGTHS_OF_A_GROUP = (("5 mg",), ("40 mg",), ("10 mg", "20 mg"))
LEAST_HISTORY = 50
"""Batches that must have been made before the first question is asked."""


@dataclass(frozen=True)
class Fold:
    """Which batches are learned from and which are predicted; one may be in neither."""

    name: str
    train: tuple[str, ...]
    test: tuple[str, ...]


@dataclass(frozen=True)
class Protocol:
    """A way of hiding batches."""

    name: str
    short: str
    title: str
    shift: str
    """What is new about the test batches: a later date, a code, a strength, a source, a scale."""
    folds: Callable[[pl.DataFrame], list[Fold]]


def forward_70_30(rows: pl.DataFrame) -> list[Fold]:
    """Learn from the first 70 % of the batches, predict the rest. The month in which 70 % is reached is learned from whole."""
    starts = rows["started_at"].sort()
    known = pl.col("started_at") <= starts[int(0.7 * rows.height) - 1]
    return [fold_of(rows, "70/30", known, ~known)]


def forward_rolling(rows: pl.DataFrame) -> list[Fold]:
    """Predict two calendar months at a time from all batches before them, once a year of history is on record."""
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
    """Learn from batches of at most this mass, predict all heavier ones: strength and scale change together, as they did."""

    def folds(rows: pl.DataFrame) -> list[Fold]:
        return [fold_of(rows, f"up to {limit_kg:g} kg", pl.col("scale") <= limit_kg, pl.col("scale") > limit_kg)]

    return folds


def count_up_to(limit: float) -> Callable[[pl.DataFrame], list[Fold]]:
    """Learn from batches of at most so many tablets, predict all larger ones."""

    def folds(rows: pl.DataFrame) -> list[Fold]:
        few = pl.col("tablet_count") <= limit
        return [fold_of(rows, f"up to {limit:,.0f}", few, ~few)]

    return folds


def largest_mass_out(*strengths: str) -> Callable[[pl.DataFrame], list[Fold]]:
    """Predict the batches at the largest mass of these strengths from all others, whenever made.

    10 and 20 mg are hidden together: both were tried at 270 kg, in 10 batches, so neither may teach the other.
    """

    def folds(rows: pl.DataFrame) -> list[Fold]:
        top = _at_largest_mass(strengths)
        return [fold_of(rows, " and ".join(strengths), ~top, top)]

    return folds


def largest_mass_past_only(rows: pl.DataFrame) -> list[Fold]:
    """The same three questions from nothing but what was on record: earlier months, without the largest mass of the strength.

    5 and 40 mg were made at their largest mass in the first month on record, so no history precedes the first such batch of
    a strength. So each block of two calendar months is asked about with what was made before it, as if the scale-up came
    then; blocks with fewer than 50 batches before them (the first: 3 of 102) cannot be asked about.
    """
    return [
        fold
        for strengths in STRENGTHS_OF_A_GROUP
        for fold in _by_two_months(rows, ~_at_largest_mass(strengths), _at_largest_mass(strengths), " and ".join(strengths))
    ]


PROTOCOLS = (
    Protocol("forward_70_30", "fwd", "forward 70/30", "later date", forward_70_30),
    Protocol("forward_rolling", "roll", "forward, rolling two months", "later date", forward_rolling),
    Protocol("leave_code", "code", "leave code out", "new code of a known strength", leave_code_out),
    Protocol("leave_strength", "stren", "leave strength out", "new strength", leave_strength_out),
    Protocol("leave_source", "sourc", "leave API source out", "new source", leave_source_out),
    Protocol("mass_27", "27kg", "up to 27 kg", "beyond every scale, new strengths", mass_up_to(27.0)),
    Protocol("mass_217", "217kg", "up to 217 kg", "beyond every scale", mass_up_to(217.0)),
    Protocol("mass_270", "270kg", "up to 270 kg", "beyond every scale", mass_up_to(270.0)),
    Protocol("count_1_2", "1.2M", "up to 1.2 M tablets", "beyond every count, new strength", count_up_to(1.2e6)),
    Protocol("largest_5", "L5", "largest mass out, 5 mg", "scale new to the strength", largest_mass_out("5 mg")),
    Protocol("largest_40", "L40", "largest mass out, 40 mg", "beyond every scale", largest_mass_out("40 mg")),
    Protocol(
        "largest_10_20",
        "L1020",
        "largest mass out, 10+20 mg",
        "scale new to the strength",
        largest_mass_out("10 mg", "20 mg"),
    ),
    Protocol(
        "largest_past", "Lpast", "largest mass, past only", "scale new to the strength, later date", largest_mass_past_only
    ),
)


def fold_table(rows: pl.DataFrame) -> pl.DataFrame:
    """All folds as `pipeline.extrapolation.protocols` writes them: protocol, fold, batch_id, role."""
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
    """Name the batches on each side of a fold."""
    return Fold(name, tuple(rows.filter(train)["batch_id"]), tuple(rows.filter(test)["batch_id"]))


def _leave_out(rows: pl.DataFrame, group: str) -> list[Fold]:
    return [fold_of(rows, level, pl.col(group) != level, pl.col(group) == level) for level in rows[group].unique().sort()]


def _at_largest_mass(strengths: tuple[str, ...]) -> pl.Expr:
    top = pl.col("scale_level") == pl.col("scale_level").max().over("lineage")
    return pl.col("lineage").is_in(strengths) & top


def _by_two_months(rows: pl.DataFrame, known: pl.Expr, asked: pl.Expr, name: str = "") -> Iterator[Fold]:
    """Ask about each block of two calendar months (January and February …) with what is known and was made before it."""
    block = pl.col("started_at").dt.truncate("2mo")
    for begin in rows.filter(asked).select(block)["started_at"].unique().sort():
        fold = fold_of(
            rows, f"{name} {begin:%Y-%m}".strip(), known & (pl.col("started_at") < begin), asked & (block == begin)
        )
        if len(fold.train) >= LEAST_HISTORY:
            yield fold
