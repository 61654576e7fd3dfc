"""A process definition that was checked for consistency."""

from collections.abc import Mapping

from pydantic import ValidationInfo, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.process.completion import completed
from pipeline.domain.process.consistency import problems
from pipeline.domain.process.definition import Definition
from pipeline.domain.process.dimensions import operation_problems
from pipeline.domain.process.operation_kinds import kinds_in
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class Process(Definition):
    """How a family of products is made, as written in `conf/process/<name>.yaml`. An inconsistent definition is an error.

    The kinds and the inputs of its operations are checked where the context of the validation holds the kinds
    (`operation_kinds.context_of`), as when a configuration is composed.
    """

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, given: object) -> object:
        return completed(given) if isinstance(given, Mapping) else given

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> "Process":
        if found := [*problems(self), *operation_problems(self, kinds_in(info) or {})]:
            raise ValueError("; ".join(found))
        return self
