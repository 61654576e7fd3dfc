"""The repeatability that a user states: a share of the value, or an amount."""

from typing import Any

import polars as pl
import pytest

from pipeline.domain.attributes import Attribute
from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.repeatability import Repeatability, repeatability
from pipeline.domain.units import Substance


@pytest.mark.parametrize(
    ("stated", "of", "expected"),
    [
        ("2 %", "g/L", Repeatability(0.02, True)),
        ("2%", "ng/mg", Repeatability(0.02, True)),
        ("2 % relative", "%", Repeatability(0.02, True)),
        ("100 mg/L", "g/L", Repeatability(0.1, False)),
        ("0.5 % absolute", "%", Repeatability(0.005, False)),
        ("0.5 % w/w absolute", "% w/w", Repeatability(0.005, False)),
        ("0.2 K", "degC", Repeatability(0.2, False)),
        (0.05, "", Repeatability(0.05, False)),
        (".05", "pH", Repeatability(0.05, False)),
    ],
)
def test_repeatability__is_read_in_si(stated: str | float, of: str, expected: Repeatability) -> None:
    found = repeatability(stated, of, Substance())
    assert found.relative is expected.relative
    assert found.size == pytest.approx(expected.size)


@pytest.mark.parametrize(
    ("stated", "of", "message"),
    [
        ("2 %", "%", r"could be a share of the value or an amount.*end it with 'relative'"),
        ("0.5", "%", "could be a share of the value or an amount"),
        (
            "2 kg",
            "g/L",
            r"'kg' \(mass\) cannot be converted to 'g/L'.*write for example '2 %' \(of the value\) or '0.1 g/L'",
        ),
        ("5 mmol/L", "g/L", "declare the `molar_mass`"),
        (0.05, "g/L", "'0.05' has no unit"),
        ("-1 g/L", "g/L", "is not a number above zero"),
        ("0 g/L", "g/L", "is not a number above zero"),
        ("good", "g/L", "is not a number above zero"),
        ("", "", "is not a number above zero"),
        ("100 %", "g/L", "is not below 100 %"),
        ("2 %", "degC", "whose zero is arbitrary"),
        ("0.1 g/L relative", "g/L", "a share of the value is written in %"),
    ],
)
def test_repeatability__that_cannot_be_read_says_what_to_write(stated: str | float, of: str, message: str) -> None:
    with pytest.raises(ScalebridgeError, match=message):
        repeatability(stated, of, Substance())


def test_deviation__of_a_share_grows_with_the_value_and_of_an_amount_does_not() -> None:
    values = pl.DataFrame({"x": [1.0, -4.0]})
    assert values.select(Repeatability(0.5, True).deviation(pl.col("x")).alias("s"))["s"].to_list() == [0.5, 2.0]
    assert values.with_columns(Repeatability(0.5, False).deviation(pl.col("x")).alias("s"))["s"].to_list() == [0.5, 0.5]


def _attribute(**changes: Any) -> Attribute:
    plain = {"role": "CQA", "horizon": "release", "description": "x", "unit": "g/L", "repeatability": "2 %"}
    found: Attribute = parse(Attribute, plain | changes, "attributes.titre")
    return found


def test_attribute__with_a_molar_mass_states_its_repeatability_in_moles() -> None:
    assert _attribute().stated_repeatability == Repeatability(0.02, True)
    found = _attribute(unit="g/L", repeatability="1 mmol/L", molar_mass="90 g/mol").stated_repeatability
    assert found is not None
    assert found.size == pytest.approx(0.09)
    assert _attribute(repeatability=None).stated_repeatability is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"role": "CPP", "horizon": "plan"}, "only a number of role CQA or IPC has one"),
        ({"repeatability": "2 s"}, "repeatability: unit 's'"),
    ],
)
def test_attribute__refuses_a_repeatability_that_it_cannot_have(changes: dict[str, str], message: str) -> None:
    with pytest.raises(ScalebridgeError, match=message):
        _attribute(**changes)
