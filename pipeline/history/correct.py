"""Apply correction rules to the batch rows, and log each changed cell."""

from functools import reduce

import polars as pl

from pipeline.domain.corrections import Correction, Exchange, Prefer, Rescale
from pipeline.domain.tables import CorrectedCells, empty
from pipeline.history.provenance import file_of, row_of


def correct(rows: pl.DataFrame, rules: tuple[Correction, ...], places: dict[str, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Apply the rules in their order. Return the rows, and one log record per changed cell.

    `places` gives the source of each attribute, which the log needs for the place of a cell.
    """
    logs = [empty(CorrectedCells)]
    for rule in rules:
        after = rows.with_columns(_changes(rule))
        logs.append(_log(rule, rows, after, places))
        rows = after
    return rows, pl.concat(logs)


def _changes(rule: Correction) -> list[pl.Expr]:
    match rule:
        case Exchange():
            return _exchange(rule)
        case Rescale():
            here = reduce(lambda a, b: a & b, (pl.col(k).is_in(list(v)) for k, v in rule.where.items()))
            return [pl.when(here).then(pl.col(c) * rule.factor).otherwise(pl.col(c)).alias(c) for c in rule.change]
        case Prefer():
            return [pl.col(rule.keep).alias(rule.over)]


def _exchange(rule: Exchange) -> list[pl.Expr]:
    """Exchange the pairs of a row if a witness supports it and no witness contradicts it.

    >>> rule = Exchange("exchange", "r", "", ("a_min", "a_max"), "a", ("b_min", "b_max"), "b")
    >>> row = pl.DataFrame({"a_min": [5.0], "a_max": [7.0], "a": [2.0], "b_min": [1.0], "b_max": [3.0], "b": [6.0]})
    >>> row.with_columns(_exchange(rule)).select("a_min", "a_max", "b_min", "b_max").row(0)
    (1.0, 3.0, 5.0, 7.0)
    """
    first_belongs, first_exchanged = _inside_pairs(rule.first_witness, rule.first, rule.second)
    second_belongs, second_exchanged = _inside_pairs(rule.second_witness, rule.second, rule.first)
    speaks_for = (first_exchanged & ~first_belongs) | (second_exchanged & ~second_belongs)
    speaks_against = (first_belongs & ~first_exchanged) | (second_belongs & ~second_exchanged)
    here = speaks_for & ~speaks_against
    pairs = [*zip(rule.first, rule.second, strict=True), *zip(rule.second, rule.first, strict=True)]
    return [pl.when(here).then(pl.col(other)).otherwise(pl.col(own)).alias(own) for own, other in pairs]


def _inside_pairs(average: str, own: tuple[str, str], other: tuple[str, str]) -> tuple[pl.Expr, pl.Expr]:
    """Whether an average lies inside its own pair, and whether inside the other pair. If a limit is missing: no."""
    inside = [pl.col(average).is_between(pl.col(low), pl.col(high)).fill_null(False) for low, high in (own, other)]
    return inside[0], inside[1]


def _log(rule: Correction, before: pl.DataFrame, after: pl.DataFrame, places: dict[str, str]) -> pl.DataFrame:
    changed = [
        pl.select(
            rule=pl.lit(rule.name),
            file=before[file_of(places[name])],
            row=before[row_of(places[name])],
            attribute=pl.lit(name),
            old=before[name],
            new=after[name],
        ).filter(pl.col("old").ne_missing(pl.col("new")) & pl.col("row").is_not_null())
        for name in _changed(rule)
    ]
    return pl.concat(changed)


def _changed(rule: Correction) -> tuple[str, ...]:
    match rule:
        case Exchange():
            return (*rule.first, *rule.second)
        case Rescale():
            return rule.change
        case Prefer():
            return (rule.over,)
