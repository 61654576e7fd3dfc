"""Kinds of value in an answer. Numbers are rounded to six digits when an object is made; none is NaN or infinite."""

from typing import Annotated

from pydantic import AfterValidator, Field

from pipeline.domain.display import maybe_rounded_chance, number, rounded_chance, six_digits, unit_label, with_error
from pipeline.forecasting.joint_chance import ROW_ERROR

Number = Annotated[float, Field(allow_inf_nan=False), AfterValidator(six_digits)]
"""A number with six digits."""
MaybeNumber = Annotated[Annotated[float, Field(allow_inf_nan=True)] | None, AfterValidator(number)]
"""A number with six digits; None where it is missing or not finite."""
Chance = Annotated[float, AfterValidator(rounded_chance), Field(ge=0, le=1)]
"""A probability. Rounding does not make it certain."""
MaybeChance = Annotated[Annotated[float, Field(allow_inf_nan=True)] | None, AfterValidator(maybe_rounded_chance)]
"""A probability; None where it is missing or not finite."""
RowChance = Annotated[float, AfterValidator(lambda chance: with_error(chance, ROW_ERROR)), Field(ge=0, le=1)]
"""The chance that one batch meets all specifications, in one of many rows. It has the digits that its error allows."""
Risk = Annotated[float, AfterValidator(lambda risk: with_error(risk, 0.001)), Field(ge=0, le=1)]
"""The expected probability of a wrong decision, with three decimals."""
ThreeDecimals = Annotated[float, Field(allow_inf_nan=False), AfterValidator(lambda value: round(value, 3))]
"""A number with three decimals, as those of `Risk`."""
ThreeDigits = Annotated[float, Field(allow_inf_nan=False), AfterValidator(lambda value: float(f"{value:.3g}"))]
"""A number with three digits."""
UnitLabel = Annotated[str, AfterValidator(unit_label)]
"""A unit as people write it."""
Range = tuple[Number, Number]
"""Lowest and highest value."""
