"""What is predicted, and for which question."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import Chance, MaybeChance, MaybeNumber, Number, UnitLabel
from pipeline.domain.display import size, with_unit
from pipeline.domain.errors import listed
from pipeline.domain.process.axes import Axis
from pipeline.domain.process.axis_words import Change, in_place
from pipeline.domain.strict_config import STRICT

Kind = Literal["next_batch", "new_place", "new_product", "new_lineage", "new_scale", "beyond_scale", "new_source"]
"""What is new: nothing, the site or equipment at a known scale, the product of a known line, the line of batches, the scale for
this line, the scale for all lines, or the level of a group that matters."""


@dataclass(config=STRICT, frozen=True)
class ProposalSummary:
    """What was asked."""

    name: str
    question: str
    """The question in the engineer's words."""
    product: str
    known_product: bool
    """The models have seen batches of this product."""
    product_stated: Annotated[bool, Field(exclude_if=bool)] = True
    """The process states products. If not, `product` is the name of the process, and the key `product_stated` is in the file."""


@dataclass(config=STRICT, frozen=True)
class Question:
    """The kind of question that an attribute's model is asked."""

    kind: Kind
    axis: Axis = "scale"
    """What the transfer changes. `scale` as well where the process definition declares no axis, and in older files."""


@dataclass(config=STRICT, frozen=True)
class SpecificationLimits:
    """The limits that a user gives for a quality attribute."""

    lower: MaybeNumber
    upper: MaybeNumber
    note: str = ""


@dataclass(config=STRICT, frozen=True)
class Interval:
    """A prediction interval."""

    level: Number
    """Promised coverage [%]."""
    lower: Number
    upper: Number
    supported: bool
    """History has enough products to promise the level. If not, the interval is an estimate."""


@dataclass(config=STRICT, frozen=True)
class Predicted:
    """What the model predicts for one batch."""

    value: Number
    intervals: tuple[Interval, ...]
    chance: MaybeChance
    """Chance that the batch meets the specification; None without a specification."""
    calibrated_by: str
    """The kind of question on which the intervals were calibrated. It differs from the question where history cannot show that."""
    state: Literal["predicted"] = "predicted"
    supported_chance: MaybeNumber = None
    """Largest chance that the number of products (or batches) supports, K/(K + 1). A chance above it is printed as "above"."""

    def interval(self, level: float = 90.0) -> Interval | None:
        """Return the interval of a level [%]."""
        return next((one for one in self.intervals if one.level == level), None)


@dataclass(config=STRICT, frozen=True)
class Refused:
    """Why an attribute is not answered. No number of a model is given."""

    reason: str
    state: Literal["refused"] = "refused"


@dataclass(config=STRICT, frozen=True)
class AttributeAnswer:
    """The answer for one quality attribute."""

    unit: UnitLabel
    description: str
    question: Question
    reference: MaybeNumber
    """Mean of the reference batches as measured (the carry-over)."""
    specification: SpecificationLimits | None
    outcome: Annotated[Predicted | Refused, Field(discriminator="state")]

    @property
    def predicted(self) -> Predicted | None:
        """The prediction, or None where the attribute is refused."""
        return self.outcome if isinstance(self.outcome, Predicted) else None

    @property
    def refused(self) -> Refused | None:
        """The refusal, or None where the attribute is predicted."""
        return self.outcome if isinstance(self.outcome, Refused) else None


@dataclass(config=STRICT, frozen=True)
class ScaleChange:
    """The proposed scale and the reference scale."""

    unit: UnitLabel
    proposed: Number
    reference: MaybeNumber
    """Median scale of the reference batches; None without reference."""
    reference_products: tuple[str, ...]
    reference_batches: int
    stated: Annotated[bool, Field(exclude_if=bool)] = True
    """The process states batch sizes. If not, every batch has the scale 1, and the key `stated` is in the file."""
    reference_places: Annotated[tuple[str, ...], Field(exclude_if=lambda places: not places)] = ()
    """Sites or devices of the reference batches, in a transfer to another site or device at the same scale. The key is
    absent otherwise."""


@dataclass(config=STRICT, frozen=True)
class StepAnswer:
    """The answer for one step of the process. A process has one step today."""

    name: str
    scale: ScaleChange
    equipment: str | None
    site: str | None
    attributes: Mapping[str, AttributeAnswer]

    @property
    def axis(self) -> Axis:
        """What the transfer changes."""
        return next((one.question.axis for one in self.attributes.values()), "scale")

    @property
    def change(self) -> Change:
        """What the transfer changes; more devices in parallel apart from another device.

        Without reference batches, as for a new product, a device that is named is what changes.
        """
        named = self.scale.reference is None and self.equipment is not None
        another = not self.scale.stated or bool(self.scale.reference_places) or named
        return "devices" if self.axis == "device" and not another else self.axis

    @property
    def where(self) -> str:
        """Size and place of the proposed batch as they follow its name, such as ` at 200 L in Cork`; may be empty."""
        at = f" at {with_unit(size(self.scale.proposed), self.scale.unit)}" if self.scale.stated else ""
        return at + in_place(self.change, self.site if self.change == "site" else self.equipment)

    @property
    def reference_place(self) -> str:
        """The sites or devices of the reference batches as they follow them, such as ` in Visp`; may be empty."""
        return in_place(self.change, listed(self.scale.reference_places, 4))


@dataclass(config=STRICT, frozen=True)
class JointChance:
    """The chance that one batch meets all specifications.

    It counts the error of the process mean and the scatter of batches around it. Attributes are correlated.
    """

    probability: Chance
    """Its last digit is not smaller than `error`."""
    of: tuple[str, ...]
    """Attributes with a specification."""
    batches: int
    """Past batches whose errors show how the attributes go together; 0: errors are taken as independent."""
    products: int
    error: MaybeNumber = None
    """Numerical error of the probability: three standard errors of the integration; 0 where it is exact, None in files that do
    not state it."""
    supported: MaybeNumber = None
    """Smallest `supported_chance` of these attributes."""


@dataclass(config=STRICT, frozen=True)
class Sentence:
    """One attribute in words."""

    attribute: str
    state: Literal["not answered", "at risk", "expected within", "no limits"]
    text: str
