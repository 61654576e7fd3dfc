"""Set-points that hold a comparable quantity at its value in the reference batches, such as the power per volume."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.scale_comparison.hold import following, hold, inputs_of, is_possible, rebuilt
from pipeline.domain.display import digits, in_words, shown, with_unit
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.features.catalogue import catalogue, offered, units_of


@dataclass(frozen=True)
class HeldSetting:
    """A set-point that holds a quantity."""

    value: float
    """SI."""
    why: str
    """The quantity, its value, and the batches that it comes from."""
    seen: str = ""
    """What the vessel has run, in words."""


def held_settings(
    process: Process,
    proposed: pl.DataFrame,
    reference: pl.DataFrame,
    holds: Mapping[str, str],
    of_reference: str = "in the reference batches",
) -> dict[str, HeldSetting]:
    """Return the set-points that hold quantities at their medians in the reference batches.

    proposed: 1 feature row, SI; reference: feature rows; holds: setting → quantity, with or without the name of its operation;
    of_reference: the reference in words that follow `as`. The settings are solved in this order, each with those before it in
    place. Raises ScalebridgeError for a quantity that the setting
    does not change, that is not known here or in the reference, or that no value of the setting holds.
    """
    found: dict[str, HeldSetting] = {}
    row = proposed
    for setting, given in holds.items():
        quantity = quantity_of(process, setting, given)
        wanted = reference[quantity].median() if reference.height else None
        if wanted is None or row[quantity][0] is None:
            place = (
                "in the reference batches"
                if wanted is None
                else "for the proposed batch; state its inputs or a known vessel"
            )
            raise ScalebridgeError(f"'{setting}' cannot hold {in_words(quantity)}: its value is not known {place}")
        needed = float(hold(process, row, setting, [quantity], np.array([wanted], dtype=np.float64))[0])
        unit = units_of(process)[quantity]
        value = with_unit(digits(unit.from_si(float(wanted))), unit.label)  # type: ignore[arg-type]
        if not np.isfinite(needed):
            raise ScalebridgeError(f"No value of '{setting}' holds {in_words(quantity)} at {value} in this vessel")
        _check_possible(process, setting, quantity, needed)
        found[setting] = HeldSetting(needed, f"holds {in_words(quantity)} at {value}, as {of_reference}")
        row = rebuilt(process, row.with_columns(pl.lit(needed).alias(setting)), derived=following(process, row))
    return found


def quantity_of(process: Process, setting: str, given: str) -> str:
    """Return the full name of a quantity that a setting changes. Raises ScalebridgeError if the setting does not change it."""
    moved = [name for name, settings in _held_by(process).items() if setting in settings]
    if not moved:
        able = {name for settings in _held_by(process).values() for name in settings}
        raise ScalebridgeError(f"'{setting[:60]}' holds no quantity; settings that do are {listed(sorted(able), 20)}")
    for name in moved:
        if given in (name, _short(name)):
            return name
    raise ScalebridgeError(f"'{setting}' does not change '{given[:60]}'; it can hold {listed(map(_short, moved), 30)}")


def holding(process: Process, given: str) -> list[str]:
    """Return the settings that a quantity needs. Raises ScalebridgeError for a quantity that no setting holds.

    A setting that only corrects the quantity, such as the head pressure for a gas flow, is left out.
    """
    found = [
        operation.inputs[one]
        for name, operation, feature in offered(process)
        for one in feature.inputs
        if given in (feature.name, f"{name}.{feature.name}") and process.attributes[operation.inputs[one]].role == "CPP"
    ]
    if not found:
        there = listed(map(_short, _held_by(process)), 30) or "none, since no operation of the process has one"
        raise ScalebridgeError(f"there is no quantity '{given[:60]}' that a setting can hold; available: {there}")
    return list(dict.fromkeys(found))


def _held_by(process: Process) -> dict[str, list[str]]:
    """Return each quantity → the settings that it depends on, without those that depend on none."""
    names = [entry.feature for entry in catalogue(process) if entry.role == "similarity"]
    able = {n: [s for s in inputs_of(process, n) if process.attributes[s].role == "CPP"] for n in names}
    return {name: settings for name, settings in able.items() if settings}


def _short(quantity: str) -> str:
    return quantity.rsplit(".", 1)[-1]


def _check_possible(process: Process, setting: str, quantity: str, needed: float) -> None:
    if not is_possible(process, setting, needed):
        attribute = process.attributes[setting]
        assert attribute.possible is not None
        low, high = (shown(end, attribute.si) for end in attribute.possible)
        raise ScalebridgeError(
            f"To hold {in_words(quantity)}, '{setting}' would be {shown(needed, attribute.si)}, outside its possible range {low} "
            f"to {high}"
        )
