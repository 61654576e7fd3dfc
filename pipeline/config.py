"""Compose `conf/` with the choices of `params.yaml` into one validated configuration. Only this module uses hydra."""

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic.dataclasses import dataclass

from pipeline.answers.limits import DecisionConfig
from pipeline.domain.attributes import Horizon
from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.left_out import LeftOut
from pipeline.domain.process.process import Process
from pipeline.domain.run_cost import RunCost
from pipeline.domain.site_knowledge import SiteKnowledge
from pipeline.domain.strict_config import STRICT
from pipeline.extrapolation.protocols import Split
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.registry import ModelConfig
from pipeline.simulators.virtual_plant.config import PlantConfig

GROUPS = ("process", "split", "model", "interval", "plant", "transfer", "left_out", "cost", "decision")
VALUES = ("horizon", "seed")


@dataclass(config=STRICT, frozen=True)
class Config:
    """Everything that a run depends on besides the data and the code."""

    process: Process
    split: Split
    model: ModelConfig
    interval: IntervalConfig
    plant: PlantConfig
    transfer: SiteKnowledge
    left_out: LeftOut
    cost: RunCost
    decision: DecisionConfig
    horizon: Horizon
    """What is known when the prediction is made. A model reads no attribute of a later horizon."""
    seed: int
    """Seed of all random numbers of a run."""


def compose(conf: Path, params: Path) -> dict[str, object]:
    """Return the whole configuration, composed and validated, as plain data.

    Raises ScalebridgeError that names each unknown choice, key or unit.
    """
    choices = _choices(params)
    _known_options(conf, choices)
    composed = _hydra(conf, [f"{key}={value}" for key, value in choices.items()])
    name = validate(composed, f"{params.name} with {conf.name}/").process.name
    if name != choices.get("process", name):
        raise ScalebridgeError(
            f"{conf.name}/process/{choices['process']}.yaml says 'name: {name}'; the name must be that of the file, "
            f"'{choices['process']}', since raw files are in data/raw/<name>/"
        )
    return composed


def _choices(params: Path) -> dict[str, object]:
    choices = read_yaml(params)
    wanted = (*GROUPS, *VALUES)
    if unknown := set(choices) - set(wanted):
        raise ScalebridgeError(f"{params.name} has no choice called {listed(sorted(unknown))}; it has {listed(wanted, 9)}")
    return choices


def _known_options(conf: Path, choices: Mapping[str, object]) -> None:
    for group in GROUPS:
        options = sorted(path.stem for path in (conf / group).glob("*.yaml"))
        if group in choices and str(choices[group]) not in options:
            raise ScalebridgeError(
                f"'{group}: {choices[group]}' is not an option of {conf.name}/{group}/; available: {listed(options, 20)}"
            )


def _hydra(conf: Path, overrides: list[str]) -> dict[str, object]:
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        with initialize_config_dir(str(conf.resolve()), version_base="1.3"):
            composed = OmegaConf.to_container(hydra_compose("config", overrides), resolve=True)
    except (HydraException, OmegaConfBaseException, yaml.YAMLError) as error:
        raise ScalebridgeError(f"{conf.name}/ cannot be composed with {listed(overrides, 9)}: {error}") from None
    assert isinstance(composed, dict)
    return {str(key): value for key, value in composed.items()}


def validate(composed: Mapping[str, object], place: str) -> Config:
    """Return plain data as a typed configuration.

    Raises ScalebridgeError that lists every problem.
    """
    return parse(Config, composed, place)  # type: ignore[no-any-return]
