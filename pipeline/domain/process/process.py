"""A process definition that is checked for consistency when it is made."""

from pydantic import model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.process.consistency import problems
from pipeline.domain.process.definition import Definition
from pipeline.domain.strict_config import STRICT


@dataclass(config=STRICT, frozen=True)
class Process(Definition):
    """The definition of how a family of products is made; composed from `conf/process/<name>.yaml`."""

    @model_validator(mode="after")
    def _consistent(self) -> "Process":
        if found := problems(self):
            raise ValueError("; ".join(found))
        return self
