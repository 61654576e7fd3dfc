"""Everything in a process definition that refers to something which is not there, or contradicts itself."""

from graphlib import CycleError

from pipeline.domain.errors import listed
from pipeline.domain.process.definition import Definition
from pipeline.domain.units import same_dimension


def problems(process: Definition) -> list[str]:
    """Everything in a definition that refers to something which is not there."""
    return [
        *_unknown_names(process),
        *_attribute_problems(process),
        *_source_problems(process),
        *_scale_problems(process),
        *_grouping_problems(process),
        *_reserved(process),
        *_cycles(process),
    ]


def _references(process: Definition) -> dict[str, tuple[str, ...]]:
    """Every place of a definition that names attributes, with the names."""
    attributes = process.attributes.items()
    return {
        "batch": (process.batch,),
        "product": (process.product,),
        "scale.attribute": (process.scale.attribute,),
        **{key: (name,) for key in ("site", "equipment", "started") if (name := getattr(process, key)) is not None},
        **({"scale.within": (process.scale.within,)} if process.scale.within else {}),
        "also_predict": process.also_predict,
        **{f"materials.{name}.lot": material.lot for name, material in process.materials.items()},
        **{f"operations.{name}.inputs": tuple(op.inputs.values()) for name, op in process.operations.items()},
        **{f"operations.{name}.tags": tuple(op.tags.values()) for name, op in process.operations.items()},
        **{f"sources.{name}.key": source.key for name, source in process.sources.items()},
        **{f"attributes.{name}.look_alikes": attribute.look_alikes for name, attribute in attributes},
        **{f"attributes.{name}.rises_with": attribute.rises_with for name, attribute in attributes},
        **{f"attributes.{name}.falls_with": attribute.falls_with for name, attribute in attributes},
        **{f"attributes.{name}.derive": tuple(a.derive.of) for name, a in attributes if a.derive},
        **{f"corrections[{i}]": rule.attributes() for i, rule in enumerate(process.corrections)},
    }


def _grouping_problems(process: Definition) -> list[str]:
    words = [name for name, attribute in process.attributes.items() if attribute.kind == "text"]
    return [
        f"groupings names '{name}', which is neither a text attribute ({listed(words, 8)}) nor a material "
        f"({listed(process.materials)})"
        for name in process.groupings
        if name not in words and name not in process.materials
    ]


def _unknown_names(process: Definition) -> list[str]:
    known = process.attributes.keys()
    return [
        f"{place} names '{name}', which is not among the attributes ({listed(sorted(known), 8)})"
        for place, names in _references(process).items()
        for name in names
        if name not in known
    ]


def _attribute_problems(process: Definition) -> list[str]:
    found = []
    named_in_results = {
        name for source in process.sources.values() if source.gives == "results" for name in source.names.values()
    }
    tags = {n for s in process.sources.values() if s.gives == "trajectories" for n in s.tags.values()}
    for name, attribute in process.attributes.items():
        if not attribute.column and attribute.derive is None and name not in named_in_results | tags:
            found.append(f"{attribute.role} '{name}' has no column, no derivation and no test name in a results source")
        if attribute.role == "CQA" and attribute.kind != "number":
            found.append(f"CQA '{name}' is of kind '{attribute.kind}'; a quality attribute must be a number")
        if attribute.material is not None and attribute.material not in process.materials:
            found.append(f"'{name}' belongs to material '{attribute.material}'; declared are {listed(process.materials)}")
        for column in attribute.column:
            if column.source not in process.sources:
                found.append(f"'{name}' is read from source '{column.source}'; declared are {listed(process.sources)}")
            elif column.column in (excluded := process.sources[column.source].excluded):
                found.append(
                    f"'{name}' is read from '{column.column}' of '{column.source}', which is excluded: {excluded[column.column]}"
                )
            if column.unit is not None and not same_dimension(column.unit, attribute.unit):
                found.append(f"'{name}' is in {attribute.unit!r}, but its column in '{column.source}' in {column.unit!r}")
            if attribute.kind == "date" and column.date is None:
                found.append(f"'{name}' is a date; its column in '{column.source}' needs a date format")
    return found


def _source_problems(process: Definition) -> list[str]:
    found = [
        f"sources.{source} names the {what} '{name}', which is not among the {what}s ({listed(known, 8)})"
        for source, definition in process.sources.items()
        for what, names, known in definition.references(process.attributes, process.materials)
        for name in names
        if name not in known
    ]
    if not process.sources_that_give("batches"):
        found.append("no source gives batches")
    return found + _stated_twice(process)


def _stated_twice(process: Definition) -> list[str]:
    """An attribute that two columns of one batch row would fill: which one counts is not for us to choose."""
    found = [
        f"'{name}' has two columns in source '{column.source}'"
        for name, attribute in process.attributes.items()
        for i, column in enumerate(attribute.column)
        if column.source in {other.source for other in attribute.column[:i]}
    ]
    seen = {name: "the batch rows" for source in process.sources_that_give("batches") for name in process.written_in(source)}
    for source, definition in process.sources_that_give("details").items():
        written = [name for name in process.written_in(source) if name not in definition.key]
        found += [
            f"'{name}' is written in {seen[name]} and again in '{source}', where it is not part of the key"
            for name in written
            if name in seen
        ]
        found += [
            f"the key '{k}' of source '{source}' has no column there"
            for k in definition.key
            if k not in process.written_in(source)
        ]
        seen |= dict.fromkeys(written, f"'{source}'")
    return found


_FIXED = {"batch_id", "product", "lineage", "scale", "site", "equipment", "started_at", "scale_level"}


def _reserved(process: Definition) -> list[str]:
    """Names of fixed columns may be given to the attribute that fills the column, and to no other."""
    filled = {
        "product": process.product,
        "scale": process.scale.attribute,
        "site": process.site,
        "equipment": process.equipment,
        "lineage": process.lineage,
        "batch_id": process.batch,
        "started_at": process.started,
    }
    return [
        f"the attribute name '{name}' is a fixed column; choose another, or let '{name}:' of the process point to it"
        for name in process.attributes
        if name in _FIXED and filled.get(name) != name
    ]


def _cycles(process: Definition) -> list[str]:
    try:
        process.derivations()
    except CycleError as error:
        return [f"attributes are derived from each other: {' from '.join(error.args[1])}"]
    return []


def _scale_problems(process: Definition) -> list[str]:
    scale = process.attributes.get(process.scale.attribute)
    if scale is None or (scale.role == "scale" and scale.kind == "number"):
        return []
    return [f"scale.attribute '{process.scale.attribute}' must be a number of role 'scale', not {scale.role}"]
