"""Read and write what is said of a running batch as JSON."""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from pipeline.answers.result.files import as_text
from pipeline.answers.result.watch import VERSION, Watch
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.reading.stored import read_json


def watch_as_text(watch: Watch) -> str:
    """Return a watch as the text of a JSON file."""
    return as_text(watch)


def read_watch(path: Path) -> Watch:
    """Read a file that `scalebridge watch --out` wrote.

    Raises ScalebridgeError for a file that is missing, is not JSON, is of a newer version, or is not a watch.
    """
    data = read_json(path, missing="", damaged="give the path of a file that `scalebridge watch --out` wrote")
    version = data.get("version") if isinstance(data, dict) else None
    if not isinstance(version, int):
        raise ScalebridgeError(
            f"{path} holds no watch of a batch: it has no version; give a file of `scalebridge watch --out`"
        )
    if version > VERSION:
        raise ScalebridgeError(f"{path} is of version {version}; this program reads version {VERSION}. Use a newer program")
    try:
        found: Watch = TypeAdapter(Watch).validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ScalebridgeError(
            f"{path} is not a watch of a batch: {place}: {first['msg']} ({error.error_count()} problems in all)"
        ) from None
    return found
