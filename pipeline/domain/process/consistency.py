"""Checks of a process definition: references to names that do not exist, and contradictions."""

from graphlib import CycleError

from pipeline.domain.errors import listed
from pipeline.domain.process.availability import availability_problems
from pipeline.domain.process.axis_problems import axis_problems
from pipeline.domain.process.balance_problems import balance_problems
from pipeline.domain.process.course_problems import course_problems, course_references
from pipeline.domain.process.definition import Definition
from pipeline.domain.process.derivation_parts import derivation_problems
from pipeline.domain.process.deviations import deviation_problems
from pipeline.domain.process.dimensions import dimension_problems
from pipeline.domain.process.names import name_problems
from pipeline.domain.process.parts import LABORATORY, RESULT_LABORATORY, Step, lot_column
from pipeline.domain.process.spectra import spectrum_problems
from pipeline.domain.process.steps import step_problems
from pipeline.domain.process.windows import window_problems


def problems(process: Definition) -> list[str]:
    """List everything that is inconsistent in a definition, one sentence each."""
    return [
        *name_problems(process),
        *_unknown_names(process),
        *_attribute_problems(process),
        *derivation_problems(process),
        *dimension_problems(process),
        *spectrum_problems(process),
        *_source_problems(process),
        *_scale_problems(process),
        *_names_that_are_no_text(process),
        *_grouping_problems(process),
        *_reserved_names(process),
        *_cycles(process),
        *window_problems(process),
        *availability_problems(process),
        *course_problems(process),
        *deviation_problems(process),
        *step_problems(process),
        *axis_problems(process),
        *balance_problems(process),
    ]


_OPTIONAL = ("site", "equipment", "started", "ended", "available")


def _references(process: Definition) -> dict[str, tuple[str, ...]]:
    """Place in the definition → names of attributes that are used there."""
    attributes = process.attributes.items()
    return {
        "batch": (process.batch,),
        "product": (process.product,),
        "scale.attribute": (process.scale.attribute,),
        **{key: (name,) for key in _OPTIONAL if (name := getattr(process, key)) is not None},
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
        **course_references(process),
        **{f"steps.{name}": _of_step(step) for name, step in process.steps.items()},
    }


def _of_step(step: Step) -> tuple[str, ...]:
    """Attributes that a step names."""
    scale = () if step.scale is None else (step.scale.attribute,)
    equipment = () if step.equipment is None else (step.equipment,)
    amounts = (name for one in step.balances.values() for name in one.amounts)
    return (step.batch, *scale, *equipment, *amounts)


def _names_that_are_no_text(process: Definition) -> list[str]:
    """Attributes that name a product, site or equipment, and are read as numbers: 3 and 03 would be one name."""
    named = {"product": process.product, "site": process.site, "equipment": process.equipment}
    named |= {f"steps.{step}.equipment": one.equipment for step, one in process.steps.items()}
    return [
        f"`{key}` is '{name}', of kind '{kind}'; its values are names, also where they are numbers: set `kind: text`"
        for key, name in named.items()
        if name is not None and name in process.attributes and (kind := process.attributes[name].kind) != "text"
    ]


def _grouping_problems(process: Definition) -> list[str]:
    words = [name for name, attribute in process.stated_attributes.items() if attribute.kind == "text"]
    laboratory = [LABORATORY] if process.states_laboratory else []
    found = [
        f"groupings.{LABORATORY} refuses unseen levels, but no proposal states the laboratory of a result; leave `unseen` out"
        for name in laboratory
        if name in process.groupings and process.groupings[name].unseen == "refuse"
    ]
    return found + [
        f"groupings names '{name}', which is neither an attribute of kind text ({listed(words, 8)}) nor a material "
        f"({listed(process.materials)}); for `{LABORATORY}`, declare the column of it in a source of results"
        for name in process.groupings
        if name not in (*words, *process.materials, *laboratory)
    ]


