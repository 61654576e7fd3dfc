"""Attributes that are computed from other attributes of the same batch."""

from collections.abc import Collection

import polars as pl

from pipeline.domain.derivations import (
    ConstantDerivation,
    DifferenceDerivation,
    Log10Derivation,
    LookupDerivation,
    ProductDerivation,
    RatioDerivation,
    SumDerivation,
)
from pipeline.domain.process.process import Process


def derive(rows: pl.DataFrame, process: Process, chosen: Collection[str] | None = None) -> pl.DataFrame:
    """Add the derived attributes in SI, each after the attributes that it is computed from.

    chosen: those that are added; all where it is not given.
    """
    for name in (one for one in process.derivations() if chosen is None or one in chosen):
        attribute = process.attributes[name]
        match attribute.derive:
            case ProductDerivation(of=names):
                value = pl.reduce(lambda a, b: a * b, [pl.col(n) for n in names])
            case RatioDerivation(of=(above, below)):
                value = pl.col(above) / pl.when(pl.col(below) != 0).then(pl.col(below))
            case SumDerivation(of=names):
                value = pl.reduce(lambda a, b: a + b, [pl.col(n) for n in names])
            case DifferenceDerivation(of=(first, second)):
                value = pl.col(first) - pl.col(second)
            case Log10Derivation(of=(part,)):
                written = pl.col(part) / process.attributes[part].si.factor
                value = pl.when(written > 0).then(written).log10()
            case LookupDerivation(of=(key,), values=values):
                si = {text: attribute.si.to_si(number) for text, number in values.items()}
                value = pl.col(key).replace_strict(si, default=None, return_dtype=pl.Float64)
            case ConstantDerivation(value=str(text)):
                value = pl.lit(text)
            case ConstantDerivation(value=float(number)):
                value = pl.lit(attribute.si.to_si(number))
            case None:
                continue
        rows = rows.with_columns(value.alias(name))
    return rows


def without_logarithm(process: Process) -> dict[str, tuple[str, pl.Expr]]:
    """Return attribute → the attribute whose logarithm it is, and whether a row has a value of that which is not above zero."""
    return {
        name: (part, pl.col(part) <= 0)
        for name, attribute in process.attributes.items()
        if isinstance(attribute.derive, Log10Derivation)
        for part in attribute.derive.of
    }
