"""One check: what was expected, what was found, and whether it passed."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

State = Literal["passed", "failed", "recorded"]
"""`recorded`: a fact that is written down, and that has no right or wrong value."""


@dataclass(frozen=True)
class Finding:
    """What a check found."""

    found: str
    passed: bool | None = None
    """None: the fact is written down only."""
    details: tuple[str, ...] = ()
    """Evidence, one line each."""


@dataclass(frozen=True)
class Check:
    """One check with its evidence."""

    id: str
    what: str
    expected: str
    found: str
    state: State
    seconds: float
    details: tuple[str, ...]


def check(number: str, what: str, expected: str, look: Callable[[], Finding]) -> Check:
    """Make a check. An error of the check is a failure, and what it said is the evidence."""
    begun = time.perf_counter()
    try:
        finding = look()
    except Exception as error:  # a check that cannot be made has not passed
        finding = Finding(f"{type(error).__name__}: {' '.join(str(error).split())[:400]}", passed=False)
    state: State = "recorded" if finding.passed is None else "passed" if finding.passed else "failed"
    return Check(number, what, expected, finding.found, state, round(time.perf_counter() - begun, 2), finding.details)


def refused(call: Callable[[], object], words: str) -> Finding:
    """Return a finding that passes if a call is refused with a sentence that contains some words."""
    from pipeline.domain.errors import ScalebridgeError

    try:
        call()
    except ScalebridgeError as error:
        return Finding(f"refused: {error}", passed=words in str(error))
    return Finding("it was not refused", passed=False)
