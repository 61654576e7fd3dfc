"""What people write becomes plain letters."""

import pytest

from pipeline.domain.units.spelling import plain


@pytest.mark.parametrize(
    ("written", "letters"),
    [
        ("cm²", "cm^2"),
        ("s⁻¹", "s^-1"),
        ("10⁶ /mL", "10^6/mL"),
        ("kg\u00b7m\u207b\u00b3", "kg*m^-3"),
        ("\ufeffg/L\u200b", "g/L"),
        ("mg ⁄ L", "mg/L"),
        ("% sat", "percent_saturation"),
        ("Area %", "percent_area"),
        ("r.p.m.", "rpm"),
        ("tr/min", "rpm"),
        ("cells/mL (x10^6)", "10^6 cells/mL"),
        ("cells/mL x 1e6", "1e6 cells/mL"),
        ("10^6 viable cells/mL", "10^6 cells/mL"),
        ("DO %", "percent_saturation"),
        ("mol%", "percent_amount"),
        ("% RH", "percent_humidity"),
        ("area%", "percent_area"),
        ("%/h", "percent/h"),
        ("MΩ·cm", "Mohm*cm"),
        ("TCID50/mL", "TCID/mL"),
        ("in Hg", "inHg"),
    ],
)
def test_plain__worked_examples(written: str, letters: str) -> None:
    assert plain(written) == letters
