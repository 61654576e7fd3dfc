"""The step to which columns of the feature table belong."""

from collections.abc import Collection

from pipeline.answers.data_sheets import data_sheet
from pipeline.domain.process.parts import lot_column
from pipeline.domain.process.process import Process
from pipeline.domain.process.steps import further_scales, last_step, later, step_of, step_of_material


def step_of_columns(process: Process, columns: Collection[str]) -> str | None:
    """Return the latest step of some columns; the last step where they name none.

    None for the product, which belongs to no step, and where the process declares no steps.
    """
    if not process.steps or {"product", "lineage"} & set(columns):
        return None
    steps = [step for name in columns if (step := _step_of_column(process, name)) is not None]
    return later(process, steps) if steps else last_step(process)


def equipment_of_steps(process: Process) -> dict[str, str]:
    """Return attribute → step, for the equipment and batch size of each step that are not those of the process.

    The data sheet of a step's equipment, a source of details with the equipment as its key, belongs to the equipment.
    """
    found = {attribute: step for step, attribute in further_scales(process).items()}
    for step, declared in process.steps.items():
        if declared.equipment in (None, process.equipment):
            continue
        found |= {str(declared.equipment): step} | dict.fromkeys(data_sheet(process, declared.equipment), step)
    return found


def _step_of_column(process: Process, column: str) -> str | None:
    materials = {lot_column(material): material for material in process.materials}
    if column in materials:
        return step_of_material(process, materials[column])
    size = process.scale.attribute
    keys = {"scale": size, "scale_level": size, "site": process.site, "equipment": process.equipment}
    name = keys.get(column) or column
    return step_of(process, name) if name in process.attributes else None
