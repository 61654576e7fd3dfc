"""The error that is raised for a mistake in the user's files or settings. Commands print it without a traceback."""

import difflib
import itertools
from collections.abc import Iterable

MOST_COMPARED = 20_000
"""Most names that a wrong name is compared with."""


class ScalebridgeError(Exception):
    """A mistake in the user's files or settings. The message names the place, the value found and what is expected."""


class ClusterError(ScalebridgeError):
    """The cluster cannot be used. It says nothing about the user's data, so no stage may take it for a result."""


def listed(names: Iterable[object], most: int = 5) -> str:
    """Join names for a message; after `most` names, say how many more there are.

    >>> listed(["a", "b", "c"], most=2)
    'a, b … and 1 more'
    """
    shown = [str(name) for name in names]
    rest = len(shown) - most
    return ", ".join(shown[:most]) + (f" … and {rest} more" if rest > 0 else "") or "none"


def first_line(error: BaseException) -> str:
    """Return the message of an error as one line of at most 160 characters; the kind of the error if it has no message.

    >>> first_line(ValueError("one\\n  two")), first_line(KeyError())
    ('one two', 'KeyError')
    """
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 160 else f"{text[:157]}..."


def close_to(name: str, names: Iterable[str]) -> str:
    """List the names that are spelled most like a wrong one, upper and lower case apart; empty if none is.

    Of more than 20,000 names none is compared, since that would take minutes.

    >>> close_to("b-01", ["B-041", "B-001", "X"])
    "'B-001', 'B-041'"
    """
    if len(known_names := list(names)) > MOST_COMPARED:
        return ""
    folded = {known.casefold().strip(): known for known in sorted(known_names)}
    wanted = name.casefold().strip()
    near = sorted(difflib.get_close_matches(wanted, folded, n=50), key=lambda one: -_shared_ends(one, wanted))
    return ", ".join(repr(folded[one]) for one in near[:3])


def _shared_ends(one: str, other: str) -> int:
    """Number of signs that two names share at their beginning and at their end."""
    ends = ((one, other), (one[::-1], other[::-1]))
    return sum(sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(*end, strict=False))) for end in ends)
