"""Settings of a proposal that hold a quantity of the reference batches, such as the power per volume."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from pipeline.answers.case.setting_history import SHOWN, SettingHistory
from pipeline.answers.case.tolerances import stated_limits
from pipeline.answers.scale_comparison.held_settings import HeldSetting, held_settings, holding, quantity_of
from pipeline.answers.scale_comparison.hold import inputs_of
from pipeline.domain.display import in_words, shown
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal


def holds_of(process: Process, proposal: Proposal) -> dict[str, str]:
    """Return setting → full name of the quantity that it holds, in the order in which they are solved.

    `power_per_volume` alone means the one setting that holds it and that the proposal does not state. Raises ScalebridgeError for a
    quantity that does not exist or that several settings hold, for a setting that is also stated, and for two settings that each
    change the quantity of the other.
    """
    if not proposal.hold:
        return {}
    try:
        pairs = _pairs(process, proposal)
        found = {setting: quantity_of(process, setting, quantity) for setting, quantity in pairs.items()}
    except ScalebridgeError as error:
        raise ScalebridgeError(f"Proposal '{proposal.name}', hold: {error}") from None
    if stated := [name for name in found if name in proposal.settings]:
        raise ScalebridgeError(
            f"Proposal '{proposal.name}': {listed(map(repr, stated))} is stated in `settings` and solved by `hold`; keep one "
            "of the two"
        )
    return _in_order(process, proposal, found)


def _pairs(process: Process, proposal: Proposal) -> dict[str, str]:
    if isinstance(proposal.hold, Mapping):
        return dict(proposal.hold)
    found: dict[str, str] = {}
    for part in (part.strip() for part in proposal.hold.split(",")):
        setting, equals, quantity = (text.strip() for text in part.partition("="))
        if not equals:
            setting, quantity = _only_setting(process, proposal, part), part
        if setting in found:
            raise ScalebridgeError(
                f"'{setting[:60]}' is to hold both '{found[setting][:60]}' and '{quantity[:60]}'; it can hold one quantity"
            )
        found[setting] = quantity
    return found


def _only_setting(process: Process, proposal: Proposal, quantity: str) -> str:
    able = holding(process, quantity)
    free = [name for name in able if name not in proposal.settings]
    if len(free) == 1 or len(able) == 1:
        return (free or able)[0]
    written = " or ".join(f"`hold: {{{name}: {quantity}}}`" for name in free or able)
    raise ScalebridgeError(f"{listed(able)} can each hold '{quantity}'; write {written}")


def _in_order(process: Process, proposal: Proposal, holds: Mapping[str, str]) -> dict[str, str]:
    """Return the settings so that each is solved after those that its quantity depends on."""
    left, found = dict(holds), dict[str, str]()
    while left:
        ready = [s for s, quantity in left.items() if not set(inputs_of(process, quantity)) & (left.keys() - {s})]
        if not ready:
            raise ScalebridgeError(
                f"Proposal '{proposal.name}', hold: {listed(map(repr, left))} each change the quantity that another holds; hold "
                "one, and state the others in `settings`"
            )
        found |= {setting: left.pop(setting) for setting in ready}
    return found


def solved_holds(
    history: SettingHistory,
    proposal: Proposal,
    row: pl.DataFrame,
    reference: pl.DataFrame,
    of_reference: str,
    holds: Mapping[str, str],
) -> dict[str, HeldSetting]:
    """Return the settings that hold their quantities.

    row: features of the proposed batch with a start value of each held setting; reference: features of the reference batches;
    of_reference: these batches in words. Raises ScalebridgeError for a quantity that is not known or that no value gives, and for a
    setting outside of the limits of the proposal or of its possible range.
    """
    process = history.process
    try:
        found = held_settings(process, row, reference, holds, of_reference)
    except ScalebridgeError as error:
        raise ScalebridgeError(f"Proposal '{proposal.name}', hold: {error}") from None
    for name, one in found.items():
        ends, unit = stated_limits(process, proposal, name), process.attributes[name].si
        if ends is not None and not ends[0] <= one.value <= ends[1]:
            raise ScalebridgeError(
                f"Proposal '{proposal.name}', hold: to hold {in_words(holds[name])}, '{name}' would be "
                f"{shown(one.value, unit, SHOWN)}, outside of its limits {shown(ends[0], unit, SHOWN)} to "
                f"{shown(ends[1], unit, SHOWN)}"
            )
        if ran := history.ranges_of_vessel(name, proposal.equipment):
            found[name] = replace(one, seen=ran)
    return found
