"""The steps of a process: which source, attribute and material belongs to which step."""

from collections.abc import Collection, Iterator

from pipeline.domain.attributes import Attribute
from pipeline.domain.errors import listed
from pipeline.domain.process.definition import Definition

OF_STEPS = ("batches", "details", "results", "genealogy")
"""Tables whose sources may belong to a step before the last."""


def last_step(process: Definition) -> str | None:
    """Return the name of the last step; None where the process declares no steps."""
    return list(process.steps)[-1] if process.steps else None


def earlier_steps(process: Definition) -> list[str]:
    """Return the names of the steps before the last, in the order of manufacture."""
    return list(process.steps)[:-1]


def step_of_source(process: Definition, source: str) -> str | None:
    """Return the step whose batches the rows of a source name; None where the process declares no steps."""
    stated = getattr(process.sources[source], "step", None)
    return stated if stated in process.steps else last_step(process)


def batch_of_source(process: Definition, source: str) -> str:
    """Return the attribute that names the batches of the rows of a source."""
    step = step_of_source(process, source)
    return process.batch if step is None else process.steps[step].batch


def sources_of_step(process: Definition, table: str, step: str | None) -> list[str]:
    """Return the sources of a canonical table whose rows name batches of a step; all where the process declares no steps."""
    return [name for name in process.sources_that_give(table) if step_of_source(process, name) == step]


def step_of(process: Definition, attribute: str) -> str | None:
    """Return the step to which an attribute belongs; None where the process declares no steps.

    A property of lots belongs to the step that consumes the material; a derived attribute to the latest step of its parts; any
    other attribute to the step of its sources, or to the last step where none of them names a step.
    """
    if not process.steps:
        return None
    found = process.attributes[attribute]
    if found.material is not None:
        return step_of_material(process, found.material)
    parts = [name for name in process.derived_from(attribute) if process.attributes[name].derive is None]
    return later(process, [_recorded_in(process, name) for name in parts or [attribute]])


def step_of_material(process: Definition, material: str) -> str | None:
    """Return the first step that consumes a material; None where the process declares no steps."""
    consuming = (name for name, step in process.steps.items() if material in step.materials)
    return next(consuming, last_step(process))


def one_step(process: Definition, attributes: Collection[str]) -> str | None:
    """Return the step to which all of some attributes belong; the last step where they belong to several or to none."""
    found = {step_of(process, name) for name in attributes}
    return found.pop() if len(found) == 1 else last_step(process)


def later(process: Definition, steps: Collection[str]) -> str:
    """Return the latest of some steps; the first step of the process where none is given."""
    order = list(process.steps)
    return max(steps, key=order.index, default=order[0])


def not_after(process: Definition, step: str | None, other: str | None) -> bool:
    """Tell whether a step is not after another: earlier, or the same. Without steps, everything is one step."""
    if step is None or other is None:
        return True
    order = list(process.steps)
    return order.index(step) <= order.index(other)


def further_scales(process: Definition) -> dict[str, str]:
    """Return step → attribute with its batch size, for the steps whose batch size is not the scale of the process."""
    scales = {name: step.scale.attribute for name, step in process.steps.items() if step.scale is not None}
    return {name: attribute for name, attribute in scales.items() if attribute != process.scale.attribute}


def _recorded_in(process: Definition, attribute: str) -> str:
    """Return the step of the sources that an attribute which is not derived is read from."""
    columns = [column.source for column in process.attributes[attribute].column]
    tests = [
        name for name, source in process.sources.items() if source.gives == "results" and attribute in source.names.values()
    ]
    found = {step for name in (*columns, *tests) if name in process.sources and (step := step_of_source(process, name))}
    return later(process, found) if found else list(process.steps)[-1]


def step_problems(process: Definition) -> list[str]:
    """List what is inconsistent about the steps of a definition, one sentence each."""
    if not process.steps:
        return [*_sources_without_steps(process)]
    return [*_batches(process), *_sources(process), *_scales(process), *_materials(process), *_series(process)]


def _sources_without_steps(process: Definition) -> Iterator[str]:
    for name, source in process.sources.items():
        if getattr(source, "step", None) is not None:
            yield f"sources.{name} names the step '{source.step}', but the process declares no `steps`"  # type: ignore[union-attr]
        if source.gives == "transfers":
            yield f"sources.{name} gives transfers between steps, but the process declares no `steps`"


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
    for name, source in process.sources.items():
        step = getattr(source, "step", None)
        if step is not None and step not in process.steps:
            yield f"sources.{name} names the step '{step}', which does not exist; steps are {listed(process.steps)}"
    for name, attribute in process.attributes.items():
        steps = {step_of_source(process, c.source) for c in attribute.column if c.source in process.sources}
        shared = all(_may_be_shared(process, c.source, name) for c in attribute.column if c.source in process.sources)
        if len(steps) > 1 and attribute.material is None and not shared:
            yield (
                f"'{name}' is read from sources of several steps ({listed(sorted(map(str, steps)))}); give each step an attribute "
                "of its own"
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


def _materials(process: Definition) -> Iterator[str]:
    for name, step in process.steps.items():
        for material in step.materials:
            if material not in process.materials:
                yield f"steps.{name}.materials names '{material}', which does not exist; materials are {listed(process.materials)}"


def _series(process: Definition) -> Iterator[str]:
    for name, attribute in process.attributes.items():
        if attribute.kind == "spectrum" and attribute.material is None and not _is_last(process, name, attribute):
            yield f"the spectrum '{name}' belongs to a step before the last; a spectrum can be read for the last step alone"


def _is_last(process: Definition, name: str, attribute: Attribute) -> bool:
    return step_of(process, name) == last_step(process)
