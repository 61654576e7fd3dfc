"""The reference pages cover what they are written from."""

import json
import re

import jsonschema
import pytest
import yaml

from docs.generator.__main__ import PAGES, reference
from docs.generator.markdown import anchor, prose
from docs.generator.quantities import docstring_parts, formula, operations, outermost_formula
from docs.generator.schemas import dataclasses_of, field_docs
from docs.generator.worked_examples import worked_examples
from pipeline import similarity
from pipeline.answers.result.answer import Answer
from pipeline.answers.result.files import as_text
from pipeline.answers.result.watch import Watch
from pipeline.answers.watch.batch_file import BatchFile
from pipeline.config import GROUPS, Config
from pipeline.domain.process.definition import Definition
from pipeline.domain.proposal import Proposal
from tests.support.example_watch import deviating
from tests.support.markdown_blocks import ROOT
from tests.support.trained_pot import answered

REFERENCE = reference()
CONFIGURATION = [cls for cls in dataclasses_of(Config) if cls is not Config] + dataclasses_of(Proposal)


def _rows(text: str, cls: type) -> dict[str, str]:
    """Key → meaning, in the section of a class."""
    section = re.search(rf"^## [^\n]* {{#{anchor(cls.__name__)}}}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    found = re.findall(r"^\| `(\w+)` \|.*\| (.*?) \|$", section[1], re.MULTILINE) if section else []
    return dict(found)


@pytest.mark.parametrize("cls", CONFIGURATION, ids=lambda cls: cls.__name__)
def test_configuration__every_key_is_on_a_page_and_has_a_meaning(cls: type) -> None:
    pages = [REFERENCE[f"conf_{group}.md"] for group in GROUPS] + [REFERENCE["proposal.md"]]
    [rows] = [rows for text in pages if (rows := _rows(text, cls))]
    assert set(rows) == set(cls.__pydantic_fields__)  # type: ignore[attr-defined]
    assert all(rows.values()), [key for key, meaning in rows.items() if not meaning]


def test_params__every_choice_is_on_the_page() -> None:
    keys = re.findall(r"^\| `(\w+)` \|", REFERENCE["params.md"], re.MULTILINE)
    assert keys == list(Config.__pydantic_fields__)  # type: ignore[attr-defined]


def test_result__every_part_is_on_the_page() -> None:
    for cls in dataclasses_of(Answer):
        assert set(_rows(REFERENCE["result.md"], cls)) == set(cls.__pydantic_fields__), cls  # type: ignore[attr-defined]


@pytest.mark.parametrize(("page", "made_of"), [("watch.md", Watch), ("batch_file.md", BatchFile)])
def test_watch__every_part_is_on_its_page(page: str, made_of: type) -> None:
    for cls in dataclasses_of(made_of):
        assert set(_rows(REFERENCE[page], cls)) == set(cls.__pydantic_fields__), cls  # type: ignore[attr-defined]


def test_watch__schema_accepts_a_watch() -> None:
    schema = json.loads(REFERENCE["watch.schema.json"])
    jsonschema.validate(json.loads(as_text(deviating())), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": 1}, schema)


def test_result__schema_accepts_an_answer() -> None:
    schema = json.loads(REFERENCE["result.schema.json"])
    jsonschema.validate(json.loads(as_text(answered(depth="whole"))), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"version": 1}, schema)


def test_field_docs__include_those_of_base_classes() -> None:
    docs = field_docs(next(cls for cls in CONFIGURATION if cls.__name__ == "Process"))
    assert docs["batch"] == field_docs(Definition)["batch"] != ""


def test_command_line__has_every_command_and_target() -> None:
    text = REFERENCE["command_line.md"]
    for command in ("predict", "compare", "simulate", "scaffold", "check", "summary", "watch", "replay", "ui"):
        assert f"## {command} {{#{command}}}" in text
    for target in ("run", "test", "docs"):
        assert f"`make {target}`" in text


def test_stages__has_every_stage_with_what_it_writes() -> None:
    stages = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
    for name in stages:
        section = REFERENCE["stages.md"].split(f"## {name} {{#{name}}}")[1].split("\n## ")[0]
        assert "| writes |" in section, name


@pytest.mark.parametrize("name", similarity.__all__)
def test_formulas__each_has_unit_range_source_and_example(name: str) -> None:
    parts = docstring_parts(formula(name))
    assert "[" in parts["formula"]
    assert all(parts.values()), parts
    assert f"### `{name}` {{#{name}}}" in REFERENCE["formulas.md"]


def test_features__every_feature_is_on_the_page() -> None:
    for operation in operations().values():
        for feature in (*operation.features, *operation.trajectory_features):
            assert f"`{feature.name}`" in REFERENCE["features.md"]


def test_worked_examples__every_quantity_and_example_is_on_the_page() -> None:
    text = REFERENCE["worked_examples.md"]
    for operation in operations().values():
        for feature in operation.features:
            assert f"| `{feature.name}` |" in text
        for own in operation.examples:
            assert prose(own.source).replace("|", "\\|") in text, own.quantity
    for example in worked_examples():
        assert prose(example.source).replace("|", "\\|") in text, example.function


def test_worked_examples__every_quantity_has_a_formula_a_source_and_both_numbers() -> None:
    sections = REFERENCE["worked_examples.md"].split("\n## ")[1:]
    rows = [
        re.split(r" (?<!\\)\| ", line.strip("| "))
        for part in sections
        for line in part.splitlines()
        if line.startswith("| ")
    ]
    told = [row for row in rows if row[0] not in ("---", "operation", "formula")]
    quantities = {f"`{f.name}`" for one in operations().values() for f in one.features}
    named = [row for row in told if len(row) == 9 and row[1] in quantities]
    assert {row[1] for row in named} == quantities
    for row in named:
        assert all(row[column].strip() for column in range(9)), row
    for row in told:
        assert any("see above" in cell for cell in row) or (row[-1].strip() and row[-2].strip()), row


@pytest.mark.parametrize(
    ("kind", "quantity", "first"),
    [
        ("bioreactor", "oxygen_transfer_capacity", "oxygen_transfer_rate"),
        ("bioreactor", "smallest_eddy_to_cell_ratio", "eddy_to_cell_ratio"),
        ("harvest", "tubular_loading", "flow_per_settling_area"),
        ("freeze_dryer", "equipment_load", "sublimation_rate"),
        ("bioreactor", "tip_speed", "tip_speed"),
        ("mill", "size_ratio", ""),
    ],
)
def test_outermost_formula__is_the_one_whose_result_is_returned(kind: str, quantity: str, first: str) -> None:
    [feature] = [one for one in operations()[kind].features if one.name == quantity]
    assert outermost_formula(feature.compute) == first


def test_index__lists_every_page() -> None:
    assert {*PAGES, "index.md", ".nav.yml", "result.schema.json", "watch.schema.json", "openapi.json"} == set(REFERENCE)
