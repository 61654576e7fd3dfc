"""Files of the configuration, and the only writer of JSON."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.config_files import as_json, load, read_config, read_key
from pipeline.domain.errors import ScalebridgeError

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_as_json__is_json_whatever_the_numbers(data: object) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    json.loads(as_json(data), parse_constant=refuse)


def test_as_json__writes_null_for_what_is_not_finite_and_leaves_the_rest() -> None:
    data = {"a": math.nan, "b": [1.5, math.inf, {"c": -math.inf}], "d": (1, "µ"), "e": True}
    assert json.loads(as_json(data)) == {"a": None, "b": [1.5, None, {"c": None}], "d": [1, "µ"], "e": True}


def test_as_json__is_text_for_people() -> None:
    assert as_json({"unit": "µmol/L", "n": [1]}) == '{\n  "unit": "µmol/L",\n  "n": [\n    1\n  ]\n}\n'
    assert as_json({"n": [1]}, indent=1) == '{\n "n": [\n  1\n ]\n}\n'
    assert as_json([1, 2.5], indent=None) == "[1, 2.5]\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    for key, text in {"seed": "seed: 7\n", "model": "model:\n  kind: ridge\n", "cost": "costs: {}\n"}.items():
        (tmp_path / f"{key}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_load__reads_the_key_of_its_file(config: Path) -> None:
    assert load(config, "seed", int) == 7
    assert read_key(config, "model") == {"kind": "ridge"}


def test_load__names_the_file_where_a_value_is_wrong(config: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"model\.yaml is not valid"):
        load(config, "model", int)


def test_read_key__says_what_is_missing_and_what_to_do(config: Path) -> None:
    with pytest.raises(ScalebridgeError, match=r"horizon\.yaml does not exist; run `dvc repro` first"):
        read_key(config, "horizon")
    with pytest.raises(ScalebridgeError, match=r"cost\.yaml has no key 'cost'; it has costs"):
        read_key(config, "cost")


def test_read_config__reads_all_keys(config: Path) -> None:
    (config / "cost.yaml").unlink()
    assert read_config(config) == {"model": {"kind": "ridge"}, "seed": 7}
