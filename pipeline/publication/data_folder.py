"""What in the data folder is no longer as in a published run. An answer is that of the run; a reader should know of the change."""

from pipeline.domain.errors import listed
from pipeline.domain.hashes import hash_of_file
from pipeline.domain.places import Places
from pipeline.publication.bundle import Bundle


def changed_since(places: Places, bundle: Bundle) -> list[str]:
    """Return the files and folders of the project that differ from those of a published run. What is not there is not counted.

    During `dvc repro`, files that DVC has deleted are missing.
    """
    root, found = places.features.parent, dict[str, None]()
    for name, digest in bundle.manifest.files.items():
        file = places.params if name == places.params.name else root / name
        if file.is_file() and hash_of_file(file) != digest:
            found[name.split("/")[0]] = None
    return list(found)


def note_on_changes(places: Places, bundle: Bundle) -> str | None:
    """Return a sentence on what has changed since a run was published; None if nothing has."""
    if not (names := changed_since(places, bundle)):
        return None
    verb = "has" if len(names) == 1 else "have"
    return (
        f"{listed(names)} {verb} changed since run {bundle.run} was published. The answer is that of the run. "
        "`dvc repro` makes a new one."
    )
