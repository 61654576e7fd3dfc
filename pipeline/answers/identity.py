"""The id of an answer: the hash of what is asked and of the run that answers. The same question has the same id."""

from collections.abc import Callable, Mapping

from pipeline.answers.case.completion import completed
from pipeline.answers.case.holds import holds_of
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.trained_run import TrainedRun
from pipeline.domain.attributes import Attribute
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.hashes import hash_of
from pipeline.domain.proposal import Measured, Proposal, Spread
from pipeline.domain.units import difference, quantity
from pipeline.publication.bundle import LENGTH

Meaning = Mapping[str, object]
"""Plain data with the same content for proposals that mean the same."""


def answer_id(proposal: Proposal, run: TrainedRun) -> str:
    """Return the id of the answer to a proposal: 16 hexadecimal digits, as a run has.

    `2000 L`, `2 m3` and `2e3 L` are one scale, and the order of keys does not matter. The title and the question count, since an
    answer contains them. How much of the answer is computed does not count. Whether a value is possible is not decided here: one
    whose unit does not fit counts as it is written. Raises ScalebridgeError for a missing product or scale.
    """
    return hash_of({"proposal": _meaning(proposal, run), "run": run.hashes.run})[:LENGTH]


def _meaning(given: Proposal, run: PredictingRun) -> Meaning:
    """Return a proposal as plain data: numbers in SI."""
    process, proposal = run.process, completed(run.process, given, run.history.batches)
    attributes, scale = process.attributes, process.attributes[process.scale.attribute].unit
    reference = proposal.reference_scale
    return {
        "name": proposal.name,
        "question": proposal.question,
        "process": proposal.process,
        "product": proposal.product,
        "scale": _in_si(proposal.scale, scale),
        "site": proposal.site,
        "equipment": proposal.equipment,
        "hold": holds_of(process, proposal),
        "settings": {name: _setting(attributes.get(name), value) for name, value in proposal.settings.items()},
        "lots": {material: sorted((one.lot, one.fraction) for one in lots) for material, lots in proposal.lots.items()},
        "spectra": {name: _spectrum(one) for name, one in proposal.spectra.items()},
        "unstated": proposal.unstated,
        "reference_scale": None if reference is None else _in_si(reference, scale),
        "tolerances": {name: _tolerance(attributes.get(name), one) for name, one in proposal.tolerances.items()},
        "limits": {name: [_setting(attributes.get(name), end) for end in ends] for name, ends in proposal.limits.items()},
    }


def _setting(attribute: Attribute | None, value: str | float) -> object:
    """Return a value in SI. What is no number stays as it is stated; whether it may be stated is not decided here."""
    if attribute is None or attribute.kind != "number":
        return value
    return _in_si(value, attribute.unit)


def _tolerance(attribute: Attribute | None, given: str | float | Spread) -> object:
    stated = given.sd if isinstance(given, Spread) else given
    shape = "sd" if isinstance(given, Spread) else "half width"
    return [shape, stated if attribute is None else _in_si(stated, attribute.unit, difference)]


def _spectrum(given: str | tuple[float, ...] | Measured) -> object:
    return [given.positions, given.values] if isinstance(given, Measured) else given


def _in_si(value: str | float, unit: str, read: Callable[[str | float, str], float] = quantity) -> object:
    """Return a value in SI with 12 digits: `60 rpm` and `1 1/s` differ in the last binary digit."""
    try:
        return f"{read(value, unit):.12g}"
    except ScalebridgeError:
        return ["as written", str(value)]
