"""What the people of a site know beyond the records: `conf/transfer/<name>.yaml`."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT

State = Literal["present", "partial", "missing"]
PARTS = ("data", "method", "competence")


@dataclass(config=STRICT, frozen=True)
class SiteState:
    """State of one attribute at one site; what is left out is judged from the history."""

    data: State | None = None
    """Values of it from this site."""
    method: State | None = None
    """A way to set or measure it there, shown to be fit."""
    competence: State | None = None
    """People there who have done it at this scale."""
    note: str = ""
    """Why; printed wherever the state is."""

    @model_validator(mode="after")
    def _explained(self) -> "SiteState":
        gaps = [part for part in PARTS if getattr(self, part) in ("partial", "missing")]
        if gaps and not self.note:
            raise ValueError(f"{gaps[0]} is {getattr(self, gaps[0])}: say why in `note`")
        return self


@dataclass(config=STRICT, frozen=True)
class SiteKnowledge:
    """What is known site by site."""

    sites: Mapping[str, Mapping[str, SiteState]] = Field(default_factory=dict)
    """Site → attribute → state."""
