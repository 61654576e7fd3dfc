"""Packed arrays come back as they were, and damaged text is an error."""

import numpy as np
import pytest

from pipeline.models.packed import CODES, DOUBLE, SINGLE, packed, unpacked


@pytest.mark.parametrize("form", [SINGLE, DOUBLE, CODES])
def test_unpacked__returns_the_numbers_row_by_row(form: str) -> None:
    values = np.random.default_rng(1).integers(-5, 5, (7, 3)).astype(form)
    assert unpacked(packed(values, form), form).tolist() == values.ravel().tolist()
    assert unpacked(packed(values.T, form), form).tolist() == values.T.ravel().tolist()
    assert unpacked(packed(values[:0], form), form).tolist() == []


@pytest.mark.parametrize("text", ["AACAPw", "AAC*Pw==", "AAA="])
def test_unpacked__refuses_damaged_text(text: str) -> None:
    with pytest.raises(ValueError, match=r"padding|base64|buffer"):
        unpacked(text, SINGLE)
