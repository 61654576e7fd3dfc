"""What is wrong with the values of a configuration."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import Field
from pydantic.dataclasses import dataclass

from pipeline.domain.config_files import parse, read_as
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.proposal import Proposal
from pipeline.domain.reading.problems import MOST
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class Inner:
    factor: float = 1.0


@dataclass(config=STRICT, frozen=True)
class Outer:
    name: str
    count: int = 1
    limits: tuple[float, ...] = ()
    pair: tuple[float, float] = (0.0, 1.0)
    either: str | float = ""
    parts: Mapping[str, Inner | float] = Field(default_factory=dict)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        ({"name": 17}, "name: a text is needed, not 17; write it in quotes: '17'"),
        ({"name": True}, "name: a text is needed, not true; write it in quotes: 'true'"),
        ({"name": "x", "count": "many"}, "count: a whole number is needed, not 'many'"),
        ({"name": "x", "count": True}, "count: true is no number; write it as 10 or 0.5"),
        ({"name": "x", "count": "1_0"}, "count: '1_0' is no number"),
        ({"name": "x", "limits": [1, "010"]}, "limits.1: '010' is no number"),
        ({"name": "x", "limits": [".inf"]}, "limits.0: a number is needed, not '.inf'"),
        ({"name": "x", "limits": ["inf"]}, "limits.0: a number is needed, not 'inf'"),
        ({"name": "x", "limits": [float("inf")]}, "limits.0: a number is needed, not inf"),
        ({"name": "x", "pair": [1, 2, 3]}, "pair: The list should have at most 2 items, not 3$"),
        ({"name": "x", "pair": [1]}, "pair.1: Field required"),
        ({"name": "x", "limits": 5}, "limits: a list is needed, not 5"),
        ({"name": "x", "either": True}, "either: true is no number"),
        ({"name": "x", "either": []}, "either: a text or a number is needed, not a list"),
        ({"name": "x", "parts": {"a": "x"}}, "parts.a: keys and values or a number is needed, not 'x'"),
        ({"name": "x", "parts": {"a": {"factor": False}}}, "parts.a.factor: false is no number"),
        ({"name": "x", "parts": {"a": {"fctor": 1}}}, "parts.a.fctor: Unexpected keyword argument; remove the key"),
        ({}, "name: Field required"),
        ({"name": "x", "either": "x" * 500, "count": "x" * 500}, r"count: a whole number is needed, not 'x{70,80}\.\.\."),
    ],
)
def test_parse__names_the_value_and_what_is_needed(data: object, line: str) -> None:
    with pytest.raises(ScalebridgeError, match=line):
        parse(Outer, data, "the file")


def test_parse__one_value_is_one_problem() -> None:
    with pytest.raises(ScalebridgeError) as raised:
        parse(Proposal, {"name": "x", "process": "x", "product": "x", "scale": 1, "tolerances": {"a": "nan"}}, "the file")
    assert str(raised.value).splitlines()[1:] == [
        "  tolerances.a: 'nan' is not a number with a unit; write for example '2000 L'"
    ]


def test_parse__reads_numbers_in_quotes() -> None:
    assert parse(Outer, {"name": "x", "count": "5", "limits": ["1e3"]}, "the file") == Outer("x", 5, (1000.0,))


def test_parse__lists_the_first_problems_and_counts_the_rest() -> None:
    with pytest.raises(ScalebridgeError) as raised:
        parse(Outer, {"name": "x", "limits": ["no"] * (MOST + 7)}, "the file")
    assert str(raised.value).splitlines()[-1] == "  … and 7 more"
    assert len(str(raised.value).splitlines()) == MOST + 2


def test_read_as__names_the_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("# comment\nname: x\nlimits:\n- 1\n- yes\nparts:\n  a: {factr: 1}\n", encoding="utf-8")
    with pytest.raises(
        ScalebridgeError, match=r"(?s)a\.yaml is not valid:.*line 5, limits.1: a number.*line 7, parts.a.factr: Unex"
    ):
        read_as(Outer, tmp_path / "a.yaml")
