"""Channels and pre-treatments of a spectrum: what cannot be is refused with a sentence."""

import pytest
from pydantic import TypeAdapter, ValidationError

from pipeline.domain.spectra import Binning, Channels, SavitzkyGolay, Snv, SpectrumFiles, channels_left, pattern_problem


def test_channels__have_equal_steps_in_either_direction() -> None:
    assert Channels(1100, 1104, 2).positions.tolist() == [1100, 1102, 1104]
    assert Channels(4000, 3998, 0.5).positions.tolist() == [4000, 3999.5, 3999, 3998.5, 3998]


@pytest.mark.parametrize("given", [(1100, 1105, 2), (1100, 1100, 2), (0, 30_000, 1)])
def test_channels__of_no_whole_number_of_steps_are_refused(given: tuple[float, float, float]) -> None:
    with pytest.raises(ValidationError, match="the number of steps must be whole"):
        TypeAdapter(Channels).validate_python(dict(zip(("first", "last", "step"), given, strict=True)))


def test_named__writes_positions_as_files_do() -> None:
    assert Channels(1100, 1101, 1).named("X{:.1f}") == ["X1100.0", "X1101.0"]


def test_pattern_problem__names_channels_that_share_a_column() -> None:
    channels = Channels(1, 2, 0.25)
    assert "gives two channels the same column, such as '1 nm'" in str(pattern_problem("{:.0f} nm", channels))
    assert "is no pattern" in str(pattern_problem("{name} nm", channels))


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"window": 4}, "it must be odd"),
        ({"window": 5, "order": 5}, "the order must be below the window"),
        ({"window": 5, "order": 2, "derivative": 3}, "the derivative not above the order"),
    ],
)
def test_savitzky_golay__refuses_what_has_no_polynomial(given: dict[str, int], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        TypeAdapter(SavitzkyGolay).validate_python({"kind": "savitzky_golay"} | given)


def test_channels_left__counts_along_the_treatments() -> None:
    assert channels_left(10, [Snv("snv"), Binning("binning", 4), SavitzkyGolay("savitzky_golay", 3)]) == 3
    with pytest.raises(ValueError, match="a window of 5 channels, and there are 3"):
        channels_left(10, [Binning("binning", 4), SavitzkyGolay("savitzky_golay", 5)])


def test_files__have_a_row_per_channel_or_one_row() -> None:
    read = TypeAdapter(SpectrumFiles).validate_python
    assert read({"columns": "{} nm"}).columns == "{} nm"
    for given in ({}, {"position": "nm"}, {"position": "nm", "value": "A", "columns": "{} nm"}):
        with pytest.raises(ValidationError, match="give `position` and `value`"):
            read(given)
    with pytest.raises(ValidationError, match="is no folder below"):
        read({"columns": "{}", "folder": "../secret"})
