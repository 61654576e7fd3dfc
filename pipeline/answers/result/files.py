"""Read and write answers as JSON, files of older versions included."""

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from pipeline.answers.result.answer import VERSION, Answer
from pipeline.answers.result.older_versions import upgraded
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.reading.stored import read_json


def as_text(part: object) -> str:
    """Return an answer, or a part of one, as the text of a JSON file."""
    return TypeAdapter(type(part)).dump_json(part, indent=2).decode() + "\n"


def read_answer(path: Path) -> Answer:
    """Read a result.json of this version or an older one.

    Raises ScalebridgeError for a file that is missing, is not JSON, is of a newer version, or is not an answer.
    """
    data = read_json(path, missing="", damaged="give the path of a result.json")
    if not isinstance(data, dict):
        raise ScalebridgeError(f"{path} holds no answer: it must hold keys and values, not {type(data).__name__}")
    return answer_of(data, str(path))


def answer_of(data: dict[str, Any], place: str) -> Answer:
    """Return plain data of this version or an older one as an answer. place: where it stands, for messages.

    Raises ScalebridgeError if it is of a newer version, or is not an answer.
    """
    version = data.get("version", 0)
    if not isinstance(version, int) or version > VERSION:
        raise ScalebridgeError(
            f"{place} is an answer of version {version}; this program reads versions 0 to {VERSION}. Use a newer program"
        )
    try:
        found: Answer = TypeAdapter(Answer).validate_python(upgraded(data) if version == 0 else data)
    except (ValidationError, KeyError, TypeError, AttributeError) as error:
        raise ScalebridgeError(f"{place} is not an answer: {first_problem(error)}") from None
    return found


def first_problem(error: Exception) -> str:
    """Return the first problem of data that does not fit a schema, and how many there are."""
    if not isinstance(error, ValidationError):
        return f"{type(error).__name__} {error}"
    found = error.errors()[0]
    return f"{'.'.join(map(str, found['loc']))}: {found['msg']} ({error.error_count()} problems in all)"
