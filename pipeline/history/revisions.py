"""Compare revisions of results part by part, and say which is the newest."""

import re
from itertools import zip_longest

import polars as pl

KEY, NEWEST, CONFLICT = "_key", "_newest", "_conflict"
_PART = re.compile(r"\d+|[^\W\d_]+")
_Part = int | str


def parts_of(revision: str) -> tuple[_Part, ...]:
    """Split a revision into its numbers and letters. A zero at the end counts as nothing, so that `1.0` is `1`.

    >>> parts_of("Rev. 2a"), parts_of("1.10"), parts_of("02.0")
    (('REV', 2, 'A'), (1, 10), (2,))
    """
    parts: list[_Part] = [int(part) if part.isdecimal() else part.upper() for part in _PART.findall(revision)]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _key(revision: str) -> str:
    """A text that sorts revisions part by part: numbers by value, letters by length and alphabet, numbers before letters."""
    shown = (
        f"0{len(str(part)):04d}{part}" if isinstance(part, int) else f"1{len(part):04d}{part}" for part in parts_of(revision)
    )
    return "\x01".join(shown)


def _incomparable(first: str, second: str) -> bool:
    """Whether no order of two revisions is known: a number against a letter, two different words, or dates."""
    one, other = parts_of(first), parts_of(second)
    if not one or not other or _day_first(one) or _day_first(other):
        return one != other or first != second
    for a, b in zip_longest(one, other):
        if a == b:
            continue
        if a is None or b is None:
            return False
        letters = isinstance(a, str) and isinstance(b, str) and len(a) <= 2 and len(b) <= 2
        return not (letters or (isinstance(a, int) and isinstance(b, int)))
    return False


def _day_first(parts: tuple[_Part, ...]) -> bool:
    """Whether a revision looks like a date whose year comes last; its parts are not in the order of time."""
    return len(parts) == 3 and all(isinstance(p, int) for p in parts) and isinstance(parts[2], int) and parts[2] > 1900


def why_not_newest(rows: pl.DataFrame, group: list[str], revision: str = "revision") -> pl.Expr:
    """Give a reason for each row that is not of the newest revision of its group, or whose group has no newest one."""
    different = rows.select(*group, revision).unique()
    texts = different[revision].unique()
    keys = {text: _key(text) for text in texts}
    ordered = different.with_columns(pl.col(revision).replace_strict(keys, return_dtype=pl.String).alias(KEY)).sort(
        *group, KEY, revision
    )
    beside = ordered.with_columns(pl.col(revision).shift().over(group).alias("_before")).drop_nulls("_before")
    pairs = beside.select("_before", revision).unique().rows()
    wrong = pl.DataFrame([pair for pair in pairs if _incomparable(*pair)], schema=["_before", revision], orient="row").cast(
        pl.String
    )
    conflicts = beside.join(wrong, on=["_before", revision], how="semi").unique(group, keep="first", maintain_order=True)
    newest = ordered.group_by(group, maintain_order=True).agg(pl.col(revision).last().alias(NEWEST), pl.col(KEY).last())
    found = newest.join(
        conflicts.select(
            *group, pl.format("revisions '{}' and '{}' cannot be compared", "_before", revision).alias(CONFLICT)
        ),
        on=group,
        how="left",
    )
    placed = rows.select(*group, revision).join(found, on=group, how="left", maintain_order="left")
    own = pl.col(revision).replace_strict(keys, return_dtype=pl.String)
    reasons = placed.select(
        pl.when(pl.col(CONFLICT).is_not_null())
        .then(CONFLICT)
        .when(own < pl.col(KEY))
        .then(pl.format("superseded by revision {}", NEWEST))
    )
    return pl.lit(reasons.to_series())
