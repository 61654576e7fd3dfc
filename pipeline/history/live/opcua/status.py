"""Status codes of OPC UA as text."""

from pipeline.domain.errors import first_line
from pipeline.history.live.record import GOOD


def quality_of(code: int) -> str:
    """Return the name of a status code; `Good` for the plain good one, whatever its further bits say of the value's place."""
    if code & 0xFFFF0000 == 0:
        return GOOD
    from asyncua.ua.status_codes import get_name_and_doc

    return str(get_name_and_doc(code & 0xFFFF0000)[0])


def reason(error: BaseException) -> str:
    """Return the name of the status code of an error, or its first line where it has none."""
    code = getattr(error, "code", None)
    if isinstance(code, int):
        return quality_of(code)
    return first_line(error)
