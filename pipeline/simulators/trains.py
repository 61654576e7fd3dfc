"""The three simulated trains: processes with steps that have batches of their own."""

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT
from pipeline.simulators.antibody_train.config import AntibodyTrainConfig
from pipeline.simulators.cell_therapy.config import CellTherapyConfig
from pipeline.simulators.tablet_train.config import TabletTrainConfig


@dataclass(config=STRICT, frozen=True)
class TrainsConfig:
    """Sizes and seeds of the simulated trains. The same configuration gives the same files, byte for byte."""

    antibody_train: AntibodyTrainConfig = Field(default_factory=AntibodyTrainConfig)
    """Culture, harvest, capture, polishing and filtration to drug substance."""
    tablet_train: TabletTrainConfig = Field(default_factory=TabletTrainConfig)
    """Granulation, drying, milling, blending, compression and coating."""
    cell_therapy: CellTherapyConfig = Field(default_factory=CellTherapyConfig)
    """Patient lots from leukapheresis to the infusion bag, at several centres."""
