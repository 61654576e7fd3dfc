"""A value that a proposal does not state, and where it comes from."""

from dataclasses import dataclass

from pipeline.answers.result.assumptions import Source


@dataclass(frozen=True)
class Assumed:
    """A value that is assumed, SI."""

    value: float | str
    source: Source
    origin: str
    """Where the value comes from, in words that follow it: `as V-2001 ran in 9 batches`."""
    seen: str = ""
    """Range in the same batches, in words; empty where they agree."""
