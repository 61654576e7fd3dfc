"""The laws of the house, kept by reading the source."""

import ast
import itertools
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
import yaml

from pipeline.config import GROUPS, compose, validate
from tests.architecture.imports import ROOT, imported

SOURCES = sorted(path.relative_to(ROOT) for path in (ROOT / "pipeline").rglob("*.py"))
DOORS = {
    "mlflow": {"pipeline/tracking/mlflow.py", "pipeline/tracking/served_model.py"},
    "shap": {"pipeline/assessment/importance.py"},
    "joblib": {"pipeline/engine/calls.py"},
    "distributed": {"pipeline/engine/cluster.py"},
    "dask": {"pipeline/engine/cluster.py"},
    "lightgbm": {"pipeline/models/trees/lightgbm.py"},
    "hydra": {"pipeline/config.py"},
    "asyncua": {"pipeline/history/live/opcua/"},
    "google": {"pipeline/history/live/mqtt/sparkplug_payload.py"},
    "paho": {"pipeline/history/live/mqtt/client.py"},
    "pint": set(),
    "fastapi": {"pipeline/service/"},
    "starlette": {"pipeline/service/"},
    "uvicorn": {"pipeline/service/server.py"},
    "adbc_driver_postgresql": {"pipeline/history/pulls/postgresql.py", "pipeline/history/pulls/loading.py"},
    "sqlalchemy": {"pipeline/history/pulls/any_sql.py", "pipeline/tracking/mlflow.py"},
    "pyarrow": {"pipeline/history/"},
}
"""Who may import a heavy library: a file, or all files of a folder."""
WRITERS_OF_JSON: dict[str, set[str]] = {
    "dumps": {"pipeline/domain/config_files.py", "pipeline/domain/hashes.py"},
    "dump_json": {"pipeline/answers/result/files.py"},
    "model_dump_json": set(),
    "write_json": set(),
    "write_ndjson": set(),
}
"""Who may call what makes JSON. `as_json` and pydantic write null for NaN; json.dumps alone writes NaN."""


LAYERS: tuple[tuple[str, ...], ...] = (
    ("stages", "cli", "commands", "service", "qualification"),
    ("reports", "config"),
    ("tracking",),
    ("answers",),
    ("assessment",),
    ("monitoring",),
    ("forecasting",),
    ("models", "features"),
    ("history", "extrapolation", "operations", "publication", "workspace"),
    ("similarity", "engine", "domain"),
)
"""From top to bottom. A room imports rooms of its own layer and of those below. Simulators stand apart."""
LOOSE = {"pipeline/__init__.py", "pipeline/cli.py", "pipeline/config.py"}
SIMULATOR_USERS = {
    "pipeline/stages/plant.py": None,
    "pipeline/stages/trains.py": None,
    "pipeline/commands/demo.py": None,
    "pipeline/commands/demo_live.py": None,
    "pipeline/config.py": {"pipeline.simulators.trains", "pipeline.simulators.virtual_plant.config"},
}
"""Who may import a simulator, and which of its modules; None: all."""


def _room(path: Path) -> str:
    """The folder directly below `pipeline/`, or the module itself."""
    return path.parts[1].removesuffix(".py")


def _layer(path: Path) -> int:
    return next(-nth for nth, rooms in enumerate(LAYERS) if _room(path) in rooms)


def _direct(path: Path) -> set[Path]:
    """First-party files that a file names in its own imports, also in functions and for type checkers alone."""
    names = {name for name in imported(path) if name.startswith("pipeline.")}
    files = (Path(*name.split(".")) for name in names)
    return {f for file in files for f in (file.with_suffix(".py"), file / "__init__.py") if (ROOT / f).is_file()}


HOUSE = [path for path in SOURCES if path != Path("pipeline/__init__.py") and _room(path) != "simulators"]


@pytest.mark.parametrize("path", HOUSE, ids=str)
def test_imports__only_point_down(path: Path) -> None:
    below = [other for other in _direct(path) if _room(other) not in ("simulators", "__init__")]
    above = [other for other in below if _layer(other) > _layer(path)]
    assert not above, f"{path} reaches up to {above}"


def _circle(graph: dict[str, set[str]]) -> list[str]:
    """A circle of a graph, or nothing."""
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def test_imports__modules_have_no_circle() -> None:
    graph = {str(path): {str(other) for other in _direct(path) if other != path} for path in SOURCES}
    assert _circle(graph) == []


