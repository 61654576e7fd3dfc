"""Settings that a proposal must state: they follow the vessel or the scale, and history does not show them there."""

from collections.abc import Collection

from pipeline.answers.case.proposed_batch import equipment_properties, scale_of
from pipeline.answers.case.setting_history import SHOWN, quantity_per_size
from pipeline.answers.predicting_run import PredictingRun
from pipeline.domain.display import shown
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.features.catalogue import catalogue


def check_open(process: Process, proposal: Proposal, still_open: Collection[str], run: PredictingRun) -> None:
    """Refuse a proposal without a setting that a model reads and that history has in most batches.

    still_open: settings that follow the vessel or the scale, and that history does not show there. Raises ScalebridgeError that
    says what must be stated, and which `hold` would solve it.
    """
    if not (needed := _read(process, still_open, run)):
        return
    properties = [name for name in needed if name in equipment_properties(process)]
    settings = [name for name in needed if name not in properties]
    at = shown(scale_of(process, proposal), process.attributes[process.scale.attribute].si, SHOWN)
    parts = []
    if settings:
        held = {name: found for name in settings if (found := quantity_per_size(process, name)) is not None}
        solved = ", ".join(f"{name}: {quantity}" for name, quantity in held.items())
        parts.append(
            f"state {listed(settings, 20)} in `settings`, since no batch ran at {at}, and history shows that "
            f"{'this setting follows' if len(settings) == 1 else 'these settings follow'} the vessel or the batch size"
            + (f" (`hold: {{{solved}}}` solves {listed(held)})" if held else "")
        )
    if properties:
        parts.append(f"name a known `equipment`, or state {listed(properties, 20)} of the new one in `settings`")
    raise ScalebridgeError(f"Proposal '{proposal.name}': {'; '.join(parts)}. With `unstated: missing` they count as unknown")


def _read(process: Process, names: Collection[str], run: PredictingRun) -> list[str]:
    """Return the settings that a model reads, directly or in a quantity, and that most batches of history have."""
    if not names:
        return []
    made_from = {entry.feature: entry.inputs for entry in catalogue(process)}
    read = {name for features in run.model.reads.values() for feature in features for name in made_from.get(feature, ())}
    batches = run.history.batches
    return [n for n in names if n in read and batches[n].count() >= run.decision.transfer.present_share * batches.height]
