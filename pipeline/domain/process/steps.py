"""The steps of a process: which source, attribute and material belongs to which step."""

from collections.abc import Collection

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
