"""In words: at which step an attribute is decided, and what a setting of a step does."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.answers.result.steps import StepEffect
from pipeline.domain.display import digits, in_words, percent, signed, with_unit

MAIN = 0.1
"""Share of the variance below which a step is not named."""
LEAST_EXPLAINED = 0.1
"""Share of the variance within product, scale and place. If the records may explain less, they do not tell the step."""
MOST_CANDIDATES = 3
"""Most steps among which history may leave open which one decides. With more, it does not tell the step."""
PAIR = 2
"""Number of steps that may be left open although there are no others."""


@dataclass(frozen=True)
class InHistory:
    """What history tells about the steps of an attribute as a whole."""

    candidates: tuple[str, ...]
    """Steps one of which has the largest share, likely ones first."""
    explained: float
    """Share of the variance within product, scale and place that the records explain."""
    explained_range: tuple[float, float]
    """Range of this share."""


def decided_at(attribute: str, effects: Sequence[StepEffect], found: InHistory) -> str:
    """Say at which step an attribute is decided, or between which steps history cannot tell."""
    if not found.candidates:
        return f"{attribute}: no setting and no lot that could explain it varied within a product, scale and place."
    explained = f"{percent(round(found.explained, 2))}, {in_percent(found.explained_range)}"
    recorded = f"The records explain a part of how it varies from batch to batch ({explained})."
    likely = [one for name in found.candidates for one in effects if one.step == name]
    if len(effects) > 1 and _is_open(likely, effects, found):
        return f"{attribute}: history does not tell at which step it is decided. {recorded}"
    others = [one for one in sorted(effects, key=lambda one: -one.share) if one.share >= MAIN and one not in likely]
    both = all(one.share_range[0] >= MAIN for one in likely)
    at = _named(likely, "and" if both else "or") + (f", then at {_named(others, 'and')}" if others else "")
    unknown = "which of them decides more" if both else "them apart"
    tell = f" History cannot tell {unknown}." if len(likely) > 1 else ""
    return f"{attribute} is decided at {at}.{tell} {recorded}{_in_the_model(effects, found.candidates)}"


def _is_open(likely: Sequence[StepEffect], effects: Sequence[StepEffect], found: InHistory) -> bool:
    """Tell whether history does not tell at which step an attribute is decided."""
    every = len(likely) == len(effects) > PAIR
    return found.explained_range[0] < LEAST_EXPLAINED or len(likely) > MOST_CANDIDATES or every


def _named(effects: Sequence[StepEffect], joined: str) -> str:
    """Write steps with their shares and the ranges of these: "capture (41 %, 27 to 54 %)"."""
    return f" {joined} ".join(f"{in_words(one.step)} ({_share(one)})" for one in effects)


def _share(one: StepEffect) -> str:
    ends = in_percent(one.share_range)
    return f"{percent(round(one.share, 2))}, {ends}" if one.share_range[0] < one.share_range[1] else percent(one.share)


def in_percent(ends: tuple[float, float]) -> str:
    """Write the range of a share.

    >>> in_percent((0.274, 0.54))
    '27 to 54 %'
    """
    return f"{100 * ends[0]:.0f} to {100 * ends[1]:.0f} %"


def _in_the_model(effects: Sequence[StepEffect], candidates: Sequence[str]) -> str:
    """Say which step the model of the proposed batch varies most with, where history says another."""
    most = max(effects, key=lambda one: one.spread)
    if most.spread == 0 or most.step in candidates:
        return ""
    return f" History and model do not agree: in the model, the proposed batch varies most with {in_words(most.step)}."


def moved_setting(
    step: str,
    setting: str,
    unit: str,
    values: tuple[float, float],
    relative: float | None,
    attribute: str,
    effect: float,
    effect_unit: str,
) -> str:
    """Say what the move of a setting does to an attribute.

    >>> moved_setting("capture", "load", "g/L", (30.0, 33.6), 0.12, "HMW", 0.3, "%")
    'capture, load +12 % (30 → 33.6 g/L): HMW +0.3 points'
    """
    move = f" {signed(round(100 * relative, 1))} %" if relative is not None else ""
    change = f"{signed(effect)} points" if effect_unit == "%" else with_unit(signed(effect), effect_unit)
    span = with_unit(f"{digits(values[0])} → {digits(values[1])}", unit)
    return f"{in_words(step)}, {setting}{move} ({span}): {attribute} {change}"
