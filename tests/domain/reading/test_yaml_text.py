"""YAML by strict rules: what is read, and what is refused with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.reading.yaml_text import DEEPEST, MOST_VALUES, YamlError, as_yaml, line_of, parse_yaml

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
WORDS = st.sampled_from(
    [
        *(
            "yes",
            "no",
            "on",
            "off",
            "Null",
            "~",
            "",
            "true",
            "010",
            "1_0",
            "1:30",
            "0x1F",
            ".inf",
            ".nan",
            "1e5",
            "5",
            "2024-01-31",
        ),
        *("<<", "é", "=1", "1e999", "9" * 400, "a\x85b", "\u2028", "\ufeffx", "\r"),
    ]
)


@given(PLAIN | WORDS | st.dictionaries(WORDS, WORDS))
def test_as_yaml__is_read_back_as_it_was(data: object) -> None:
    assert parse_yaml(as_yaml({"a": data})) == {"a": data}


def test_parse_yaml__a_word_is_text_unless_it_is_a_number_by_the_rules() -> None:
    text = "a: yes\nb: off\nc: 1_0\nd: 1:30\ne: 0o7\nf: 010\ng: .inf\nh: .nan\ni: 2024-01-31\nj: 0x1F\nk: 12:30:45"
    found = parse_yaml(text)
    assert isinstance(found, dict)
    assert list(found.values()) == [
        "yes",
        "off",
        "1_0",
        "1:30",
        "0o7",
        "010",
        ".inf",
        ".nan",
        "2024-01-31",
        "0x1F",
        "12:30:45",
    ]
    assert parse_yaml("[1, -2.5, 1e5, .5, +3, 5., true, False, null, ~]") == [
        1,
        -2.5,
        1e5,
        0.5,
        3,
        5.0,
        True,
        False,
        None,
        None,
    ]
    assert parse_yaml("'5'") == "5"


def test_parse_yaml__a_key_is_text_as_it_is_written() -> None:
    assert parse_yaml("1: a\nyes: b\n1.50: c\n~: d") == {"1": "a", "yes": "b", "1.50": "c", "~": "d"}


def test_parse_yaml__aliases_and_merged_keys_are_read() -> None:
    assert parse_yaml("a: &x {u: 1, v: 2}\nb: {<<: *x, v: 3}\nc: [*x, *x]") == {
        "a": {"u": 1, "v": 2},
        "b": {"u": 1, "v": 3},
        "c": [{"u": 1, "v": 2}, {"u": 1, "v": 2}],
    }
    assert parse_yaml("a: &x {u: 1}\nb: &y {u: 2, v: 2}\nc: {<<: [*x, *y]}")["c"] == {"u": 1, "v": 2}  # type: ignore[index]


def _laughs(levels: int) -> str:
    """A short text whose aliases stand for ten times as many values on each level."""
    names = "abcdefghij"
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"{names[n]}: &{names[n]} [{', '.join([f'*{names[n - 1]}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3", r"line 3, column 1: the key 'a' occurs twice; it stands in line 1 too"),
        ("x:\n  a: 1\n  'a': 3", r"line 3, column 3: the key 'a' occurs twice"),
        ("a: " + "[" * (DEEPEST + 5), f"more than {DEEPEST} levels"),
        (_laughs(9), f"line 5.*more than {MOST_VALUES:,} values, those repeated by aliases included"),
        ("a: &x [*x]", r"the alias \*x stands for nothing above it, or for itself"),
        ("a: *nowhere", r"the alias \*nowhere stands for nothing"),
        ("a: !!python/object/apply:os.system [ls]", r"column 4: the tag '.*os.system' is not allowed"),
        ("a: !!float '5'", "the tag '.*float' is not allowed"),
        ("a: !mine {b: 1}", "the tag '!mine' is not allowed"),
        ("a: '${oc.env:HOME}'", r"asks for a value from outside, such as from the environment"),
        ("a: x${a.${oc.env:HOME}}", r"asks for a value from outside"),
        ("a: |\n  ${oc.decode:x}", r"asks for a value from outside"),
        ("${oc.env:HOME}: 1", r"asks for a value from outside"),
        ("a: 1e999", "the number 1e999 is too large"),
        (f"a: {'9' * 301}", "the number has 301 digits"),
        ("---\na: 1\n---\nb: 1", "line 3, column 1: a second document begins"),
        ("[a]: 1", "a key must be a word"),
        ("a: b: c", "line 1, column 5: this is not YAML"),
        ("a: 1\n\tb: 2", "line 2, column 1: this is not YAML"),
        ("a: 'x", "this is not YAML"),
        ("a: 1\nb: \x00", r"line 2: this is not YAML: the character U\+0000 is not allowed"),
        ("a: {<<: 5}", "the key '<<' takes an alias"),
    ],
)
def test_parse_yaml__refuses_and_names_the_line(text: str, problem: str) -> None:
    with pytest.raises(YamlError, match=problem):
        parse_yaml(text)


def test_parse_yaml__a_reference_to_another_value_of_the_configuration_stays() -> None:
    assert parse_yaml("a: ${seed}\nb: 'price: ${x}: 5'") == {"a": "${seed}", "b": "price: ${x}: 5"}


def test_parse_yaml__gives_a_copy_that_may_be_changed() -> None:
    found = parse_yaml("a: [1]")
    assert isinstance(found, dict)
    found["a"].append(2)
    assert parse_yaml("a: [1]") == {"a": [1]}


def test_line_of__finds_the_nearest_value() -> None:
    text = "a:\n  b: 1\n  c:\n  - 1\n  - x: 2\n"
    assert line_of(text, ("a", "c", 1, "x")) == 5
    assert line_of(text, ("a", "c", 1, "NameOfAClass", "x")) == 5
    assert line_of(text, ("a", "nothing")) == 1
    assert line_of(text, ("nothing",)) is None
