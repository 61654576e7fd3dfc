"""Checks of the steps of a definition: their batches, scales, equipment, materials and sources."""

from collections.abc import Iterator

from pipeline.domain.attributes import Attribute
from pipeline.domain.errors import listed
from pipeline.domain.process.definition import Definition
from pipeline.domain.process.steps import (
    earlier_steps,
    last_step,
    not_after,
    sources_of_step,
    step_of,
    step_of_material,
    step_of_source,
)
from pipeline.domain.sources import TransferRows


def step_problems(process: Definition) -> list[str]:
    """List what is inconsistent about the steps of a definition, one sentence each."""
    if not process.steps:
        return [*_sources_without_steps(process)]
    found = [*_unknown_steps(process)] or [*_batches(process), *_sources(process)]
    if found:
        return found  # what else is wrong follows from these
    return [
        *_transfers(process),
        *_scales(process),
        *_equipment(process),
        *_materials(process),
        *_series(process),
    ]


def _sources_without_steps(process: Definition) -> Iterator[str]:
    named = [name for name, source in process.sources.items() if getattr(source, "step", None) is not None]
    moved = [name for name, source in process.sources.items() if source.gives == "transfers"]
    if named:
        yield f"{_of_sources(named)} `step`, but the process declares no `steps`; declare them, or leave `step` out"
    if moved:
        yield f"{_of_sources(moved)} `gives: transfers`, between steps, but the process declares no `steps`; declare them"


def _of_sources(names: list[str]) -> str:
    return f"sources.{names[0]} has" if len(names) == 1 else f"the sources {listed(names, 8)} have"


def _unknown_steps(process: Definition) -> Iterator[str]:
    for name, source in process.sources.items():
        for key in ("step", "from_step", "to_step"):
            step = getattr(source, key, None)
            if step is not None and step not in process.steps:
                yield f"sources.{name}.{key} is '{step}', which is no step; steps are {listed(process.steps)}"


def _batches(process: Definition) -> Iterator[str]:
    last = list(process.steps)[-1]
    if process.steps[last].batch != process.batch:
        yield (
            f"the batches of the last step '{last}' are named by '{process.steps[last].batch}', and `batch` of the process is "
            f"'{process.batch}'; a row of the history is a batch of the last step, so give both the same attribute"
        )
    for name in earlier_steps(process):
        sources = sources_of_step(process, "batches", name)
        if not sources:
            yield f"no source has `gives: batches` and `step: {name}`; one is needed"
        batch = process.attributes.get(process.steps[name].batch)
        for source in sources:
            if batch is not None and process.steps[name].batch not in process.written_in(source):
                yield f"sources.{source} gives the batches of step '{name}', but '{process.steps[name].batch}' is not read from it"
        if batch is not None and (batch.role, batch.kind) != ("identifier", "text"):
            yield (
                f"steps.{name}.batch is '{process.steps[name].batch}', of kind '{batch.kind}' and role '{batch.role}'; "
                "it must be of kind 'text' and role 'identifier'"
            )
    named = [step.batch for step in process.steps.values()]
    for one in sorted({name for name in named if named.count(name) > 1}):
        yield f"'{one}' names the batches of several steps; give each step an attribute of its own"


def _sources(process: Definition) -> Iterator[str]:
    for name, attribute in process.attributes.items():
        steps = {step_of_source(process, c.source) for c in attribute.column if c.source in process.sources}
        shared = all(_may_be_shared(process, c.source, name) for c in attribute.column if c.source in process.sources)
        if len(steps) > 1 and attribute.material is None and not shared:
            sheets = [
                c.source for c in attribute.column if c.source in process.sources and name in process.sources[c.source].key
            ]
            ending = f", or write the right `step` in sources.{sheets[0]}" if sheets else ""
            yield (
                f"'{name}' is read from sources of several steps ({listed(sorted(map(str, steps)))}); give each step an attribute "
                f"of its own{ending}"
            )


def _may_be_shared(process: Definition, source: str, attribute: str) -> bool:
    """Tell whether an attribute is part of the key of a source of details, which links it to the rows of any step."""
    return attribute in process.sources[source].key