def test_imports__packages_have_no_circle() -> None:
    graph: dict[str, set[str]] = {}
    for path in SOURCES:
        graph.setdefault(_room(path), set()).update(_room(other) for other in _direct(path))
    assert _circle({room: others - {room} for room, others in graph.items()}) == []


def test_house__has_at_most_two_loose_modules() -> None:
    assert {path.as_posix() for path in SOURCES if len(path.parts) == 2} == LOOSE


def test_simulators__are_imported_by_their_stage_and_their_size_by_the_configuration() -> None:
    """Nothing that learns may import a simulator, which knows the truth; the class of its size is no truth."""
    for path in SOURCES:
        if _room(path) == "simulators":
            outside = {_room(other) for other in _direct(path)} - {"simulators", "domain"}
            assert not outside, f"{path} imports {outside}"
            continue
        used = {_module(other) for other in _direct(path) if _room(other) == "simulators"}
        allowed = SIMULATOR_USERS.get(path.as_posix(), set())
        assert allowed is None or used <= allowed, f"{path} imports {used - allowed}"


def _module(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("library", DOORS)
def test_heavy_libraries__have_one_door(library: str) -> None:
    users = {path.as_posix() for path in SOURCES if any(name.split(".")[0] == library for name in imported(path))}
    assert all(
        any(user == door or (door.endswith("/") and user.startswith(door)) for door in DOORS[library]) for user in users
    )


def test_json__is_written_in_one_place() -> None:
    for path in SOURCES:
        nodes = ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        called = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
        for name, users in WRITERS_OF_JSON.items():
            assert name not in called or path.as_posix() in users, f"{path} calls {name}; use as_json"


def test_features__load_nothing_heavy() -> None:
    code = "import sys, pipeline.features.table; print([m for m in ('mlflow', 'shap', 'lightgbm', 'hydra') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_answers__load_nothing_that_only_learning_needs() -> None:
    """An answer takes two seconds; loading what learns would add more than one."""
    learning = ["lightgbm", "sklearn", "dataframely", "sqlalchemy", "scipy.optimize", "scipy.stats", "matplotlib"]
    needed = ("cli", "answers.trained_run", "answers.answer", "answers.case.case", "reports.terminal.answer")
    code = f"import sys, {', '.join(f'pipeline.{n}' for n in needed)}; print([m for m in {learning} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_commands__load_no_web_framework() -> None:
    code = "import sys, pipeline.cli; print([m for m in ('fastapi', 'starlette', 'uvicorn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_scale__is_data() -> None:
    """No comparison of a scale with a number, such as `if scale == 2000`."""
    for path in SOURCES:
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops):
                names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
                numbers = [c for c in ast.walk(node) if isinstance(c, ast.Constant) and isinstance(c.value, int | float)]
                assert not (names & {"scale", "batch_size"} and numbers), f"{path}:{node.lineno}"


def _options(group: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / "conf" / group).glob("*.yaml"))


@pytest.mark.parametrize("group", ["split", "model"])
def test_conf__every_option_composes_and_validates_with_every_process(group: str, tmp_path: Path) -> None:
    """Options of two groups other than `process` do not meet: each is validated alone, and a split against the process."""
    first = {name: _options(name)[0] for name in ("process", "split", "model", "interval", "plant")}
    params = tmp_path / "params.yaml"
    for process, option in itertools.product(_options("process"), _options(group)):
        params.write_text(yaml.safe_dump(first | {"process": process, group: option, "horizon": "plan", "seed": 1}))
        assert validate(compose(ROOT / "conf", params), f"{process}, {option}").process.name == process


@pytest.mark.parametrize("group", GROUPS)
def test_conf__every_option_is_reached(group: str) -> None:
    assert _options(group)


def test_configuration__classes_forbid_unknown_keys() -> None:
    """Every pydantic dataclass is made with STRICT."""
    for path in SOURCES:
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
            for decorator in getattr(node, "decorator_list", []):
                if isinstance(decorator, ast.Call) and any(keyword.arg == "config" for keyword in decorator.keywords):
                    config = next(keyword.value for keyword in decorator.keywords if keyword.arg == "config")
                    assert isinstance(config, ast.Name), f"{path}:{node.lineno}"
                    assert config.id == "STRICT", f"{path}:{node.lineno}"
