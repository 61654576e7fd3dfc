"""What the formula of a feature is given: attributes of the process, converted to the inputs and tags of the operation."""

import polars as pl

from pipeline.domain.process.operation_kinds import Quantity
from pipeline.domain.process.parts import Operation
from pipeline.domain.process.process import Process
from pipeline.operations.feature import Feature, TrajectoryFeature
from pipeline.operations.registry import unit_operation


def arguments(process: Process, operation: Operation, feature: Feature) -> list[pl.Expr | float]:
    """Return one expression per input and per optional input of a feature, over a table with the attributes as columns [SI].

    An optional input that no attribute feeds is a number.
    """
    needed: list[pl.Expr | float] = [input_of(process, operation, name) for name in feature.inputs]
    return needed + [_optional(process, operation, name, value) for name, value in feature.optional.items()]


def arguments_over_time(process: Process, operation: Operation, feature: TrajectoryFeature) -> list[pl.Expr]:
    """Return one expression per tag and per input of a trajectory feature, over the records of a batch [SI]."""
    tags = unit_operation(operation.kind).tags
    over_time = [
        pl.col("time") if tag == "time" else _taken(process, operation.tags[tag], tags[tag]) for tag in feature.tags
    ]
    return over_time + [input_of(process, operation, name) for name in feature.inputs]


def input_of(process: Process, operation: Operation, name: str) -> pl.Expr:
    """Return an input of an operation as an expression over a table with the attributes as columns [SI]."""
    return _taken(process, operation.inputs[name], unit_operation(operation.kind).inputs[name])


def _taken(process: Process, attribute: str, quantity: Quantity) -> pl.Expr:
    """The attribute in the dimension of the quantity. Most need no conversion, and their numbers stay exactly as they are."""
    own = process.attributes[attribute]
    taken = quantity.taken(own.unit, own.substance)
    value = pl.col(attribute)
    return value if (taken.factor, taken.offset) == (1.0, 0.0) else value * taken.factor + taken.offset


def _optional(process: Process, operation: Operation, name: str, default: float) -> pl.Expr | float:
    """An input that a process may leave out, or a part of the reference state of another input."""
    stated, _, part = name.partition(".")
    if not part:
        return input_of(process, operation, name) if name in operation.inputs else default
    state = process.attributes[operation.inputs[stated]].reference_state
    if state is None:
        return default
    return {"temperature": state.kelvin, "pressure": state.pascal}[part]
