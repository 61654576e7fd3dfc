"""Pages of the quantities: the formulas of `pipeline.similarity` and the features of each unit operation."""

import ast
import importlib
import inspect
import re
from collections.abc import Callable
from typing import Any

from docs.generator.markdown import code, heading, page, prose, table
from pipeline import similarity
from pipeline.operations import scale_features
from pipeline.operations.feature import Feature, TrajectoryFeature
from pipeline.operations.registry import unit_operations
from pipeline.operations.unit_operation import UnitOperation


def quantity_pages() -> dict[str, str]:
    """Return file name → page."""
    return {"formulas.md": _formulas_page(), "features.md": _features_page()}


def _formulas_page() -> str:
    modules = dict.fromkeys(formula(name).__module__ for name in similarity.__all__)
    parts = [heading(1, "Formulas"), prose(inspect.cleandoc(similarity.__doc__ or ""))]
    for module in modules:
        parts.append(heading(2, (inspect.getdoc(importlib.import_module(module)) or module).strip(".")))
        parts += [_formula(name) for name in similarity.__all__ if formula(name).__module__ == module]
    return page(*parts)


def formula(name: str) -> Callable[..., Any]:
    """Return a function of `pipeline.similarity`."""
    found: Callable[..., Any] = getattr(similarity, name)
    return found


def _formula(name: str) -> str:
    parts = docstring_parts(formula(name))
    rows = [
        ("formula", prose(parts["formula"])),
        ("inputs and range", prose(parts["range"])),
        ("source", parts["source"]),
        ("features", ", ".join(_links_to_features(name))),
    ]
    shown = [heading(3, code(name), name), table(("", ""), [row for row in rows if row[1]])]
    return "\n\n".join([*shown, f"```pycon\n{parts['example']}\n```"] if parts["example"] else shown)


def docstring_parts(function: Callable[..., Any]) -> dict[str, str]:
    """Split a docstring: the sentence with unit and formula, inputs and range, worked example, source."""
    paragraphs = (inspect.getdoc(function) or "").split("\n\n")
    return {
        "formula": paragraphs[0],
        "range": " ".join(text for text in paragraphs[1:] if not text.startswith((">>>", "Reference:"))),
        "example": "\n".join(text for text in paragraphs if text.startswith(">>>")),
        "source": next(
            (text.removeprefix("Reference:").strip() for text in paragraphs if text.startswith("Reference:")), ""
        ),
    }


def _links_to_features(name: str) -> list[str]:
    return [
        f"[{operation_name}.{feature.name}](features.md#{operation_name}-{feature.name})"
        for operation_name, operation in operations().items()
        for feature in operation.features
        if name in formulas_behind(feature.compute)
    ]


def operations() -> dict[str, UnitOperation]:
    """Return the unit operations by name, and the features of the batch size, which every process has."""
    size = {"scale_features": UnitOperation(inputs={}, features=scale_features.FEATURES)}
    return dict(sorted({**unit_operations(), **size}.items()))


def formulas_behind(compute: Callable[..., Any], above: frozenset[str] = frozenset()) -> list[str]:
    """Return the functions of `pipeline.similarity` that a function calls, itself included."""
    if compute.__module__.startswith(similarity.__name__):
        return [compute.__name__]
    called = dict.fromkeys(re.findall(r"(similarity\.)?\b(\w+)\(", inspect.getsource(compute)))
    own = vars(importlib.import_module(compute.__module__))
    above = above | {compute.__name__}
    found: list[str] = []
    for place, name in called:
        if place:
            found.append(name)
        elif inspect.isfunction(own.get(name)) and name not in above:
            found += formulas_behind(own[name], above)
    return list(dict.fromkeys(found))


def outermost_formula(compute: Callable[..., Any]) -> str:
    """Return the function of `pipeline.similarity` that gives the result of a function; empty if there is none."""
    if compute.__module__.startswith(similarity.__name__):
        return compute.__name__
    own = vars(importlib.import_module(compute.__module__))
    returned = [
        node for node in ast.walk(ast.parse(inspect.getsource(compute))) if isinstance(node, ast.Return) and node.value
    ]
    for call in [node for node in ast.walk(returned[-1]) if isinstance(node, ast.Call)]:
        place, _, name = ast.unparse(call.func).rpartition(".")
        if place == "similarity":
            return name
        if not place and inspect.isfunction(own.get(name)) and (found := outermost_formula(own[name])):
            return found
    return ""


def _features_page() -> str:
    parts = [
        heading(1, "Features of unit operations"),
        "A process definition names its unit operations and says which attribute feeds which input. Each operation then offers "
        "the features below, as far as their inputs are there. A feature of a trajectory needs the named tags of a sensor. "
        "The unit of an attribute must convert to the unit of the input or tag that it feeds; `scalebridge check` compares them.",
    ]
    for name, operation in operations().items():
        parts.append(heading(2, name.replace("_", " ").capitalize(), name))
        parts.append(prose(inspect.cleandoc(importlib.import_module(f"pipeline.operations.{name}").__doc__ or "")))
        parts += _taken(name)
        parts.append(_feature_table(name, operation.features))
        if operation.trajectory_features:
            parts += [heading(3, "From trajectories"), _trajectory_table(operation.trajectory_features)]
    return page(*parts)


def _taken(operation: str) -> list[str]:
    """Tables of the inputs and tags of an operation; none for features that every process has."""
    if operation not in unit_operations():
        return []
    takes = unit_operations()[operation]
    given = ((3, "Inputs", "input", takes.inputs), (3, "Tags, recorded over time", "tag", takes.tags))
    return [
        part
        for level, title, word, quantities in given
        if quantities
        for part in (
            heading(level, title, f"{operation}-{word}s"),
            table(
                (word, "a usual unit", "what it is"), [(code(n), q.unit or "–", q.meaning) for n, q in quantities.items()]
            ),
        )
    ] + [heading(3, "Features", f"{operation}-features")]


def _feature_table(operation: str, features: tuple[Feature, ...]) -> str:
    rows = [
        (
            f"{code(feature.name)}{{#{operation}-{feature.name}}}{_unit(feature.unit)}",
            f"{feature.description}<br>*{feature.source}*",
            "<br>".join([*map(code, feature.inputs), *(f"{code(name)} (optional)" for name in feature.optional)]),
            _formulas_of(feature),
        )
        for feature in features
    ]
    return table(("feature", "what it tells, and source", "inputs", "formula"), rows)


def _unit(label: str) -> str:
    return "" if label == "dimensionless" else f" [{label}]"


def _formulas_of(feature: Feature) -> str:
    """Links to the formulas behind a feature; where there is none, what its function says."""
    links = "<br>".join(f"[{name}](formulas.md#{name})" for name in formulas_behind(feature.compute))
    return links or prose((inspect.getdoc(feature.compute) or "").split("\n\n", 1)[0])


def _trajectory_table(features: tuple[TrajectoryFeature, ...]) -> str:
    rows = [
        (
            code(feature.name) + _unit(feature.unit),
            feature.description,
            "<br>".join(map(code, (*feature.tags, *feature.inputs))),
            feature.source,
        )
        for feature in features
    ]
    return table(("feature", "what it tells", "tags and inputs", "source"), rows)