def _unknown_names(process: Definition) -> list[str]:
    known = process.attributes.keys()
    stated = sorted(process.stated_attributes)
    return [
        f"{place} names '{name}', which is not an attribute; attributes are {listed(stated, 8)}"
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
            found.append(
                f"{attribute.role} '{name}' has no `column` and no `derive`, and no source names it in `names` or `tags`"
            )
        if attribute.role == "CQA" and attribute.kind != "number":
            found.append(f"CQA '{name}' is of kind '{attribute.kind}'; a CQA must be of kind 'number'")
        if attribute.material is not None and attribute.material not in process.materials:
            found.append(f"'{name}' has the material '{attribute.material}'; materials are {listed(process.materials)}")
        for column in attribute.column:
            if column.source not in process.sources:
                found.append(f"'{name}' is read from source '{column.source}'; sources are {listed(process.sources)}")
            elif column.column in (excluded := process.sources[column.source].excluded):
                found.append(
                    f"'{name}' is read from column '{column.column}' of source '{column.source}', which is excluded: "
                    f"{excluded[column.column]}"
                )
            if attribute.kind == "date" and column.date is None:
                found.append(f"'{name}' is a date; its column in source '{column.source}' needs a `date` with a format")
    return found


def _source_problems(process: Definition) -> list[str]:
    found = [
        f"sources.{source} names the {what} '{name}', which does not exist; {what}s are {listed(known, 8)}"
        for source, definition in process.sources.items()
        for what, names, known in definition.references(process.attributes, process.materials)
        for name in names
        if name not in known
    ]
    if not process.sources_that_give("batches"):
        found.append("no source has `gives: batches`; one is needed")
    return found + _read_twice(process)


def _read_twice(process: Definition) -> list[str]:
    """Attributes for which a batch would have two columns. The software does not choose between them."""
    found = [
        f"'{name}' is read from two columns of source '{column.source}'; give one"
        for name, attribute in process.attributes.items()
        for i, column in enumerate(attribute.column)
        if column.source in {other.source for other in attribute.column[:i]}
    ]
    seen = {name: "the batch rows" for source in process.sources_that_give("batches") for name in process.written_in(source)}
    for source, definition in process.sources_that_give("details").items():
        written = [name for name in process.written_in(source) if name not in definition.key]
        found += [
            f"'{name}' is read from {seen[name]} and from source '{source}', where it is not part of `key`; give one column"
            for name in written
            if name in seen
        ]
        found += [
            f"'{k}' is in `key` of source '{source}', but is not read from a column of it"
            for k in definition.key
            if k not in process.written_in(source)
        ]
        seen |= dict.fromkeys(written, f"source '{source}'")
    return found


_FIXED_COLUMNS = {
    "batch_id": "batch",
    "product": "product",
    "lineage": "scale.within",
    "scale": "scale.attribute",
    "site": "site",
    "equipment": "equipment",
    "started_at": "started",
    **dict.fromkeys(
        ("scale_level", "log10_scale", "observed", "censoring", "predicted", "fold", "protocol", "reenacted_kind")
    ),
    **dict.fromkeys(("available_at", "first_result_at", "last_result_at", RESULT_LABORATORY)),
}
"""Column of the batch table or the feature table → key of the process that names the attribute in it."""


def _reserved_names(process: Definition) -> list[str]:
    """Attributes that have the name of a fixed column which another attribute fills."""
    filled = {
        "batch_id": process.batch,
        "product": process.product,
        "lineage": process.lineage,
        "scale": process.scale.attribute,
        "site": process.site,
        "equipment": process.equipment,
        "started_at": process.started,
    }
    reserved = [
        f"the attribute name '{name}' is reserved for a column of the tables; choose another name"
        + (f", or set `{key}` to it" if (key := _FIXED_COLUMNS[name]) else "")
        for name in process.attributes
        if name in _FIXED_COLUMNS and filled.get(name) != name
    ]
    lots = [
        f"the attribute name '{lot_column(material)}' is reserved for the lots of the material '{material}'; choose another name"
        for material in process.materials
        if lot_column(material) in process.attributes
    ]
    twice = LABORATORY in process.attributes and process.states_laboratory
    why = f"the attribute name '{LABORATORY}' is reserved, since a source states the laboratory of each result; choose another name"
    return [*reserved, *lots, *([why] if twice else [])]


def _cycles(process: Definition) -> list[str]:
    try:
        process.derivations()
    except CycleError as error:
        return [f"attributes are derived from each other, in a circle: {' from '.join(error.args[1])}"]
    return []


def _scale_problems(process: Definition) -> list[str]:
    scale = process.attributes.get(process.scale.attribute)
    if scale is None or (scale.role == "scale" and scale.kind == "number"):
        return []
    return [
        f"scale.attribute is '{process.scale.attribute}', of kind '{scale.kind}' and role '{scale.role}'; "
        "it must be of kind 'number' and role 'scale'"
    ]
