"""What an answer assumes, in display units."""

from collections.abc import Mapping

from pipeline.answers.case.assumed import Assumed
from pipeline.answers.result.assumptions import Assumption
from pipeline.domain.display import shown
from pipeline.domain.process.process import Process

DIGITS = 4
ORDER = ("scale", "vessel", "hold", "reference", "products")
"""What decides most about the scale comes first."""


def assumptions(process: Process, assumed: Mapping[str, Assumed]) -> tuple[Assumption, ...]:
    """Return what a proposal does not state, with its value and its origin. assumed: attribute or material → value, SI."""
    found = [
        Assumption(
            name,
            shown(one.value, process.attributes[name].si if name in process.attributes else None, DIGITS),
            one.source,
            one.origin,
            one.seen,
        )
        for name, one in assumed.items()
    ]
    return tuple(sorted(found, key=lambda one: ORDER.index(one.source)))
