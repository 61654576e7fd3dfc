"""Names that look alike: they differ by case, blanks, Unicode composition or letters of another script. They are never merged."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from pipeline.domain.process.process import Process
from pipeline.history.assemble import AssembledHistory

_TWINS = str.maketrans(
    {
        **dict(zip("авекмнорстухіѕјԁһ", "abekmhopctyxisjdh", strict=True)),
        **dict(zip("αβεζηικμνορτυχ", "abezhikmnoptyx", strict=True)),
        **dict.fromkeys("oο", "0"),
        **dict.fromkeys("li", "1"),
    }
)
"""Letters and digits that look the same, in small letters."""
_SHOWN = 10
"""Number of groups of names that a sentence shows."""
_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―−﹣－"}


def appearance(name: str) -> str:
    """What a name looks like: names with the same appearance are easily taken for one.

    >>> appearance("Prüf-1") == appearance("Pru\\u0308f–1 ")
    True
    >>> appearance("P1") == appearance("\\u0420 1"), appearance("P1") == appearance("P2")
    (True, False)
    """
    seen = "".join(
        c for c in unicodedata.normalize("NFKC", name).casefold() if not unicodedata.category(c).startswith(("Z", "C"))
    )
    return _twinless(unicodedata.normalize("NFC", seen))


def _twinless(text: str) -> str:
    once = text.translate(_DASHES).translate(_TWINS)
    return once.translate(_TWINS)


def look_alikes(names: Iterable[str]) -> list[list[str]]:
    """Groups of different names that look alike, sorted."""
    groups: dict[str, set[str]] = {}
    for name in names:
        groups.setdefault(appearance(name), set()).add(name)
    return sorted(sorted(group) for group in groups.values() if len(group) > 1)


def look_alike_sentences(names: Mapping[str, Iterable[str]]) -> list[str]:
    """One sentence per kind of name on the names that look alike. `names` holds the names by what they name."""
    return [_sentence(what, groups) for what, known in names.items() if (groups := look_alikes(known))]


def _sentence(what: str, groups: Sequence[Sequence[str]]) -> str:
    shown = "; ".join(" and ".join(map(ascii, group)) for group in groups[:_SHOWN])
    more = f"; and {len(groups) - _SHOWN:,} more groups" if len(groups) > _SHOWN else ""
    return (
        f"{what}: {shown}{more} look alike, and are read as different names. "
        "If they are one, correct the file, or declare `fold` for the source or `values` for the column."
    )


def look_alike_findings(process: Process, history: AssembledHistory) -> list[str]:
    """Sentences on the names of a history that look alike: batches, lots, and texts of attributes.

    The batch of a row that was set aside because no valid batch has its name counts too.
    """
    orphans = history.quarantine.filter(pl.col("reason").str.starts_with("no valid batch has this"))["value"]
    lots = pl.concat([history.lots["lot_id"], history.genealogy["lot_id"]])
    texts = {
        name: history.batches[name].unique().drop_nulls().to_list()
        for name, attribute in process.attributes.items()
        if attribute.kind == "text" and name in history.batches.columns and name != process.batch
    }
    batches = pl.concat([history.batches["batch_id"], orphans]).unique().drop_nulls().to_list()
    return look_alike_sentences({process.batch: batches, "lot": lots.unique().to_list(), **texts})
