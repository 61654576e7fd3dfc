"""What the people of a site know beyond the recorded data, as written in `conf/transfer/<name>.yaml`."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.strict_config import STRICT

State = Literal["present", "partial", "missing"]
PARTS = ("data", "method", "competence")


@dataclass(config=STRICT, frozen=True)
class SiteState:
    """State of one attribute at one site. A part that is not given is judged from the history."""

    data: State | None = None
    """Whether the site has recorded values of the attribute."""
    method: State | None = None
    """Whether the site has a method to set or measure it that is shown to be fit for purpose."""
    competence: State | None = None
    """Whether people at the site have done this at this scale."""
    note: str = ""
    """Reason for the state, printed beside it. Required if a part is `partial` or `missing`."""

    @model_validator(mode="after")
    def _explained(self) -> "SiteState":
        gaps = [part for part in PARTS if getattr(self, part) in ("partial", "missing")]
        if gaps and not self.note:
            raise ValueError(f"`{gaps[0]}` is {getattr(self, gaps[0])}, but `note` is empty; write the reason in `note`")
        return self


@dataclass(config=STRICT, frozen=True)
class SiteKnowledge:
    """The states of attributes at each site."""

    sites: Mapping[str, Mapping[str, SiteState]] = Field(default_factory=dict)
    """Site → attribute → state."""
