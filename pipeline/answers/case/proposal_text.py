"""A proposal as text that did not come from a file, such as the body of a request: YAML or JSON, by the same strict rules."""

import json
from collections.abc import Iterable
from typing import Any, Literal

from pipeline.domain.config_files import parse
from pipeline.domain.errors import ScalebridgeError, first_line
from pipeline.domain.proposal import Proposal
from pipeline.domain.reading.yaml_text import DEEPEST, MOST_VALUES, YamlError, parse_yaml

Form = Literal["yaml", "json"]
LONGEST_NUMBER = 300
"""Most digits of a whole number."""
_PLACE = "The proposal"


def proposal_of(text: bytes, form: Form) -> Proposal:
    """Return the proposal that a text states.

    Raises ScalebridgeError if it is not UTF-8, is not YAML or JSON, nests too deeply, holds too many values or a key twice, or is
    no proposal.
    """
    return proposal_of_data(plain_data(text, form))


def proposal_of_data(data: object) -> Proposal:
    """Return the proposal that plain data states.

    Raises ScalebridgeError if it is none.
    """
    if not isinstance(data, dict):
        raise ScalebridgeError(f"{_PLACE} must hold keys and values at its top level, such as `name`, not {_kind(data)}")
    try:
        made: Proposal = parse(Proposal, data, _PLACE)
    except ScalebridgeError as error:
        raise ScalebridgeError(_in_one_line(str(error))) from None
    return made


def plain_data(text: bytes, form: Form) -> Any:
    """Return the plain data of a text.

    Raises ScalebridgeError for all reasons of `proposal_of` but the last.
    """
    try:
        written = text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScalebridgeError(f"The text is not UTF-8: byte {error.start + 1} belongs to no character") from None
    return _of_json(written) if form == "json" else _of_yaml(written)


def _of_yaml(text: str) -> Any:
    try:
        return parse_yaml(text)
    except YamlError as problem:
        raise ScalebridgeError(f"The text cannot be read, {problem}") from None


def _of_json(text: str) -> Any:
    try:
        data = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole_number)
    except json.JSONDecodeError as error:
        raise ScalebridgeError(
            f"The text is not JSON: line {error.lineno}, column {error.colno}: {first_line(Exception(error.msg))}"
        ) from None
    except (ValueError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        why = f"there are more than {DEEPEST} levels inside each other" if deep else str(error)
        raise ScalebridgeError(f"The text cannot be read: {why}") from None
    _check_size(data)
    return data


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key '{twice[:60]}' occurs twice; remove one of the two")
    return made


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _whole_number(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"a number has {len(digits):,} digits; a number of a plant has at most {LONGEST_NUMBER}")
    return int(digits)


def _check_size(data: Any) -> None:
    """Refuse what the reader of YAML refuses: too many levels, too many values, or half of a character."""
    level, depth, count = [data], 0, 0
    while level:
        count += len(level)
        if depth > DEEPEST:
            raise ScalebridgeError(f"The text cannot be read: there are more than {DEEPEST} levels inside each other")
        if count > MOST_VALUES:
            raise ScalebridgeError(f"The text cannot be read: it holds more than {MOST_VALUES:,} values")
        if any("\ud800" <= sign <= "\udfff" for one in level for text in _texts(one) for sign in text):
            raise ScalebridgeError("The text cannot be read: it holds half of a character, written as \\ud800 to \\udfff")
        inner = [one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list)]
        level, depth = [value for values in inner for value in values], depth + 1


def _texts(value: Any) -> Iterable[str]:
    """Return the texts of one value itself: the keys of keys and values."""
    return (value,) if isinstance(value, str) else value if isinstance(value, dict) else ()


def _kind(data: object) -> str:
    if data is None:
        return "nothing"
    return "a list" if isinstance(data, list) else f"the single value {str(data)[:40]!r}"


def _in_one_line(message: str) -> str:
    """Return a message with one problem per line as one sentence."""
    head, *problems = message.splitlines()
    return f"{head} {'; '.join(line.strip() for line in problems)}" if problems else head
