"""Topics of MQTT with names in braces: what to subscribe to, and what a topic names."""

from collections.abc import Iterable, Mapping

from pipeline.domain.feeds import BATCH, EQUIPMENT, TAG

_NAMED = {TAG: "tag", EQUIPMENT: "equipment", BATCH: "batch"}


def subscription(topic: str) -> str:
    """Return the filter that a client subscribes to.

    >>> subscription("plant/{equipment}/{tag}")
    'plant/+/+'
    """
    return "/".join("+" if level in _NAMED else level for level in topic.split("/"))


def names_in(topics: Iterable[str], topic: str) -> Mapping[str, str] | None:
    """Return what a topic names by the first declared topic that fits; None if none fits.

    >>> names_in(["plant/{equipment}/{tag}"], "plant/V101/TI")
    {'equipment': 'V101', 'tag': 'TI'}
    """
    levels = topic.split("/")
    return next((found for one in topics if (found := _fitted(one.split("/"), levels)) is not None), None)


def _fitted(declared: list[str], levels: list[str]) -> dict[str, str] | None:
    if declared[-1] == "#":
        declared, levels = declared[:-1], levels[: len(declared) - 1]
    if len(declared) != len(levels):
        return None
    pairs = list(zip(declared, levels, strict=True))
    if any(one != level for one, level in pairs if one != "+" and one not in _NAMED):
        return None
    return {_NAMED[one]: level for one, level in pairs if one in _NAMED}
