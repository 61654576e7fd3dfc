"""Edits for names that the definition or the batch files do not have: tests, tags, materials, units and batches."""

import re

import polars as pl

from pipeline.domain.errors import close_to
from pipeline.domain.sources import GenealogyRows, LongResults, TrajectoryRows
from pipeline.history.quality.edits import Edit, Found, in_yaml, quoted, short


def edits_of_test(found: Found, match: re.Match[str]) -> list[Edit]:
    """Return the edits for a laboratory test that the source does not name."""
    source = found.process.sources[found.source]
    declared = source.names if isinstance(source, LongResults) else {}
    return _undeclared(found, "names", declared, "test", "an attribute")


def edits_of_material(found: Found, match: re.Match[str]) -> list[Edit]:
    """Return the edits for a material that the process does not have."""
    source = found.process.sources[found.source]
    declared = dict(source.materials) if isinstance(source, GenealogyRows) else {}
    return _undeclared(
        found, "materials", {name: name for name in found.process.materials} | declared, "material", "a material"
    )


def edits_of_tag(found: Found, match: re.Match[str]) -> list[Edit]:
    """Return the edits for a tag that the source does not name."""
    source = found.process.sources[found.source]
    return _undeclared(found, "tags", source.tags if isinstance(source, TrajectoryRows) else {}, "tag", "an attribute")


def _undeclared(found: Found, key: str, declared: object, what: str, target: str) -> list[Edit]:
    """A test, material or tag that the definition does not name: add it, or leave it."""
    names = dict(declared)  # type: ignore[call-overload]
    texts = found.values["value"].drop_nulls()
    near = [(text, close) for text in texts.head(20) if (close := _nearest(str(text), list(names)))]
    edits = [
        f"`{short(text)}` is spelled almost like {close}: add `{found.place}.{key}: "
        f"{in_yaml({str(text): names[close.strip(chr(39))]})}` if it is the same {what}."
        for text, close in near[:3]
    ]
    rest = (
        f"{quoted(texts)}: nothing is to be done for a {what} that is not used. To use it, name {target} for it in "
        f"`{found.place}.{key}`."
    )
    return [Edit(" ".join([*edits, rest]), found.cells)]


def _nearest(text: str, names: list[str]) -> str:
    return close_to(text, names).split(", '")[0] if names else ""


def edits_of_unknown_unit(found: Found, match: re.Match[str]) -> list[Edit]:
    """Return the edit for a unit that cannot be read: the reason says what to write."""
    return [Edit(f"Correct the unit {quoted(found.values['value'])} in the file: {match[1]}.", found.cells)]


def edits_of_unit(found: Found, match: re.Match[str]) -> list[Edit]:
    """Return the edit for a unit that measures something else than the attribute."""
    return [
        Edit(
            f"The unit `{short(match[1])}` measures something else than `{match[2]}`. Correct it in the file; "
            f"or change `unit` of the attribute, if the attribute is meant.",
            found.cells,
        )
    ]


def edits_of_batch(found: Found, match: re.Match[str]) -> list[Edit]:
    """Rows of a batch that no batch file names."""
    texts = found.values["value"].drop_nulls()
    near = [(text, close) for text in texts.head(3) if (close := close_to(str(text), found.batches))]
    hints = [f"`{short(text)}` is spelled almost like {close}." for text, close in near]
    plain = {_plain(name) for name in found.batches}
    if same := [text for text in texts if _plain(str(text)) in plain]:
        texts = pl.Series([text for text in texts if text not in same], dtype=pl.String)
        hints = [
            f"{quoted(pl.Series(same))}: apart from case and blanks, the batch files have this name. If it is the same batch: "
            f"`{found.place}.fold: {in_yaml({found.column: ['case', 'blanks']})}`, and the same for the batch files."
        ]
    if texts.is_empty():
        return [Edit(" ".join(hints), found.cells)]
    rest = (
        f"No batch file names {quoted(texts)}. Add the batch to its file, or write the name as in that file. Nothing is to be "
        "done for batches that are not part of this history."
    )
    return [Edit(" ".join([*hints, rest]), found.cells)]


def _plain(name: str) -> str:
    """A name without blanks, in one case."""
    return re.sub(r"\s", "", name).casefold()
