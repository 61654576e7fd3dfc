"""The one error that a user's mistake raises: a sentence, never a traceback."""

from collections.abc import Iterable


class ScalebridgeError(Exception):
    """A mistake in the user's files or settings, told in one sentence that names what was found and what was expected."""


def listed(names: Iterable[object], most: int = 5) -> str:
    """Join names for a message, cut after `most` with the number that is left out.

    >>> listed(["a", "b", "c"], most=2)
    'a, b … and 1 more'
    """
    shown = [str(name) for name in names]
    rest = len(shown) - most
    return ", ".join(shown[:most]) + (f" … and {rest} more" if rest > 0 else "") or "none"
