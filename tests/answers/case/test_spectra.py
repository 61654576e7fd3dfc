"""Spectra of a proposal: numbers, a file beside it, or the reference; none at all is refused."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from pipeline.answers.case.proposals import read_proposal
from pipeline.answers.case.proposed_batch import propose
from pipeline.answers.case.settable import check_settable
from pipeline.answers.case.spectra import check_spectra
from pipeline.domain.errors import ScalebridgeError
from pipeline.domain.process.process import Process
from pipeline.domain.proposal import Proposal
from pipeline.history.tables import History
from tests.conftest import process_of
from tests.support.raw_files import history_of
from tests.support.small_history import PROPOSAL
from tests.support.spectral_history import MADE, POSITIONS, SpectralHistory, spectrum_of

GIVEN = spectrum_of(0.7, 0.2, 1.0)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> tuple[Process, History]:
    made = SpectralHistory(MADE)
    definition = made.definition()
    definition["attributes"]["nir"]["between"] = [0, 5]
    found = history_of(definition, made.project(tmp_path_factory.mktemp("spectral")).raw / "small")
    tables = History(found.batches, found.results, found.lots, found.genealogy, found.trajectories)
    return process_of(definition), tables


def _proposal(folder: Path, **changes: object) -> Proposal:
    file = folder / "a.yaml"
    file.write_text(yaml.safe_dump(PROPOSAL | changes))
    return read_proposal(file)


def _spectrum(known: tuple[Process, History], proposal: Proposal) -> object:
    return propose(known[0], proposal, known[1]).history.batches["nir"][0]


def test_spectra__stated_as_numbers_are_those_of_the_batch(known: tuple[Process, History], tmp_path: Path) -> None:
    proposal = _proposal(tmp_path, spectra={"nir": GIVEN.tolist()})
    assert np.array(_spectrum(known, proposal)) == pytest.approx(GIVEN)


def test_spectra__in_a_file_are_interpolated(known: tuple[Process, History], tmp_path: Path) -> None:
    pl.DataFrame({"Wavelength": [1130, 1100], "A": [3.0, 0.0]}).write_csv(tmp_path / "new.csv")
    proposal = _proposal(tmp_path, spectra={"nir": "new.csv"})
    assert np.array(_spectrum(known, proposal)) == pytest.approx((POSITIONS - 1100) / 10)


def test_spectra__as_at_the_reference_are_the_mean_and_are_listed(known: tuple[Process, History], tmp_path: Path) -> None:
    proposed = propose(known[0], _proposal(tmp_path), known[1])
    assert proposed.assumed["nir"].value == "mean spectrum of 7 batches"
    mean = proposed.reference["nir"].to_numpy().mean(axis=0)
    assert np.array(proposed.history.batches["nir"][0]) == pytest.approx(mean)


WRONG = {
    "too few channels": ({"nir": [1.0, 2.0]}, "it has 2 channels; the process has 16"),
    "a negative channel": ({"nir": [-1.0, *GIVEN[1:].tolist()]}, "-1 at 1100 nm is outside the possible range 0 to 5"),
    "no such spectrum": ({"raman": GIVEN.tolist()}, "there is no such spectrum; available: nir"),
    "positions that do not reach": (
        {"nir": {"positions": [1100, 1120], "values": [1, 2]}},
        "its positions must be different and reach from 1100 to 1130 nm; they reach from 1100 to 1120",
    ),
    "no file": ({"nir": "none.csv"}, "there is no file 'none.csv' in the folder of the proposal"),
    "a file outside": ({"nir": "../none.csv"}, "there is no file '../none.csv' in the folder of the proposal"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_spectra__that_cannot_be_are_refused(kind: str, known: tuple[Process, History], tmp_path: Path) -> None:
    given, sentence = WRONG[kind]
    with pytest.raises(ScalebridgeError) as error:
        _spectrum(known, _proposal(tmp_path, spectra=given))
    assert sentence in str(error.value)


def test_file__must_have_two_columns_of_numbers(tmp_path: Path) -> None:
    (tmp_path / "three.csv").write_text("a,b,c\n1,2,3\n")
    (tmp_path / "words.csv").write_text("nm,A\n1100,x\n1130,1\n")
    for name, sentence in (("three.csv", "has 3 columns"), ("words.csv", "has 1 cells that are no number")):
        with pytest.raises(ScalebridgeError, match=sentence):
            _proposal(tmp_path, spectra={"nir": name})


def test_settings__say_where_a_spectrum_is_stated(known: tuple[Process, History], tmp_path: Path) -> None:
    with pytest.raises(ScalebridgeError, match="this is a spectrum; state it in the field `spectra`"):
        check_settable(known[0], _proposal(tmp_path, settings={"nir": 1.0}))


def test_check_spectra__refuses_a_proposal_without_a_spectrum_that_a_model_reads(tmp_path: Path) -> None:
    row = pl.DataFrame({"nir": [None]}, schema={"nir": pl.Array(pl.Float64, 2)})
    with pytest.raises(ScalebridgeError, match="the models read the spectrum 'nir', and the proposal has none"):
        check_spectra(_proposal(tmp_path), row, ["nir"])
    check_spectra(_proposal(tmp_path), row, [])
