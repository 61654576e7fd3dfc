"""Spectra: one attribute with a value per channel, where its channels stand in the files, and how it is pre-treated."""

import math
from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import AfterValidator, Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.arrays import FloatArray
from pipeline.domain.file_formats import Csv, Format
from pipeline.domain.reading import folders
from pipeline.domain.strict_config import STRICT

MOST_CHANNELS = 20_000
"""Largest number of channels of a spectrum."""


@dataclass(config=STRICT, frozen=True)
class Channels:
    """Positions of the channels: from `first` to `last` in equal steps, such as 1100 to 2498 nm every 2 nm."""

    first: float
    """Position of the first channel."""
    last: float
    """Position of the last channel. It may lie below the first, as wavenumbers are often written."""
    step: float = Field(gt=0)
    """Distance of two channels."""
    unit: str = ""
    """Unit of the positions, such as `nm` or `1/cm`; it is shown and nothing is converted."""

    @model_validator(mode="after")
    def _whole(self) -> "Channels":
        steps = abs(self.last - self.first) / self.step
        if not math.isclose(steps, round(steps), abs_tol=1e-6) or not 1 <= round(steps) < MOST_CHANNELS:
            raise ValueError(
                f"from {self.first:g} to {self.last:g} are {steps:g} steps of {self.step:g}; the number of steps must be whole, "
                f"at least 1 and below {MOST_CHANNELS}"
            )
        return self

    @property
    def count(self) -> int:
        """Number of channels."""
        return round(abs(self.last - self.first) / self.step) + 1

    @property
    def positions(self) -> FloatArray:
        """Positions of the channels, (channels,)."""
        return np.round(np.linspace(self.first, self.last, self.count), 9)

    def named(self, pattern: str) -> list[str]:
        """Return the column of each channel, from a pattern such as `{} nm`.

        >>> Channels(first=1100, last=1101, step=0.5).named("{} nm")
        ['1100 nm', '1100.5 nm', '1101 nm']
        """
        return [pattern.format(int(x) if x.is_integer() else x) for x in self.positions.tolist()]


@dataclass(config=STRICT, frozen=True)
class Snv:
    """Standard normal variate: each spectrum minus its mean, divided by its standard deviation.

    It removes an offset and the scatter that multiplies a whole spectrum. Barnes, Dhanoa, Lister (1989), Appl. Spectrosc. 43, 772.
    """

    kind: Literal["snv"]

    def left(self, channels: int) -> int:
        """Return how many of the channels are left."""
        if channels < 2:
            raise ValueError(f"`snv` needs at least 2 channels, and there is {channels}")
        return channels


@dataclass(config=STRICT, frozen=True)
class SavitzkyGolay:
    """A polynomial through each channel and its neighbours, or its derivative. Savitzky, Golay (1964), Anal. Chem. 36, 1627."""

    kind: Literal["savitzky_golay"]
    window: int = Field(ge=3)
    """Number of channels of the polynomial; odd."""
    order: int = Field(default=2, ge=1)
    """Order of the polynomial; below the window."""
    derivative: int = Field(default=0, ge=0)
    """0 smooths, 1 is the slope, 2 the curvature. The result is per channel, not per unit of the position."""

    @model_validator(mode="after")
    def _possible(self) -> "SavitzkyGolay":
        if self.window % 2 == 0:
            raise ValueError(f"the window is {self.window}; it must be odd, so that it has a middle")
        if self.order >= self.window or self.derivative > self.order:
            raise ValueError(
                f"window {self.window}, order {self.order}, derivative {self.derivative}: the order must be below the window, and "
                "the derivative not above the order"
            )
        return self

    def left(self, channels: int) -> int:
        """Return how many of the channels are left."""
        if channels < self.window:
            raise ValueError(f"`savitzky_golay` has a window of {self.window} channels, and there are {channels}")
        return channels


@dataclass(config=STRICT, frozen=True)
class Binning:
    """The mean of neighbouring channels. The last bin holds what is left."""

    kind: Literal["binning"]
    channels: int = Field(ge=2)
    """Number of channels in a bin."""

    def left(self, channels: int) -> int:
        """Return how many of the channels are left."""
        if channels < self.channels:
            raise ValueError(f"`binning` has bins of {self.channels} channels, and there are {channels}")
        return -(-channels // self.channels)


Treatment = Annotated[Snv | SavitzkyGolay | Binning, Field(discriminator="kind")]


def channels_left(count: int, treatments: Sequence[Treatment]) -> int:
    """Return the number of channels after the treatments.

    Raises ValueError that names the first treatment for which there are too few channels.
    """
    for treatment in treatments:
        count = treatment.left(count)
    return count


def _below(folder: str) -> str:
    if folder and (problem := folders.pattern_problem(folder)):
        raise ValueError(f"'{folder}' is no folder below data/raw/<process>/: {problem}; write for example spectra")
    return folder


@dataclass(config=STRICT, frozen=True)
class SpectrumFiles:
    """A file per spectrum, whose name stands in the cell of the column.

    The file has a row per channel with its position and value, or one row with a column per channel.
    """

    folder: Annotated[str, AfterValidator(_below)] = ""
    """Folder of the files below `data/raw/<process>/`."""
    position: str | None = None
    """Column with the position of a channel, in a file with a row per channel."""
    value: str | None = None
    """Column with the value of a channel, in a file with a row per channel."""
    columns: str | None = None
    """Pattern of the names of the columns, such as `{} nm`, in a file with one row."""
    format: Format = Field(default_factory=Csv)
    """How the files are written; CSV with a comma where not given."""

    @model_validator(mode="after")
    def _one_way(self) -> "SpectrumFiles":
        long = self.position is not None and self.value is not None
        if long == (self.columns is not None) or (self.position is None) != (self.value is None):
            raise ValueError(
                "give `position` and `value` of a file with a row per channel, or `columns` of a file with one row"
            )
        return self


def pattern_problem(pattern: str, channels: Channels) -> str | None:
    """Say why a pattern does not give each channel a column of its own; None if it does.

    >>> pattern_problem("{} nm", Channels(first=1, last=2, step=0.5)), pattern_problem("nm", Channels(first=1, last=2, step=1))
    (None, "it names one column for all channels; write {} where the position stands, such as '{} nm'")
    """
    try:
        names = channels.named(pattern)
    except (ValueError, IndexError, KeyError) as error:
        return f"it is no pattern ({error}); write {{}} where the position stands, such as '{{}} nm'"
    if len(set(names)) == 1:
        return "it names one column for all channels; write {} where the position stands, such as '{} nm'"
    if len(set(names)) < len(names):
        return f"it gives two channels the same column, such as '{names[0]}'; write more digits, such as {{:.2f}}"
    return None
