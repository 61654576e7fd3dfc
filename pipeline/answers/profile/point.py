"""The point that a person has chosen: product, vessel, scale, settings, and what some of the settings hold."""

from collections.abc import Mapping

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.answers.case.case import Case
from pipeline.answers.case.holds import holds_of
from pipeline.answers.result.profile import HeldValue
from pipeline.domain.attributes import Attribute
from pipeline.domain.display import size, with_unit
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class Point:
    """What is proposed, in display units."""

    product: str = ""
    scale: float | None = None
    equipment: str | None = None
    site: str | None = None
    settings: Mapping[str, float | str] = Field(default_factory=dict)
    """Attribute → value in its display unit. An attribute that is left out is taken as in the reference batches."""
    holds: Mapping[str, str] = Field(default_factory=dict)
    """Setting → quantity that it holds at its value in the reference batches. Its own value does not count."""
    name: str = ""
    """Title of the proposal. Default: product and scale."""


def proposal_of(process: Process, point: Point) -> Proposal:
    """Return the proposal of a point. Values keep ten digits. A setting that holds a quantity is not stated: the answer solves it.

    Raises ScalebridgeError for a setting that the process does not have.
    """
    scale = scale_text(process, point.scale)
    product = point.product if process.states_product else ""
    settings = {
        name: _stated(value, _attribute(process, name)) for name, value in point.settings.items() if name not in point.holds
    }
    unit = process.attributes[process.scale.attribute].si.label
    in_words = with_unit(size(point.scale), unit) if scale and point.scale is not None else ""
    return Proposal(
        name=point.name or " to ".join(part for part in (product or process.title, in_words) if part),
        process=process.name,
        product=product,
        scale=scale,
        site=point.site,
        equipment=point.equipment,
        settings=settings,
        hold=dict(point.holds),
        unstated="as_reference",
    )


def scale_text(process: Process, scale: float | None) -> str:
    """Return a scale as a proposal states it; an empty text where there is none."""
    if scale is None or not process.states_scale:
        return ""
    return f"{scale:.10g} {process.attributes[process.scale.attribute].unit}"


def held_values(process: Process, case: Case) -> tuple[HeldValue, ...]:
    """Return the settings of a case that were solved to hold a quantity."""
    holds = holds_of(process, case.proposal)
    held = {name: case.assumed[name] for name in holds}
    return tuple(
        HeldValue(name, holds[name], process.attributes[name].si.from_si(float(one.value)), one.origin)
        for name, one in held.items()
    )


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
