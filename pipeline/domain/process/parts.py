"""Parts of a process definition."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.errors import listed
from pipeline.domain.process.balances import Balance
from pipeline.domain.process.operation_kinds import kinds_in
from pipeline.domain.scale import DEFAULT_TOLERANCE
from pipeline.domain.strict_config import STRICT

ONE_PRODUCT = "one_product"
"""Attribute that names the product of every batch where the definition states no `product`."""
ONE_SCALE = "one_scale"
"""Attribute that holds the batch size, 1, of every batch where the definition states no `scale`."""
LABORATORY = "laboratory"
"""Grouping by the laboratory of a result, where a source of results has a column of it; also a column of the results."""
RESULT_LABORATORY = "result_laboratory"
"""Column of the rows of one attribute: the laboratory of its result. Null in the feature table, where no result is asked for."""


@dataclass(config=STRICT, frozen=True)
class Scale:
    """Which attribute holds the batch size, and what stays the same when the scale changes."""

    attribute: str
    """The attribute that holds the batch size; a number of role `scale`."""
    within: str | None = None
    """Attribute whose value stays the same in a scale-up, such as the strength of tablets. Default: the product."""
    tolerance: float = DEFAULT_TOLERANCE
    """Two scales are the same if the larger is at most 1 + tolerance times the smaller."""
    counts_devices: bool = False
    """The attribute holds the number of equal devices that run in parallel. More devices are then a transfer along the axis
    `device`, not a scale-up."""


@dataclass(config=STRICT, frozen=True)
class StepScale:
    """Which attribute holds the batch size of a step."""

    attribute: str
    """A number of role `scale`."""


@dataclass(config=STRICT, frozen=True)
class Material:
    """An input material."""

    lot: tuple[str, ...] = ()
    """Attributes that together name a lot, if the batch rows hold the lots. Empty if lots and genealogy have their own files."""
    used_once: bool = False
    """Each lot is used in one batch, such as the cells of one patient. If several batches name a lot, these uses are set aside."""


@dataclass(config=STRICT, frozen=True)
class Grouping:
    """A grouping of batches, such as by site, vessel or lot. Batches of one group have an unknown effect in common."""

    unseen: Literal["predict", "refuse"] = "predict"
    """For a group without history: predict with a wider interval, or give no prediction."""


@dataclass(config=STRICT, frozen=True)
class Operation:
    """A unit operation of the process, and the attributes that feed its inputs."""

    kind: str
    """Which unit operation it is, such as `bioreactor`. The reference page *Features of unit operations* lists them."""
    inputs: Mapping[str, str]
    """Input of the operation → attribute of this process."""
    tags: Mapping[str, str] = Field(default_factory=dict)
    """Tag of the operation → attribute of this process that is recorded over time."""

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str, info: ValidationInfo) -> str:
        kinds = kinds_in(info)
        if kinds is not None and kind not in kinds:
            raise ValueError(f"'{kind}' is no kind of unit operation; kinds are {listed(kinds, 40)}")
        return kind


@dataclass(config=STRICT, frozen=True)
class Step:
    """One step of a process: it makes batches of its own, on equipment of its own, at a scale of its own."""

    batch: str
    """Attribute that names the batches of the step. In the last step, it is `batch` of the process."""
    scale: StepScale | None = None
    """Batch size of the step, if it is recorded."""
    equipment: str | None = None
    """Attribute that names the equipment of the step."""
    materials: tuple[str, ...] = ()
    """Materials whose lots the step consumes."""
    balances: Mapping[str, Balance] = Field(default_factory=dict)
    """What is balanced, such as `product` or `mass` → the amounts that the step takes, gives and loses."""


def lot_column(material: str) -> str:
    """Column of the feature table that names the lot of a material."""
    return f"{material}_lot"
