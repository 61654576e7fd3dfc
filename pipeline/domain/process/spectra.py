"""Checks of the spectra of a process definition: channels, columns, pre-treatment, and where a spectrum cannot be used."""

from collections.abc import Iterator

from pipeline.domain.attributes import Attribute, SourceColumn
from pipeline.domain.process.definition import Definition
from pipeline.domain.spectra import Channels, channels_left, pattern_problem

ROLES = ("CPP", "CMA", "IPC", "context")
TABLES = ("batches", "details", "lots")


def spectrum_problems(process: Definition) -> list[str]:
    """List what is wrong with the spectra, one sentence each."""
    spectra = {name: attribute for name, attribute in process.attributes.items() if attribute.kind == "spectrum"}
    found = [problem for name, attribute in spectra.items() for problem in _of_spectrum(process, name, attribute)]
    found += [problem for name, one in process.attributes.items() if name not in spectra for problem in _of_other(name, one)]
    return [*found, *_uses(process, set(spectra))]


def _of_spectrum(process: Definition, name: str, attribute: Attribute) -> Iterator[str]:
    if attribute.role not in ROLES:
        yield f"'{name}' is a spectrum of the role '{attribute.role}'; its role must be one of {', '.join(ROLES)}"
    if attribute.channels is None:
        yield f"'{name}' is a spectrum; it needs `channels`, such as `channels: {{first: 1100, last: 2498, step: 2, unit: nm}}`"
        return
    try:
        channels_left(attribute.channels.count, attribute.pre_treatment)
    except ValueError as error:
        yield f"'{name}' has {attribute.channels.count} channels, and its pre-treatment is not possible: {error}"
    if not attribute.column:
        yield f"'{name}' is a spectrum; it needs a `column`"
    if attribute.reporting_limit is not None or attribute.totaliser:
        yield f"'{name}' is a spectrum; it cannot have a `reporting_limit`, and is no `totaliser`"
    for column in attribute.column:
        yield from _of_column(process, name, column, attribute.channels)


def _of_column(process: Definition, name: str, column: SourceColumn, channels: Channels) -> Iterator[str]:
    source = process.sources.get(column.source)
    if source is not None and source.gives not in TABLES:
        yield (
            f"'{name}' is a spectrum and is read from source '{column.source}', which gives {source.gives}; a spectrum is read "
            f"from a source that gives {', '.join(TABLES)}"
        )
    if column.values or column.date is not None:
        yield f"'{name}' is a spectrum; its column in source '{column.source}' cannot have `values` or `date`"
    own = column.channels or channels
    pattern = column.column if column.files is None else column.files.columns
    if pattern is not None and (problem := pattern_problem(pattern, own)):
        yield f"'{name}' is read from the columns '{pattern}' of source '{column.source}': {problem}"
    if column.channels is not None and not _covers(column.channels, channels):
        yield (
            f"'{name}' has channels from {channels.first:g} to {channels.last:g} {channels.unit}, and source '{column.source}' "
            f"only from {column.channels.first:g} to {column.channels.last:g}; nothing can be interpolated beyond. Declare "
            "`channels` of the attribute within the range of every source"
        )
    if column.files is not None and column.files.position is not None and column.channels is not None:
        yield f"'{name}': the files of source '{column.source}' state the positions themselves; leave out its `channels`"


def _covers(outer: Channels, inner: Channels) -> bool:
    low, high = sorted((outer.first, outer.last))
    slack = 1e-6 * inner.step
    return low - slack <= min(inner.first, inner.last) and max(inner.first, inner.last) <= high + slack


def _of_other(name: str, attribute: Attribute) -> Iterator[str]:
    given = [key for key in ("channels", "pre_treatment") if getattr(attribute, key)]
    given += [key for key in ("channels", "files") for column in attribute.column if getattr(column, key)]
    if given:
        yield f"'{name}' is of kind '{attribute.kind}' and has {' and '.join(f'`{key}`' for key in given)}; only a spectrum has"


def _uses(process: Definition, spectra: set[str]) -> Iterator[str]:
    """Yield the places that name a spectrum where one number or text is needed."""
    places = {
        **{f"sources.{name}.key": source.key for name, source in process.sources.items()},
        **{f"corrections[{i}]": rule.attributes() for i, rule in enumerate(process.corrections)},
        **{f"materials.{name}.lot": material.lot for name, material in process.materials.items()},
        "also_predict": process.also_predict,
        "batch, product, site, equipment or scale": (
            process.batch,
            process.product,
            process.site or "",
            process.equipment or "",
            process.lineage,
        ),
    }
    for name, attribute in process.attributes.items():
        places[f"attributes.{name}"] = (
            *attribute.rises_with,
            *attribute.falls_with,
            *(attribute.derive.of if attribute.derive else ()),
        )
    for place, names in places.items():
        for name in sorted(spectra & set(names)):
            yield f"{place} names '{name}', which is a spectrum; one number or text is needed there"
