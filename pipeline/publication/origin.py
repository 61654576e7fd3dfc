"""What a model was trained from: data, configuration and code, by hash. A model that does not fit the rest of a run is refused."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from pydantic.dataclasses import dataclass

from pipeline.domain.config_files import parse, read_json
from pipeline.domain.errors import ScalebridgeError, listed
from pipeline.domain.strict_config import STRICT
from pipeline.publication.code import changed, hashes_of_code


@dataclass(config=STRICT, frozen=True)
class Origin:
    """What a model was trained from, and what training wrote. Each part: name → SHA-256."""

    data: Mapping[str, str]
    """Files of the data folder that training read."""
    configuration: Mapping[str, str]
    """Keys of the configuration that training read."""
    code: Mapping[str, str]
    """Files of the package that training used."""
    written: Mapping[str, str]
    """Files that training wrote."""


def read_origin(path: Path) -> Origin:
    """Read what `origin_now` (`current_origin.py`) found when the model was trained.

    Raises ScalebridgeError if the file is missing or is not an origin.
    """
    if not path.is_file():
        raise ScalebridgeError(f"{path} does not exist, so it is not known what the model was trained from; run `dvc repro`")
    origin: Origin = parse(Origin, read_json(path), str(path))
    return origin


def as_plain(origin: Origin) -> dict[str, object]:
    """Return an origin as plain data for a JSON file."""
    return asdict(origin)


def refuse_mixture(trained: Origin, now: Origin) -> None:
    """Check that a model and the files around it belong to one run.

    Raises ScalebridgeError that names every file and key that differs.
    """
    if found := list(_differences(trained, now)):
        raise ScalebridgeError(f"The model does not belong to this run: {'; '.join(found)}. Run `dvc repro`")


def refuse_other_code(trained: Origin) -> None:
    """Check that the installed package has the code that trained a model.

    Raises ScalebridgeError that names the files that differ.
    """
    if files := changed(trained.code, hashes_of_code(trained.code)):
        raise ScalebridgeError(
            f"The model was trained by other code than the one that is installed: the difference is in {listed(files)}. "
            "Run `dvc repro`, or install the version that trained it"
        )


def _differences(trained: Origin, now: Origin) -> Iterator[str]:
    named = {
        "data": "it was trained on other data ({} differ)",
        "configuration": "it was trained with another configuration ({} differ)",
        "code": "it was trained by other code ({} differ)",
        "written": "its files were changed since ({} differ)",
    }
    for part, words in named.items():
        if names := changed(getattr(trained, part), getattr(now, part)):
            yield words.format(listed(names))
