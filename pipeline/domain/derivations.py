"""How an attribute is computed from other attributes of the same batch."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class ProductDerivation:
    """The attribute is the product of two or more others."""

    kind: Literal["product"]
    of: tuple[str, ...]
    """The factors."""


@dataclass(config=STRICT, frozen=True)
class RatioDerivation:
    """The attribute is the first attribute divided by the second."""

    kind: Literal["ratio"]
    of: tuple[str, str]
    """Numerator and denominator."""


@dataclass(config=STRICT, frozen=True)
class SumDerivation:
    """The attribute is the sum of two or more others of the same dimension."""

    kind: Literal["sum"]
    of: Annotated[tuple[str, ...], Field(min_length=2)]
    """The terms. At most one of them is a value on a scale with a zero of its own (degC, barg); the sum then is one as well."""


@dataclass(config=STRICT, frozen=True)
class DifferenceDerivation:
    """The attribute is the first attribute minus the second, of the same dimension."""

    kind: Literal["difference"]
    of: tuple[str, str]
    """What is subtracted from, and what is subtracted. Two temperatures in degC differ by a number of `K` or `delta_degC`."""


@dataclass(config=STRICT, frozen=True)
class Log10Derivation:
    """The attribute is the decimal logarithm of another, as a number in the unit of that attribute. It has no unit.

    It is missing where that attribute is not above zero.
    """

    kind: Literal["log10"]
    of: tuple[str]
    """The attribute whose logarithm it is."""


@dataclass(config=STRICT, frozen=True)
class LookupDerivation:
    """The attribute is a number, in its unit, for each text of another attribute."""

    kind: Literal["lookup"]
    of: tuple[str]
    """The text attribute that is looked up."""
    values: Mapping[str, float]
    """Text → number."""


@dataclass(config=STRICT, frozen=True)
class ConstantDerivation:
    """The attribute is the same for every batch, such as the volume of the only vessel."""

    kind: Literal["constant"]
    value: str | float
    """The text, or the number in the unit of the attribute."""
    of: tuple[()] = ()
    """Always empty: the value depends on no other attribute."""


Derivation = Annotated[
    ProductDerivation
    | RatioDerivation
    | SumDerivation
    | DifferenceDerivation
    | Log10Derivation
    | LookupDerivation
    | ConstantDerivation,
    Field(discriminator="kind"),
]