def _scales(process: Definition) -> Iterator[str]:
    for name, step in process.steps.items():
        scale = None if step.scale is None else process.attributes.get(step.scale.attribute)
        if step.scale is not None and scale is not None and (scale.role, scale.kind) != ("scale", "number"):
            yield (
                f"steps.{name}.scale.attribute is '{step.scale.attribute}', of kind '{scale.kind}' and role '{scale.role}'; "
                "it must be of kind 'number' and role 'scale'"
            )
        elif step.scale is not None and scale is not None and not _recorded_by(process, name, step.scale.attribute):
            yield (
                f"steps.{name}.scale.attribute is '{step.scale.attribute}', which belongs to step "
                f"'{step_of(process, step.scale.attribute)}'; name the batch size of step '{name}', or leave `scale` out"
            )
    size = process.scale.attribute
    if process.states_scale and size in process.attributes and _parts_exist(process, size):
        own = step_of(process, size)
        if all(step.scale is None or step.scale.attribute != size for step in process.steps.values()):
            yield (
                f"scale.attribute is '{size}', which is the scale of no step; write `scale: {{attribute: {size}}}` in the step "
                f"whose batch size it is, such as steps.{own}"
            )


def _parts_exist(process: Definition, attribute: str) -> bool:
    return process.attributes.keys() >= set(process.derived_from(attribute))


def _recorded_by(process: Definition, step: str, attribute: str) -> bool:
    """Tell whether batches of a step have an attribute: it is recorded there, or derived from what is known up to there."""
    if not _parts_exist(process, attribute):
        return True  # reported elsewhere
    own = step_of(process, attribute)
    return own == step or (process.attributes[attribute].derive is not None and not_after(process, own, step))


def _equipment(process: Definition) -> Iterator[str]:
    for name, step in process.steps.items():
        found = None if step.equipment is None else process.attributes.get(step.equipment)
        if found is None:
            continue
        if found.kind != "text":
            yield f"steps.{name}.equipment is '{step.equipment}', of kind '{found.kind}'; it must be of kind 'text'"
        elif not _recorded_by(process, name, str(step.equipment)) or found.derive is not None:
            yield (
                f"steps.{name}.equipment is '{step.equipment}', which belongs to step '{step_of(process, str(step.equipment))}'; "
                f"name the attribute with the equipment of step '{name}', or leave `equipment` out"
            )


def _transfers(process: Definition) -> Iterator[str]:
    order = list(process.steps)
    for name, source in process.sources.items():
        if not isinstance(source, TransferRows):
            continue
        if source.from_batch == source.to_batch:
            yield (
                f"sources.{name} reads `from_batch` and `to_batch` from one column, '{source.to_batch}'; name the column with the "
                "batch that gave, and the column with the batch that took"
            )
        if source.from_step and source.to_step and order.index(source.from_step) >= order.index(source.to_step):
            yield (
                f"sources.{name} leads from step '{source.from_step}' to step '{source.to_step}', which is not after it; the steps "
                f"in the order of manufacture are {listed(order)}"
            )


def _materials(process: Definition) -> Iterator[str]:
    for name, step in process.steps.items():
        for material in step.materials:
            if material not in process.materials:
                yield f"steps.{name}.materials names '{material}', which does not exist; materials are {listed(process.materials)}"
    for material in process.materials:
        consuming = [name for name, step in process.steps.items() if material in step.materials]
        if len(consuming) > 1:
            yield (
                f"the material '{material}' is consumed in several steps ({listed(consuming)}); give each step a material of its "
                "own. `materials` of a source of genealogy says which name in the file is which material"
            )
        for lot in process.materials[material].lot:
            own = step_of(process, lot) if lot in process.attributes and _parts_exist(process, lot) else None
            if own is not None and own != step_of_material(process, material):
                yield (
                    f"materials.{material}.lot names '{lot}' of step '{own}', but step "
                    f"'{step_of_material(process, material)}' consumes the material; write '{material}' in steps.{own}.materials"
                )
    for name in process.sources_that_give("genealogy"):
        consuming_step = step_of_source(process, name)
        if consuming_step in earlier_steps(process) and not process.steps[str(consuming_step)].materials:
            yield (
                f"sources.{name} gives the lots that step '{consuming_step}' consumed, but steps.{consuming_step}.materials is "
                f"empty; name them there. Materials are {listed(process.materials)}"
            )


def _series(process: Definition) -> Iterator[str]:
    for name, attribute in process.attributes.items():
        if attribute.kind == "spectrum" and attribute.material is None and not _is_last(process, name, attribute):
            yield f"the spectrum '{name}' belongs to a step before the last; a spectrum can be read for the last step alone"


def _is_last(process: Definition, name: str, attribute: Attribute) -> bool:
    return step_of(process, name) == last_step(process)
