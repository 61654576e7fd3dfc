"""Batches that people leave out on purpose, as written in `conf/left_out/<name>.yaml`."""

import datetime
import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.errors import listed
from pipeline.domain.strict_config import STRICT


def _some_text(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty; write it in words")
    return text.strip()


def _quoted(name: object) -> object:
    if isinstance(name, int | float):
        raise ValueError(
            f"{name} is a number, and a batch is named by a text; put it between quotes, as it stands in the file"
        )
    return name


def _written_date(text: object) -> object:
    """Let a date of YAML and a text YYYY-MM-DD pass. A plain number would be read as seconds since 1970."""
    if isinstance(text, datetime.date) and not isinstance(text, datetime.datetime):
        return text
    if isinstance(text, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip(), re.ASCII):
        try:
            return datetime.date.fromisoformat(text.strip())
        except ValueError as error:
            raise ValueError(f"'{text}' is no date: {error}; write it as YYYY-MM-DD, such as 2024-03-01") from None
    raise ValueError(f"'{text}' is no date; write it as YYYY-MM-DD, such as 2024-03-01")


Text = Annotated[str, AfterValidator(_some_text)]


@dataclass(config=STRICT, frozen=True)
class LeftOutBatch:
    """A batch that is not used, and who decided this when and why."""

    batch: Annotated[Text, BeforeValidator(_quoted)]
    """Name of the batch, as the history has it."""
    who: Text
    """Who decided it."""
    when: Annotated[datetime.date, BeforeValidator(_written_date)]
    """Day of the decision, as YYYY-MM-DD."""
    why: Text
    """Reason, such as the number of a deviation, or that it was an engineering run."""
    step: Text | None = None
    """Step of the batch, in a process with steps. It is needed where batches of several steps have this name."""

    @property
    def named(self) -> str:
        """The name of the batch, with its step where it is known."""
        return self.batch if self.step is None else f"{self.batch} (step '{self.step}')"


@dataclass(config=STRICT, frozen=True)
class LeftOut:
    """The batches that are left out of the history on purpose. Their rows are counted, and not used."""

    batches: tuple[LeftOutBatch, ...] = ()
    """One entry per batch, with `batch`, `who`, `when` and `why`, and `step` where it is needed. Empty: every batch is used."""

    @model_validator(mode="after")
    def _once(self) -> "LeftOut":
        steps: dict[str, list[str | None]] = {}
        for one in self.batches:
            steps.setdefault(one.batch, []).append(one.step)
        if doubled := sorted(name for name, own in steps.items() if len(set(own)) < len(own)):
            raise ValueError(f"{listed(map(repr, doubled))} is left out more than once; keep one entry per batch")
        if unclear := sorted(name for name, own in steps.items() if len(own) > 1 and None in own):
            raise ValueError(f"{listed(map(repr, unclear))} has several entries; state the `step` in each of them")
        return self


NONE = LeftOut()
"""No batch is left out."""
