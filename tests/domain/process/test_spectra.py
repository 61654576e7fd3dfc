"""A definition with a spectrum: every contradiction is a sentence."""

from typing import Any

import pytest

from pipeline.domain.errors import ScalebridgeError
from tests.conftest import process_of
from tests.support.definitions import PlainData
from tests.support.spectral_history import MADE, SpectralHistory


def _definition(**changes: object) -> PlainData:
    made = SpectralHistory(MADE).definition()
    made["attributes"]["nir"] |= changes
    return made


COLUMN = {"source": "batches", "column": "{} nm"}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no channels": ({"channels": None}, "it needs `channels`"),
    "a result": ({"role": "CQA"}, "its role must be one of CPP, CMA, IPC, context"),
    "a window that is too wide": (
        {"pre_treatment": [{"kind": "savitzky_golay", "window": 17}]},
        "'nir' has 16 channels, and its pre-treatment is not possible: `savitzky_golay` has a window of 17 channels",
    ),
    "one column": ({"column": COLUMN | {"column": "nir"}}, "it names one column for all channels"),
    "a narrower instrument": (
        {"column": COLUMN | {"channels": {"first": 1110, "last": 1140, "step": 2}}},
        "source 'batches' only from 1110 to 1140; nothing can be interpolated beyond",
    ),
    "a number with channels": (
        {"kind": "number", "column": "batches.nir"},
        "has `channels` and `pre_treatment`; only a spectrum",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_definition__with_a_spectrum_that_cannot_be_is_refused(kind: str) -> None:
    changes, sentence = WRONG[kind]
    with pytest.raises(ScalebridgeError) as error:
        process_of(_definition(**changes))
    assert sentence in str(error.value)


def test_definition__that_uses_a_spectrum_as_a_number_is_refused() -> None:
    made = _definition()
    made["attributes"]["titre"]["rises_with"] = ["nir"]
    with pytest.raises(ScalebridgeError, match=r"attributes\.titre names 'nir', which is a spectrum"):
        process_of(made)
