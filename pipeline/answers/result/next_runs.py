"""Which runs below the proposed scale most reduce the risk of a decision."""

from typing import Annotated, Literal

from pydantic import AliasChoices, Field
from pydantic.dataclasses import dataclass

from pipeline.answers.result.scenarios import SettingValue
from pipeline.answers.result.values import Chance, MaybeNumber, Number, Risk, ThreeDecimals, ThreeDigits, UnitLabel
from pipeline.domain.process.axis_words import Change
from pipeline.domain.strict_config import STRICT


def where_runs_are(change: Change, *, sized: bool = True) -> str:
    """Return where runs are searched for a transfer; sized: the process states batch sizes, so that smaller runs exist.

    >>> where_runs_are("scale"), where_runs_are("site"), where_runs_are("device", sized=False)
    ('below the proposed scale', 'at another site or below the proposed scale', 'on another device')
    """
    elsewhere = {"site": "at another site", "device": "on another device"}.get(change)
    below = f"below the proposed {'number of devices' if change == 'devices' else 'scale'}"
    if elsewhere is None:
        return below
    return f"{elsewhere} or {below}" if sized else elsewhere


@dataclass(config=STRICT, frozen=True)
class RunPlace:
    """A run of history as which the proposed product would be made."""

    scale: Number
    unit: UnitLabel
    equipment: str | None
    as_batch: str
    site: Annotated[str | None, Field(exclude_if=lambda site: site is None)] = None
    """Its site, in a transfer to another site or device. The key is absent otherwise."""


@dataclass(config=STRICT, frozen=True)
class ChosenRun:
    """One run to make. Risk and gain are those of all runs up to it."""

    place: RunPlace
    settings: tuple[SettingValue, ...]
    risk_after: Risk
    """Probability of a wrong decision then."""
    gain: ThreeDecimals
    doubt_after: ThreeDecimals
    cost: Number


@dataclass(config=STRICT, frozen=True)
class BestRun:
    """The best single run at one scale, and in a transfer to another site or device at one place."""

    place: RunPlace
    gain: ThreeDecimals
    doubt_after: ThreeDecimals
    cost: Number
    gain_per_cost: ThreeDigits


@dataclass(config=STRICT, frozen=True)
class NextRuns:
    """Which runs below the proposed scale most reduce the risk of the decision."""

    decision: str
    of: tuple[str, ...]
    process_mean_chance: Annotated[Chance, Field(validation_alias=AliasChoices("process_mean_chance", "chance"))]
    """Chance that the process mean meets all specifications, attributes correlated; its last digit is not smaller than `error`."""
    risk: Risk
    """Probability that the better of go and no-go is wrong."""
    doubt: ThreeDecimals
    runs: tuple[ChosenRun, ...]
    by_scale: tuple[BestRun, ...]
    cost_unit: str
    cost_note: str
    method: str
    caption: str
    batch_chance: Chance | None = None
    """Chance that one batch meets all specifications, as in `joint` of the answer; None in files of version 0."""
    error: MaybeNumber = None
    """Numerical error of `process_mean_chance`: three standard errors of the integration; None where not stated."""
    state: Literal["computed"] = "computed"
