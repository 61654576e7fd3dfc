"""The answer to a proposal: the schema of result.json, of a response over HTTP and of `compare`.

Pages, terminal and comparison read this and nothing else. Numbers are in display units."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.answers.result.assumptions import Assumption, by_origin
from pipeline.answers.result.bridge import Bridge
from pipeline.answers.result.course import Course, CourseBasis
from pipeline.answers.result.domain import Domain
from pipeline.answers.result.drivers import Drivers
from pipeline.answers.result.equivalence import ScaleStep
from pipeline.answers.result.intermediates import Intermediates
from pipeline.answers.result.next_runs import NextRuns, where_runs_are
from pipeline.answers.result.noise_floor import NoiseFloor
from pipeline.answers.result.overview import Overview
from pipeline.answers.result.prediction import (
    AttributeAnswer,
    JointChance,
    ProposalSummary,
    ScaleChange,
    Sentence,
    StepAnswer,
)
from pipeline.answers.result.record import Record
from pipeline.answers.result.scale_comparison import ScaleComparison
from pipeline.answers.result.scenarios import Scenarios, Withheld
from pipeline.answers.result.steps import DecidedBySteps
from pipeline.answers.result.transfer_map import TransferMap
from pipeline.domain.display import in_words
from pipeline.domain.strict_config import STRICT

VERSION: Literal[1] = 1
Depth = Literal["numbers", "causes", "whole"]
"""How much of an answer is asked for. Each depth contains the one before.

- `numbers`: predictions, intervals, chances, domain, comparable quantities and the record.
- `causes`: also the bridge, the expected intermediates, the drivers and the equivalence of the scales.
- `whole`: also the scenarios, the next runs and the expected courses.
"""

ScenarioPart = Annotated[Scenarios | Withheld, Field(discriminator="state")]


NextRunsPart = Annotated[NextRuns | Withheld, Field(discriminator="state")]


CoursesFrom = Annotated[CourseBasis | Withheld, Field(discriminator="state")]


@dataclass(config=STRICT, frozen=True, kw_only=True)
class Answer:
    """The answer to a proposal."""

    version: Literal[1] = VERSION
    """Version of this schema. Files of older versions are read by `result.files.read_answer`."""
    proposal: ProposalSummary
    steps: Annotated[tuple[StepAnswer, ...], Field(min_length=1)]
    """The steps of the process in order. Quality of the product is that of the last step."""
    joint: JointChance | None
    """None without a specification, or where an attribute with a specification is refused."""
    sentences: tuple[Sentence, ...]
    notes: Annotated[tuple[str, ...], Field(exclude_if=lambda notes: not notes)] = ()
    """What a small history cannot show, and what is unusual about the vessel. The key is absent from the file where there is
    none."""
    domain: Domain
    assumed_from_reference: Mapping[str, str]
    """Attribute or material → value with unit that is taken from the reference batches: the part of `assumptions` with this
    source."""
    assumptions: tuple[Assumption, ...] = ()
    """Everything that the proposal does not state and the answer assumes, each with its origin. Empty in older files."""
    not_stated: tuple[str, ...]
    """Attributes that stay unknown."""
    transfer_map: TransferMap
    scale_comparison: ScaleComparison
    bridge: Bridge | None
    """None without reference batches, where nothing is predicted, or where causes were not asked for."""
    intermediates: Annotated[Intermediates | None, Field(exclude_if=lambda found: found is None)] = None
    """What the process is expected to show. The key is absent from the file where no model that answers reads intermediates."""
    drivers: Drivers | None
    equivalence: tuple[ScaleStep, ...]
    record: Record
    names: Mapping[str, str]
    """Attribute or feature → its display name."""
    scenarios: ScenarioPart | None = None
    """None: not asked for."""
    next_runs: NextRunsPart | None = None
    decided: Annotated[DecidedBySteps | None, Field(exclude_if=lambda found: found is None)] = None
    """At which step each attribute is decided. The key is absent from the file where the process declares no steps."""
    noise_floors: Annotated[Mapping[str, NoiseFloor], Field(exclude_if=lambda found: not found)] = Field(
        default_factory=dict
    )
    """Attribute → how far its reported results scatter, where this is known. The key is absent from the file where nothing is."""
    as_of: str | None = None
    """Time up to which records of the running batch were used (ISO 8601); None: before the batch."""
    courses: tuple[Course, ...] = ()
    """Expected course of each tag. What differs most from the product's own course comes first; see `CourseBasis.set_by_plan`."""
    courses_from: Annotated[CoursesFrom | None, Field(exclude_if=lambda found: found is None)] = None
    """Where the courses come from, or why there is none. The key is absent from the file where none was asked for."""
    numbers_alone: Annotated[bool, Field(exclude_if=lambda alone: not alone)] = False
    """Causes were not asked for, so bridge, intermediates, drivers and equivalence are empty. The key is absent otherwise."""

    @property
    def depth(self) -> Depth:
        """How much was asked for."""
        if self.numbers_alone:
            return "numbers"
        return "causes" if self.scenarios is None else "whole"

    overview: Annotated[Overview | None, Field(exclude_if=lambda found: found is None)] = None
    """The first page: verdict, history and action. The key is absent from files of an earlier version."""

    @property
    def step(self) -> StepAnswer:
        """The last step, whose attributes are those of the product."""
        return self.steps[-1]

    @property
    def attributes(self) -> Mapping[str, AttributeAnswer]:
        """Quality attributes of the product."""
        return self.step.attributes

    @property
    def scale(self) -> ScaleChange:
        """Scale of the last step."""
        return self.step.scale

    @property
    def runs_at(self) -> str:
        """Where the runs that are searched would be made."""
        return where_runs_are(self.step.change, sized=self.scale.stated)

    @property
    def refused(self) -> tuple[str, ...]:
        """Attributes that are not answered."""
        return tuple(name for name, one in self.attributes.items() if one.refused)

    @property
    def assumed_lines(self) -> tuple[str, ...]:
        """Return what is assumed, one line per origin: `head pressure 0.3 bar: as V-2001 ran in 9 batches`."""
        older = self.assumed_from_reference.items() if not self.assumptions else ()  # a file of an older program
        known = self.assumptions or [Assumption(key, value, "reference", "as at the reference") for key, value in older]
        return by_origin(known, self.name)

    def name(self, key: str) -> str:
        """Return the display name of an attribute or feature."""
        return self.names.get(key) or in_words(key)


@dataclass(config=STRICT, frozen=True)
class Simulation:
    """The parts of an answer that look beyond the prediction, and what they stand on."""

    transfer_map: TransferMap
    scenarios: ScenarioPart | None
    next_runs: NextRunsPart | None
    record: Record
