"""Parts of a process definition."""

from collections.abc import Mapping
from dataclasses import dataclass as plain_dataclass
from typing import Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.attributes import Attribute
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
    """The batch size is the number of equal devices that run in parallel and are pooled into one batch. More devices are then a
    transfer along the axis `device`, not a scale-up."""


@dataclass(config=STRICT, frozen=True)
class Material:
    """An input material."""

    lot: tuple[str, ...] = ()
    """Attributes that together name a lot, if the batch rows hold the lots. Empty if lots and genealogy have their own files."""


@dataclass(config=STRICT, frozen=True)
class Grouping:
    """A grouping of batches, such as by site, vessel or lot. Batches of one group have an unknown effect in common."""

    unseen: Literal["predict", "refuse"] = "predict"
    """For a group without history: predict with a wider interval, or give no prediction."""


@dataclass(config=STRICT, frozen=True)
class Operation:
    """A unit operation of the process, and the attributes that feed its inputs."""

    kind: Literal[
        "bioreactor",
        "tablet_press",
        "coating",
        "harvest",
        "chromatography",
        "filtration",
        "ultrafiltration",
        "shaken_vessel",
        "cell_expansion",
        "freeze_dryer",
        "high_shear_granulator",
        "fluid_bed",
        "dryer",
        "mill",
        "blender",
        "roller_compactor",
        "crystalliser",
    ]
    """Which unit operation it is."""
    inputs: Mapping[str, str]
    """Input of the operation → attribute of this process."""
    tags: Mapping[str, str] = Field(default_factory=dict)
    """Tag of the operation → attribute of this process that is recorded over time."""


@plain_dataclass(frozen=True)
class ProcessStep:
    """One step of a process: a stage of production with a scale and equipment of its own."""

    name: str
    scale: Scale
    equipment: str | None
    """Attribute that holds the equipment of the step."""
    attributes: Mapping[str, Attribute]
    """Name → attribute, for the attributes that belong to the step."""


def lot_column(material: str) -> str:
    """Column of the feature table that names the lot of a material."""
    return f"{material}_lot"
