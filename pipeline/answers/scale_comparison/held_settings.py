"""Set-points that hold a comparable quantity at its value in the reference batches, such as the power per volume."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.answers.scale_comparison.hold import hold, inputs_of, is_possible, rebuilt
from pipeline.domain.display import digits, in_words, shown, with_unit
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.features.catalogue import catalogue, units_of


@dataclass(frozen=True)
class HeldSetting:
    """A set-point that holds a quantity."""

    value: float
    """SI."""
    why: str
    """The quantity, its value, and the batches that it comes from."""


def held_settings(
    process: Process, proposed: pl.DataFrame, reference: pl.DataFrame, holds: Mapping[str, str]
) -> dict[str, HeldSetting]:
    """Return the set-points that hold quantities at their medians in the reference batches.

    proposed: 1 feature row, SI; reference: feature rows; holds: setting → quantity, with or without the name of its operation. The
    settings are solved in this order, each with those before it in place. Raises ScalebridgeError for a quantity that the setting
    does not change, that is not known here or in the reference, or that no value of the setting holds.
    """
    found: dict[str, HeldSetting] = {}
    row = proposed
    for setting, given in holds.items():
        quantity = _quantity(process, setting, given)
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
        number = f"{reference.height} {'batch' if reference.height == 1 else 'batches'}"
        found[setting] = HeldSetting(needed, f"holds {in_words(quantity)} at {value}, the median of {number} of reference")
        row = rebuilt(process, row.with_columns(pl.lit(needed).alias(setting)))
    return found


def _quantity(process: Process, setting: str, given: str) -> str:
    """Return the full name of a quantity that a setting changes."""
    names = [entry.feature for entry in catalogue(process) if entry.role == "similarity"]
    moved = [name for name in names if setting in inputs_of(process, name)]
    attribute = process.attributes.get(setting)
    if attribute is None or attribute.role != "CPP" or not moved:
        able = {
            name for quantity in names for name in inputs_of(process, quantity) if process.attributes[name].role == "CPP"
        }
        raise ScalebridgeError(f"'{setting}' holds no quantity; settings that do are {listed(sorted(able), 20)}")
    for name in moved:
        if given in (name, name.rsplit(".", 1)[-1]):
            return name
    raise ScalebridgeError(f"'{setting}' does not change '{given}'; it can hold {listed(moved, 30)}")


def _check_possible(process: Process, setting: str, quantity: str, needed: float) -> None:
    if not is_possible(process, setting, needed):
        attribute = process.attributes[setting]
        assert attribute.possible is not None
        low, high = (shown(end, attribute.si) for end in attribute.possible)
        raise ScalebridgeError(
            f"To hold {in_words(quantity)}, '{setting}' would be {shown(needed, attribute.si)}, outside its possible range {low} "
            f"to {high}"
        )
