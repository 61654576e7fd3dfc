"""Installation qualification: is what is installed what was meant to be installed, and on what does it run?"""

import base64
import hashlib
import locale
import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution, requires, version
from pathlib import Path
from zoneinfo import ZoneInfo

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from pipeline.domain.whole_files import write_whole
from pipeline.publication.code import PACKAGE
from pipeline.qualification.check import Check, Finding, check

NAME = "scalebridge"
THREADS = ("OPENBLAS_NUM_THREADS", "OPENBLAS_CORETYPE", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS")
"""Variables that decide how many threads compute, and with which kernels."""


MOST = 10
"""Problems that are named. Of more, the number is given."""


def installation_checks(constraints: Path, out: Path) -> Iterator[Check]:
    """Yield the checks of the installation.

    constraints: file with one `name==version` per line; where it does not exist, the ranges that the package declares count.
    out: folder to which the evidence is written.
    """
    needs = distribution(NAME).metadata["Requires-Python"] or ">=3.11"
    yield check("IQ-01", "Version of Python", f"Python {needs}", lambda: _python(needs))
    yield check("IQ-02", "Version of Scalebridge, and where it is installed", "written down", _package)
    what = f"the versions in {constraints.name}" if constraints.is_file() else "the ranges that Scalebridge declares"
    yield check("IQ-03", "Versions of the packages that Scalebridge needs", what, lambda: packages(constraints))
    yield check(
        "IQ-04",
        "Installed code against the hashes of the wheel",
        "every file has its hash",
        lambda: code(distribution(NAME)),
    )
    yield check("IQ-05", "Computer and operating system", "written down", _platform)
    yield check("IQ-06", "Time zones", "the rules of daylight saving time are known", time_zones)
    yield check("IQ-07", "Threads and linear algebra", "one thread for the linear algebra of a fit", threads)
    yield check("IQ-08", "Texts and files", "UTF-8, and a file is replaced whole", lambda: files(out))


def _python(needs: str) -> Finding:
    found = platform.python_version()
    return Finding(f"Python {found}, {platform.python_implementation()}", found in SpecifierSet(needs), (sys.executable,))


def _package() -> Finding:
    return Finding(f"{NAME} {version(NAME)}", None, (str(PACKAGE),))


def packages(constraints: Path) -> Finding:
    """Compare the versions of the installed packages with those that are pinned, or with the declared ranges."""
    wanted = _pinned(constraints) if constraints.is_file() else _declared()
    there = {name: _version(name) for name in wanted}
    missing = [name for name in _declared() if _version(name) is None]
    other = [name for name, found in there.items() if found is not None and found not in wanted[name]]
    lines = tuple(
        f"{name} {found}" + (f", NOT {wanted[name]}" if name in other else "")
        for name, found in sorted(there.items())
        if found is not None
    )
    problems = [*(f"{name} is not installed" for name in missing), *(f"{n} {there[n]} is not {wanted[n]}" for n in other)]
    return Finding("; ".join(problems) or f"{len(lines)} packages as expected", not problems, lines)


def _pinned(constraints: Path) -> dict[str, SpecifierSet]:
    """Package → version, of the lines of a file. Comments are left out."""
    lines = (line.split("#")[0].strip() for line in constraints.read_text(encoding="utf-8").splitlines())
    found = [Requirement(line) for line in lines if line]
    return {one.name: one.specifier for one in found if one.marker is None or one.marker.evaluate()}


def _declared() -> dict[str, SpecifierSet]:
    """Package → range, of the packages that Scalebridge always needs."""
    found = [Requirement(line) for line in requires(NAME) or ()]
    return {one.name: one.specifier for one in found if one.marker is None or one.marker.evaluate({"extra": ""})}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def code(installed: Distribution) -> Finding:
    """Compare the installed files of the package with the list of hashes that the wheel brought."""
    whole = f"SHA-256 of the {len(_sources())} files of the package together: {_hash_of_package()}"
    listed = {Path(str(one.locate())).resolve(): one for one in installed.files or () if one.parts[0] == PACKAGE.name}
    hashes = {path: one.hash.value for path, one in listed.items() if one.hash is not None}
    if not hashes:
        return Finding("installed in editable mode, so there is no list of hashes", None, (whole,))
    problems = [
        *(f"{path.name} was changed or is missing" for path, value in hashes.items() if not _has_hash(path, value)),
        *(f"{path} does not belong to the wheel" for path in _sources() if path.resolve() not in listed),
    ]
    shown = "; ".join(problems[:MOST]) + (f"; and {len(problems) - MOST} more" if len(problems) > MOST else "")
    return Finding(shown or f"{len(hashes)} files have their hash", not problems, (whole,))


def _has_hash(path: Path, expected: str) -> bool:
    if not path.is_file():
        return False
    digest = hashlib.sha256(path.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == expected


def _sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _hash_of_package() -> str:
    """Hash of names and contents of all source files."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _platform() -> Finding:
    where = f"{platform.system()} {platform.release()}, {platform.machine()}, {os.cpu_count()} processors"
    return Finding(where, None, (platform.platform(), f"computer: {platform.node()}"))


def time_zones() -> Finding:
    """Check the rules of a time zone on both sides of a clock change, and write down the zone of the computer."""
    zone = ZoneInfo("Europe/Zurich")
    moments = (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC))
    local = [f"{moment.astimezone(zone):%H:%M}" for moment in moments]
    now = datetime.now().astimezone()
    details = (f"time of this computer: {now.isoformat(timespec='seconds')} ({now.tzname()})",)
    return Finding(
        f"29 March 2026 in Zurich, 00:30 and 01:30 UTC: {' and '.join(local)}", local == ["01:30", "03:30"], details
    )


def threads() -> Finding:
    """Write down what decides how linear algebra is computed, and check that a fit uses one thread."""
    import numpy as np

    built = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    stated = tuple(f"{name} = {os.environ.get(name, 'not set')}" for name in THREADS)
    one = os.environ.get("OPENBLAS_NUM_THREADS")
    return Finding(
        f"OPENBLAS_NUM_THREADS = {one}", one == "1", (*stated, f"BLAS: {built.get('name')} {built.get('version')}")
    )


def files(folder: Path) -> Finding:
    """Write a file, replace it whole, and read it back."""
    probe = folder / ".probe"
    try:
        write_whole(probe, "0")
        write_whole(probe, "µ·°C 25 ≤ x")
        back = probe.read_text(encoding="utf-8")
    finally:
        probe.unlink(missing_ok=True)
    coding = (f"file names: {sys.getfilesystemencoding()}", f"texts of this computer: {locale.getencoding()}")
    return Finding(f"read back: {back}", back == "µ·°C 25 ≤ x", coding)
