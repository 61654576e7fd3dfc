"""Compose `conf/` with the choices of `params.yaml` into one validated configuration. Only this module uses hydra."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.answers.limits import DecisionConfig
from pipeline.domain.attributes import KnownAt, step_of_horizon
from pipeline.domain.config_files import parse, place_in, read_yaml
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.left_out import LeftOut
from pipeline.domain.process.operation_kinds import context_of
from pipeline.domain.process.process import Process
from pipeline.domain.reading.problems import Keys
from pipeline.domain.reading.yaml_text import as_yaml
from pipeline.domain.run_cost import RunCost
from pipeline.domain.scope import EVERYONE, Scope
from pipeline.domain.site_knowledge import SiteKnowledge
from pipeline.domain.strict_config import STRICT
from pipeline.extrapolation.protocols import Split
from pipeline.forecasting.intervals import IntervalConfig
from pipeline.models.registry import ModelConfig
from pipeline.monitoring.settings import MonitoringConfig
from pipeline.operations.registry import unit_operations
from pipeline.simulators.trains import TrainsConfig
from pipeline.simulators.virtual_plant.config import PlantConfig

GROUPS = (
    "process",
    "split",
    "model",
    "interval",
    "plant",
    "trains",
    "transfer",
    "left_out",
    "scope",
    "cost",
    "decision",
    "monitoring",
)
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
    monitoring: MonitoringConfig
    horizon: KnownAt
    """What is known when the prediction is made. A model reads no attribute of a later horizon."""
    seed: int
    """Seed of all random numbers of a run."""
    trains: TrainsConfig = Field(default_factory=TrainsConfig)
    """Sizes of the simulated trains. A configuration of before there were trains has none."""
    scope: Scope = EVERYONE
    """For which client the run is made. A configuration of before there were scopes has none."""


def compose(conf: Path, params: Path) -> dict[str, object]:
    """Return the whole configuration, composed and validated, as plain data.

    Raises ScalebridgeError that names each unknown choice, key or unit.
    """
    choices = _choices(params)
    _known_options(conf, choices)
    composed = _hydra(conf, choices)
    place = f"{params.name} with {conf.name}/"
    context = context_of(unit_operations())
    config = parse(Config, composed, place, lambda keys: _place(conf, params, choices, keys), context)
    _known_step(config, place)
    name = config.process.name
    if name != choices.get("process", name):
        raise ScalebridgeError(
            f"{conf.name}/process/{choices['process']}.yaml says 'name: {name}'; the name must be that of the file, "
            f"'{choices['process']}', since raw files are in data/raw/<name>/"
        )
    if problems := config.split.problems(config.process):
        file = f"{conf.name}/split/{choices['split']}.yaml" if "split" in choices else f"`split` of {place}"
        raise ScalebridgeError(f"{file} does not fit process '{name}': {'; '.join(problems)}")
    return composed


def _known_step(config: Config, place: str) -> None:
    """Check that the process has the step after which predictions are made."""
    step, steps = step_of_horizon(config.horizon), config.process.steps
    if step is not None and step not in steps:
        known = f"its steps are {listed(steps, 20)}" if steps else "it declares no `steps`"
        raise ScalebridgeError(
            f"{place}: the horizon is '{config.horizon}', but process '{config.process.name}' has no step '{step}'; {known}"
        )


def _place(conf: Path, params: Path, choices: Mapping[str, object], keys: Keys) -> str:
    """Return the file and the line that a value of the composed configuration comes from."""
    group, *inner = keys
    if group not in choices:
        return ""
    if group not in GROUPS:
        return f"{params.name} {place_in(params, keys)}"
    file = conf / str(group) / f"{choices[str(group)]}.yaml"
    return f"{conf.name}/{group}/{file.name} {place_in(file, tuple(inner))}".strip()


def _choices(params: Path) -> dict[str, object]:
    if not params.exists():
        raise ScalebridgeError(
            f"{params} does not exist; give the command in the folder of a project, which holds {params.name}"
        )
    choices = read_yaml(params)
    wanted = (*GROUPS, *VALUES)
    if unknown := set(choices) - set(wanted):
        raise ScalebridgeError(f"{params.name} has no choice called {listed(sorted(unknown))}; it has {listed(wanted, 9)}")
    return choices


def _known_options(conf: Path, choices: Mapping[str, object]) -> None:
    for group in GROUPS:
        options = sorted(path.stem for path in (conf / group).glob("*.yaml"))
        if group in choices and str(choices[group]) not in options:
            other = (conf / group / f"{choices[group]}.yml").is_file()
            there = listed(map(repr, options), 20) if options else "nothing, the folder holds no option"
            raise ScalebridgeError(
                f"'{group}: {choices[group]}' is not an option of {conf.name}/{group}/; available: {there}"
                + (f". {choices[group]}.yml is there: rename it to {choices[group]}.yaml" if other else "")
            )


def _hydra(conf: Path, choices: Mapping[str, object]) -> dict[str, object]:
    """Compose a copy of the options in which each word is written out, so that hydra reads them by our rules and not its own."""
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    overrides = [f"{key}={choices[key]}" for key in GROUPS if key in choices]
    with TemporaryDirectory() as folder:
        unreadable = _write_plainly(conf, Path(folder))
        chosen = [Path("config.yaml"), *(Path(key) / f"{choices[key]}.yaml" for key in GROUPS if key in choices)]
        for option in chosen:
            if option in unreadable:
                raise unreadable[option]
        try:
            with initialize_config_dir(folder, version_base="1.3"):
                made = hydra_compose("config", overrides)
            for key in VALUES:
                if key in choices:
                    OmegaConf.update(made, key, choices[key], force_add=True)
            composed = OmegaConf.to_container(made, resolve=True)
        except (HydraException, OmegaConfBaseException, RecursionError) as error:
            for problem in unreadable.values():  # hydra misses a file that another option names
                raise problem from None
            reason = " ".join(str(error).replace(folder, conf.name).split()) or "a '${' in a text is not closed by '}'"
            raise ScalebridgeError(f"{conf.name}/ cannot be composed with {listed(overrides, 9)}: {reason}") from None
    assert isinstance(composed, dict)
    return {str(key): value for key, value in composed.items()}


def _write_plainly(conf: Path, folder: Path) -> dict[Path, ScalebridgeError]:
    """Write the options into another folder in their plainest form. Returns those that cannot be read, with their problem."""
    unreadable = {}
    for path in sorted(conf.rglob("*.yaml")):
        option = path.relative_to(conf)
        try:
            text = as_yaml(read_yaml(path))
        except ScalebridgeError as problem:
            unreadable[option] = problem
            continue
        (folder / option).parent.mkdir(parents=True, exist_ok=True)
        (folder / option).write_text(text, encoding="utf-8")
    return unreadable


def validate(composed: Mapping[str, object], place: str) -> Config:
    """Return plain data as a typed configuration.

    Raises ScalebridgeError that lists every problem.
    """
    return parse(Config, composed, place, context=context_of(unit_operations()))  # type: ignore[no-any-return]
