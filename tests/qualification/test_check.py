"""One check: passed, failed or recorded, with its evidence."""

from pipeline.domain.errors import ScalebridgeError
from pipeline.qualification.check import Finding, check, refused


def _fail() -> Finding:
    raise ZeroDivisionError("float division\nby zero")


def _refuse() -> None:
    raise ScalebridgeError("the unit 'L' does not fit")


def test_check__has_the_state_of_what_was_found() -> None:
    states = {passed: check("A", "a", "b", lambda p=passed: Finding("c", p)).state for passed in (True, False, None)}  # type: ignore[misc]
    assert states == {True: "passed", False: "failed", None: "recorded"}


def test_check__that_cannot_be_made_is_a_failure_with_what_was_said() -> None:
    found = check("A-1", "division", "a number", _fail)
    assert (found.id, found.state, found.found) == ("A-1", "failed", "ZeroDivisionError: float division by zero")


def test_refused__passes_only_with_the_words() -> None:
    assert refused(_refuse, "unit 'L'").passed
    assert not refused(_refuse, "unit 'kg'").passed
    assert refused(lambda: None, "unit").found == "it was not refused"
