"""Page of the registry: what each unit operation computes, by which formula, and the worked examples of the formulas."""

import inspect

from docs.generator.markdown import code, heading, page, prose, table
from docs.generator.quantities import docstring_parts, formula, formulas_behind, operations
from docs.generator.worked_examples import KINDS, WorkedExample, unit_of, worked_examples
from pipeline.operations.feature import Feature

IN_TESTS = "in the tests of its module"
"""What stands for the examples of formulas that are tested without the list."""
COLUMNS = ("formula", "range", "source", "worked example", "expected", "computed")


def registry_pages() -> dict[str, str]:
    """Return file name → page."""
    return {"worked_examples.md": _page()}


def _page() -> str:
    kinds = "; ".join(f"*{kind}*: {meaning}" for kind, meaning in KINDS.items())
    parts = [
        heading(1, "Worked examples"),
        "Each unit operation computes the quantities below. The formulas are shared between operations. Each formula has a number "
        f"that it must give, with where this number comes from ({kinds}). A test computes all of them. It also compares the units "
        "with the dimensions of the formulas by a units library.",
    ]
    examples = worked_examples()
    for name, module in operations().items():
        parts.append(heading(2, name.replace("_", " ").capitalize(), name))
        rows = [row for feature in module.FEATURES for row in _rows(feature, examples)]
        parts.append(table(("quantity", "unit", *COLUMNS), rows))
    parts += [
        heading(2, "Further formulas"),
        "No unit operation offers these as a quantity. Others are built from them, or they need coefficients of a material.",
        table(COLUMNS, [row for name in _further(examples) for row in _formula_rows(name, examples)]),
    ]
    return page(*parts)


def _further(examples: tuple[WorkedExample, ...]) -> list[str]:
    """Formulas with a worked example that stand behind no quantity of an operation."""
    features = [feature for module in operations().values() for feature in module.FEATURES]
    behind = {name for feature in features for name in formulas_behind(feature.compute)}
    return [name for name in dict.fromkeys(example.function for example in examples) if name not in behind]


def _rows(feature: Feature, examples: tuple[WorkedExample, ...]) -> list[tuple[str, ...]]:
    """One row per formula behind a quantity and worked example of the formula; what repeats is left out."""
    named = (code(feature.name), "–" if feature.unit == "dimensionless" else feature.unit)
    behind = formulas_behind(feature.compute)
    if not behind:
        said = prose((inspect.getdoc(feature.compute) or "").split("\n\n", 1)[0])
        return [(*named, said, "", feature.source, "definition", "", "")]
    rows = [row for name in behind for row in _formula_rows(name, examples)]
    return [(*(named if nth == 0 else ("", "")), *row) for nth, row in enumerate(rows)]


def _formula_rows(name: str, examples: tuple[WorkedExample, ...]) -> list[tuple[str, ...]]:
    parts = docstring_parts(formula(name))
    about = (f"[{code(name)}](formulas.md#{name}) {prose(parts['formula'])}", prose(parts["range"]), parts["source"])
    own = [_shown(example) for example in examples if example.function == name] or [(IN_TESTS, "", "")]
    return [(*(about if nth == 0 else ("", "", "")), *shown) for nth, shown in enumerate(own)]


def _shown(example: WorkedExample) -> tuple[str, str, str]:
    """Inputs and origin, expected number, and computed number in the same unit."""
    label = unit_of(example.expected).replace("dimensionless", "")
    given = ", ".join(code(text) for text in example.inputs)
    expected, computed = (f"{number:.5g} {label}".strip() for number in (example.expected_number(), example.computed()))
    return f"{given}. *{example.kind}*: {prose(example.source)}", expected, computed
