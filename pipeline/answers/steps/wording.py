"""In words: at which step an attribute is decided, and what a setting of a step does."""

from collections.abc import Sequence

from pipeline.answers.result.steps import StepEffect
from pipeline.domain.display import digits, in_words, percent, signed, with_unit

MAIN = 0.1
"""Share of the variance below which a step is not named."""


def decided_at(attribute: str, effects: Sequence[StepEffect]) -> str:
    """Say at which step an attribute is decided: the steps that vary its prediction most, with their shares."""
    ranked = sorted(effects, key=lambda one: -one.share)
    if not ranked or ranked[0].share == 0:
        return f"{attribute}: nothing that history varied at any step moves the prediction."
    first, *others = (f"{in_words(one.step)} ({percent(round(one.share, 2))})" for one in ranked if one.share >= MAIN)
    then = f", then at {' and '.join(others)}" if others else ""
    return f"{attribute} is decided at {first}{then}."


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
