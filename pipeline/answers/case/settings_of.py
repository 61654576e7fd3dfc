"""The usual settings of a product at a scale in a vessel, each with its origin and with the range that history supports."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pipeline.answers.case.assumed import Assumed
from pipeline.answers.case.assumptions import assumed_settings
from pipeline.answers.case.completion import completed
from pipeline.answers.case.placed import placed
from pipeline.answers.case.proposed_batch import check_equipment, equipment_properties, reference_batches, scale_of
from pipeline.answers.case.setting_history import Place, SettingHistory, SupportedRange, settings_of_batches
from pipeline.answers.predicting_run import PredictingRun
from pipeline.domain.attributes import Attribute
from pipeline.domain.display import unit_label
from pipeline.domain.proposal import Proposal


@dataclass(frozen=True)
class UsualSetting:
    """A setting that a plan states: its default, and the range that history supports. Numbers are in the unit of the attribute."""

    name: str
    unit: str
    """As people write it; empty for a text."""
    kind: Literal["number", "text"]
    follows: Literal["vessel", "product"]
    """What the setting follows in history."""
    value: float | str | None
    """What a proposal takes if it does not state the setting; None if it must be stated."""
    origin: str
    """Where the value comes from: `as V-2001 ran in 9 batches`; empty where there is none."""
    low: float | None
    """Smallest value that history supports; None where it shows no range."""
    high: float | None
    batches: int
    """Batches that show the range."""
    words: str
    """The range in words: `V-2001 has run 18 to 24 L/min in 9 batches`; empty where there is none."""


def settings_of(
    run: PredictingRun, product: str = "", scale: str | float = "", equipment: str | None = None
) -> Mapping[str, UsualSetting]:
    """Return setting → its default and its range, for all settings that a plan of this batch can state.

    scale: as in a proposal, such as `2000 L`; without equipment that one counts which is used most at this scale. The defaults are
    what a proposal takes that states product, scale and equipment alone. Raises ScalebridgeError for a product or scale that is
    missing or not stated by the process, and for unknown equipment.
    """
    asked = Proposal(name="settings", process=run.process.name, product=product, scale=scale, equipment=equipment)
    check_equipment(run.process, asked, run.history)
    proposal = placed(run.settings, completed(run.process, asked, run.history.batches)).proposal
    place = Place(proposal.product, scale_of(run.process, proposal), proposal.equipment)
    reference = reference_batches(run.process, proposal, run.history.batches)
    found = assumed_settings(run.settings, place, reference, (), equipment_properties(run.process))
    names = [n for n in settings_of_batches(run.process, run.history.batches.columns) if n in {*found.assumed, *found.open}]
    planned = [name for name in names if run.process.attributes[name].horizon == "plan"]
    return {name: _usual(run.settings, name, place, found.assumed.get(name)) for name in planned}


def _usual(history: SettingHistory, name: str, place: Place, assumed: Assumed | None) -> UsualSetting:
    attribute = history.process.attributes[name]
    number = attribute.kind == "number"
    seen = history.supported(name, place) if number else None
    low, high = _ends(attribute, seen)
    return UsualSetting(
        name,
        unit_label(attribute.si.label) if number else "",
        "number" if number else "text",
        "vessel" if history.follows_place(name) else "product",
        None if assumed is None else _shown(attribute, assumed.value),
        "" if assumed is None else assumed.origin,
        low,
        high,
        0 if seen is None else seen.batches,
        "" if seen is None else seen.words,
    )


def _ends(attribute: Attribute, seen: SupportedRange | None) -> tuple[float | None, float | None]:
    return (None, None) if seen is None else (attribute.si.from_si(seen.low), attribute.si.from_si(seen.high))


def _shown(attribute: Attribute, value: float | str) -> float | str:
    return value if isinstance(value, str) else attribute.si.from_si(value)
