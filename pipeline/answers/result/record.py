"""On what an answer stands."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.answers.result.values import MaybeNumber, Number, UnitLabel
from pipeline.domain.left_out import LeftOutBatch
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class Hashes:
    """SHA-256 of what an answer is made from."""

    data: str
    """All raw files, by name and content."""
    configuration: str
    """Process definition, limits of the decision, what the sites say of a transfer, and the batches left out on purpose."""
    acceptance: str
    """Acceptance limits that were fixed before scoring."""
    code: str
    """All files of the package that an answer uses."""
    model: str
    """The model's text files."""
    run: str = ""
    """Name of the published run; empty in answers of before there were published runs."""


@dataclass(config=STRICT, frozen=True)
class ModelCard:
    """What the model is for and how it was judged."""

    purpose: str
    kind: str
    calibrated_by: tuple[str, ...]
    scored_by: tuple[str, ...]
    decided_by: str
    answered_by: Mapping[str, str] = Field(default_factory=dict)
    """Attribute → kind of the model that answers; empty in answers of an earlier version."""


@dataclass(config=STRICT, frozen=True)
class DataCard:
    """What history the model learned from."""

    process: str
    batches: int
    products: int
    smallest_scale: Number
    largest_scale: Number
    scale_unit: UnitLabel
    first_date: str | None
    last_date: str | None
    left_out: tuple[LeftOutBatch, ...] = ()
    """Batches that were left out on purpose, with who decided it, when and why. They are not among `batches`."""


@dataclass(config=STRICT, frozen=True)
class AcceptancePlan:
    """The acceptance limits that were fixed before scoring."""

    protocol: str
    least_skill: Number
    least_coverage: Number
    sha256: str
    unchanged: bool
    """The configuration has the same limits now."""
    sha256_now: str
    sentence: str


@dataclass(config=STRICT, frozen=True)
class AttributeAcceptance:
    """What was reached for one attribute on batches that the model had not seen.

    The scores are those of the model that answers: in each fold the one that was chosen from batches hidden inside the training
    rows of the fold. In answers of an earlier version they are those of the configured model, and the limits were compared with
    `skill` and `coverage` themselves; there are no lower bounds.
    """

    attribute: str
    skill: MaybeNumber
    coverage: MaybeNumber
    met: bool
    skill_low: MaybeNumber = None
    """Lower end of the 95 % bootstrap interval of the skill over products; None with one product."""
    coverage_low: MaybeNumber = None
    """Lower end of the 95 % bootstrap interval of the coverage over products; None with one product."""
    reason: str = ""
    """Why the limits are not met; empty where they are met, and in answers of an earlier version."""
    answered_by: tuple[str, ...] = ()
    """Kinds of the models that were chosen in the folds."""


@dataclass(config=STRICT, frozen=True)
class Credibility:
    """The steps of a credibility assessment."""

    question: str
    context_of_use: str
    risk: str
    plan: AcceptancePlan
    result: tuple[AttributeAcceptance, ...]
    accepted: bool
    limits: tuple[str, ...]
    """What stands against relying on this answer."""


@dataclass(config=STRICT, frozen=True)
class Record:
    """On what the answer stands."""

    hashes: Hashes
    model_card: ModelCard
    data_card: DataCard
    credibility: Credibility
    statement: str
    tool: Annotated[str, Field(exclude_if=lambda version: not version)] = ""
    """Version of the program that answered; the key is absent from answers of an earlier version."""


@dataclass(config=STRICT, frozen=True)
class Card:
    """A part of the record as a file of its own, with the hashes of what it stands on."""

    card: ModelCard | DataCard | Credibility
    hashes: Hashes
    statement: str
