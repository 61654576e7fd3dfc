"""The point that a person has chosen: product, vessel, scale, settings, and what some of the settings hold."""

from collections.abc import Mapping

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from pipeline.answers.case.completion import completed
from pipeline.answers.case.proposed_batch import propose
from pipeline.answers.predicting_run import PredictingRun
from pipeline.answers.result.profile import HeldValue
from pipeline.answers.scale_comparison.held_settings import held_settings
from pipeline.domain.attributes import Attribute
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.features.catalogue import catalogue
from pipeline.features.table import build

BODY = ConfigDict(extra="forbid", allow_inf_nan=False)
"""Settings of a class that is the body of a request. It is built at once, since the web framework refers to its fields."""
DIGITS = 4
"""Digits of a value that was solved. The proposal states the rounded value, so that what is read is what is predicted."""


@dataclass(config=BODY, frozen=True)
class Point:
    """What is proposed, in display units."""

    product: str = ""
    scale: float | None = None
    equipment: str | None = None
    site: str | None = None
    settings: Mapping[str, float | str] = Field(default_factory=dict)
    """Attribute → value in its display unit. An attribute that is left out is taken as in the reference batches."""
    holds: Mapping[str, str] = Field(default_factory=dict)
    """Setting → quantity that it holds at its value in the reference batches. Its own value is only where the search begins."""
    name: str = ""
    """Title of the proposal. Default: product and scale."""


def proposal_of(process: Process, point: Point) -> Proposal:
    """Return the proposal of a point, without what its settings hold. Values keep ten digits.

    Raises ScalebridgeError for a setting that the process does not have.
    """
    scale = scale_text(process, point.scale)
    product = point.product if process.states_product else ""
    settings = {name: _stated(value, _attribute(process, name)) for name, value in point.settings.items()}
    return Proposal(
        name=point.name or " to ".join(part for part in (product or process.title, scale) if part),
        process=process.name,
        product=product,
        scale=scale,
        site=point.site,
        equipment=point.equipment,
        settings=settings,
        unstated="as_reference",
    )


def scale_text(process: Process, scale: float | None) -> str:
    """Return a scale as a proposal states it; an empty text where there is none."""
    if scale is None or not process.states_scale:
        return ""
    return f"{scale:.10g} {process.attributes[process.scale.attribute].unit}"


def solved(run: PredictingRun, point: Point) -> tuple[Point, tuple[HeldValue, ...]]:
    """Return the point with the settings that hold a quantity solved, and their values.

    Raises ScalebridgeError for a quantity that a setting does not change, that is not known, or that no possible value holds.
    """
    if not point.holds:
        return point, ()
    process = run.process
    proposal = completed(process, proposal_of(process, point), run.history.batches)
    proposed = propose(process, proposal, run.history)
    reference = run.rows.join(proposed.reference.select("batch_id"), on="batch_id", how="semi", maintain_order="left")
    found = held_settings(process, build(process, proposed.history), reference, point.holds)
    values = {name: _rounded(process.attributes[name].si.from_si(one.value)) for name, one in found.items()}
    held = tuple(
        HeldValue(name, full_name(process, point.holds[name]), values[name], one.why) for name, one in found.items()
    )
    stated = Point(
        point.product, point.scale, point.equipment, point.site, {**point.settings, **values}, point.holds, point.name
    )
    return stated, held


def full_name(process: Process, given: str) -> str:
    """Return the full name of a quantity that is given with or without its operation."""
    names = [entry.feature for entry in catalogue(process) if entry.role == "similarity"]
    return next((name for name in names if given in (name, name.rsplit(".", 1)[-1])), given)


def _attribute(process: Process, name: str) -> Attribute:
    if name not in process.attributes:
        raise ScalebridgeError(f"Process '{process.name}' has no attribute '{name[:60]}', so it cannot be set")
    return process.attributes[name]


def _stated(value: float | str, attribute: Attribute) -> str | float:
    return value if isinstance(value, str) else _amount(value, attribute)


def _amount(value: float, attribute: Attribute) -> str | float:
    """Return a number as a proposal states it."""
    if attribute.si.dimension == "dimensionless" and attribute.unit != "%":
        return float(f"{value:.10g}")
    return f"{value:.10g} {attribute.unit}"


def _rounded(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
