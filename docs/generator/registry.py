"""Page of the registry: what each unit operation computes, by which formula, and the worked examples of the formulas."""

import inspect
from collections import Counter

from docs.generator.markdown import code, heading, page, prose, table
from docs.generator.quantities import docstring_parts, formula, formulas_behind, operations, outermost_formula
from docs.generator.worked_examples import KINDS, WorkedExample, unit_of, worked_examples
from pipeline.operations.feature import Feature
from pipeline.operations.quantity_example import number_and_unit
from pipeline.operations.unit_operation import UnitOperation

COLUMNS = ("formula", "range", "source", "worked example", "expected", "computed")


def registry_pages() -> dict[str, str]:
    """Return file name → page."""
    return {"worked_examples.md": _page()}


def _page() -> str:
    examples = worked_examples()
    parts = [
        heading(1, "Worked examples"),
        "Each unit operation computes the quantities below. The formulas are shared between operations. Each formula has a number "
        "that it must give. A test computes all of them, and compares the units with the dimensions of the formulas by a units "
        "library. Empirical fits are recomputed by this library with their constants in the units for which they were fitted. A "
        "further test compares formulas of flow, vessels, balances and chance live with the libraries fluids and scipy over their "
        "ranges. The first row of a quantity is the formula that gives it. The formulas behind it follow; those shown above are "
        "only named. Public courses and libraries without an address are named by their titles.",
        "The column *source* names where a formula comes from. Papers and books of this column were **not opened** for this table, "
        "unless the worked example beside it is *published* or an *equation*: then its own source was opened. Ranges are those "
        "that the literature usually states.",
        table(("number comes from", "meaning", "examples"), _origins(examples)),
    ]
    for name, operation in operations().items():
        parts.append(heading(2, name.replace("_", " ").capitalize(), name))
        rows = _operation_rows(name, operation, examples)
        parts.append(table(("operation", "quantity", "unit", *COLUMNS), rows))
    parts += [
        heading(2, "Further formulas"),
        "No unit operation offers these as a quantity. Others are built from them, or they need coefficients of a material.",
        table(COLUMNS, [row for name in _further(examples) for row in _formula_rows(name, examples)]),
    ]
    return page(*parts)


def _origins(examples: tuple[WorkedExample, ...]) -> list[tuple[str, str, str]]:
    """Where the expected numbers come from, and how many there are of each kind."""
    own = [example.kind for operation in operations().values() for example in operation.examples]
    counts: Counter[str] = Counter([*(example.kind for example in examples), *own])
    return [(f"*{kind}*", meaning, str(counts[kind])) for kind, meaning in KINDS.items()]


def _further(examples: tuple[WorkedExample, ...]) -> list[str]:
    """Formulas with a worked example that stand behind no quantity of an operation."""
    features = [feature for operation in operations().values() for feature in operation.features]
    behind = {name for feature in features for name in formulas_behind(feature.compute)}
    return [name for name in dict.fromkeys(example.function for example in examples) if name not in behind]


def _operation_rows(name: str, operation: UnitOperation, examples: tuple[WorkedExample, ...]) -> list[tuple[str, ...]]:
    told: set[str] = set()
    rows: list[tuple[str, ...]] = []
    for feature in operation.features:
        rows += [(name, *row) for row in _rows(operation, feature, examples, told)]
        told |= set(formulas_behind(feature.compute))
    return rows


def _rows(
    operation: UnitOperation, feature: Feature, examples: tuple[WorkedExample, ...], told: set[str]
) -> list[tuple[str, ...]]:
    """Rows of a quantity: the formula that gives it, then those behind it. told: formulas that the table has shown before."""
    named = (code(feature.name), "–" if feature.unit == "dimensionless" else feature.unit)
    behind = formulas_behind(feature.compute)
    first = outermost_formula(feature.compute) or (behind[-1] if behind else "")
    rows = _formula_rows(first, examples) if first else []
    if rows and first != feature.compute.__name__:
        said, *rest = rows[0]
        rows[0] = (f"{_said(feature)} By {said}", *rest)
    if not behind or any(own.quantity == feature.name for own in operation.examples):
        rows += _own_rows(operation, feature)
    for name in behind:
        if name not in told and name != first:
            rows += _formula_rows(name, examples)
    if above := [_link(name) for name in behind if name in told and name != first]:
        rows.append((f"with {', '.join(above)}: see above", *[""] * (len(COLUMNS) - 1)))
    return [(*(named if nth == 0 else ("", "")), *row) for nth, row in enumerate(rows)]


def _said(feature: Feature) -> str:
    """What the function of a quantity says that it gives, without its inputs."""
    sentence = (inspect.getdoc(feature.compute) or "").split("\n\n", 1)[0].split("; ", 1)[0]
    return prose(sentence.rstrip(".") + ".")


def _link(name: str) -> str:
    return f"[{code(name)}](formulas.md#{name})"


def _own_rows(operation: UnitOperation, feature: Feature) -> list[tuple[str, ...]]:
    """Rows of a quantity whose formula stands in the file of the operation."""
    parts = docstring_parts(feature.compute)
    about = (prose(parts["formula"]), prose(parts["range"]), parts["source"] or feature.source)
    shown = [
        _shown(
            [f"{name} {text}" for name, text in own.inputs.items()],
            own.kind,
            own.source,
            own.expected,
            operation.computed(own),
        )
        for own in operation.examples
        if own.quantity == feature.name
    ]
    return _under(about, shown)


def _formula_rows(name: str, examples: tuple[WorkedExample, ...]) -> list[tuple[str, ...]]:
    parts = docstring_parts(formula(name))
    about = (f"{_link(name)} {prose(parts['formula'])}", prose(parts["range"]), parts["source"])
    shown = [
        _shown(list(one.inputs), one.kind, one.source, one.expected, one.computed())
        for one in examples
        if one.function == name
    ]
    return _under(about, shown)


def _under(about: tuple[str, ...], shown: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows with the same formula: it is written in the first."""
    return [(*(about if nth == 0 else ("", "", "")), *one) for nth, one in enumerate(shown)]


def _shown(inputs: list[str], kind: str, source: str, expected: str, computed: float) -> tuple[str, ...]:
    """Inputs and origin, expected number, and computed number in the same unit."""
    label = unit_of(expected).replace("dimensionless", "")
    numbers = (f"{number:.5g} {label}".strip() for number in (number_and_unit(expected)[0], computed))
    given = ", ".join(code(text) for text in inputs)
    return f"{given}. *{kind}*: {prose(source)}", *numbers
