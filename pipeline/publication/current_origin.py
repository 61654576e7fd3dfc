"""The origin that the files of a project have now: the stage `train` writes it down, the stage `publish` compares it."""

from pathlib import Path

from pipeline.domain.hashes import hash_of_file
from pipeline.domain.places import Places
from pipeline.publication.code import files_used_by, hashes_of_code
from pipeline.publication.origin import Origin

STAGE = "pipeline.stages.train"
"""The module whose code trains."""
KEYS = ("horizon", "interval", "model", "process", "seed")
"""Keys of the configuration that training reads."""


def origin_now(places: Places) -> Origin:
    """Return the origin that the files of a project have now. The stage `train` writes it after everything else."""
    root = places.features.parent
    read = (places.features, places.folds, places.results, places.ledger)
    written = (*sorted(places.model.glob("*.json")), places.forecasts, places.calibrations)
    return Origin(
        data={path.relative_to(root).as_posix(): _hash(path) for path in read},
        configuration={key: _hash(places.config / f"{key}.yaml") for key in KEYS},
        code=hashes_of_code(files_used_by(STAGE)),
        written={path.relative_to(root).as_posix(): _hash(path) for path in written},
    )


def _hash(path: Path) -> str:
    return hash_of_file(path) if path.is_file() else "missing"
