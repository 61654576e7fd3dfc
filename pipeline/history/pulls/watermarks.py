"""Watermarks: from which one the next pull asks for rows."""

from datetime import date, datetime, timedelta

from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.pull_kinds import Pull
from pipeline.domain.times.lag import lag
from pipeline.history.snapshots.stream import Mark

USUAL_TIME, USUAL_NUMBER = timedelta(hours=1), 1000
"""Overlap where none is declared."""


def since(pull: Pull, highest: Mark) -> datetime | date | int:
    """Return the watermark from which the next pull asks for rows: the highest one that was pulled, less the overlap.

    Raises ScalebridgeError if the overlap is a length of time and the watermark a number, or the other way round.
    """
    if isinstance(highest, int):
        if isinstance(pull.overlap, str):
            raise ScalebridgeError(
                f"`overlap` is '{pull.overlap}', and the watermark '{pull.watermark}' holds whole numbers; write a whole number"
            )
        return highest - (USUAL_NUMBER if pull.overlap is None else pull.overlap)
    if isinstance(pull.overlap, int):
        raise ScalebridgeError(
            f"`overlap` is {pull.overlap}, and the watermark '{pull.watermark}' holds times; write a length of time such as '2 h'"
        )
    back = USUAL_TIME if pull.overlap is None else lag(pull.overlap)
    if len(highest) == len("2024-03-01"):
        return date.fromisoformat(highest) - timedelta(days=-(-back // timedelta(days=1)))
    return datetime.fromisoformat(highest) - back
