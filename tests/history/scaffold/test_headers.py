"""What a header tells, and what it does not."""

import pytest

from pipeline.history.scaffold.headers import display_of, name_of, split_header


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("Volume [L]", "L"),
        ("Volume_L", "L"),
        ("Titer (g/L)", "g/L"),
        ("VCD [10^6 cells/mL]", "10^6 cells/mL"),
        ("temp_degC", "degC"),
        ("Viability_%", "%"),
        ("Press_bar", "bar"),
        ("Hardness_N", "N"),
        ("Duration_h", "h"),
        ("Time [min]", "min"),
        ("Time (min)", "min"),
        ("Speed [RPM]", "RPM"),
        ("Temp [°C]", "°C"),
        ("Feed_mL", "mL"),
        ("Feed_mL/h", "mL/h"),
    ],
)
def test_split_header__a_unit_that_is_certain(header: str, unit: str) -> None:
    assert split_header(header)[1] == unit


@pytest.mark.parametrize(
    "header",
    ["T_in", "Temp_min", "Temp_max", "P_in", "pH_min", "Temp (min)", "T (in)", "Assay_A", "Lot_C", "Lot_L", "Impurity_L", "Peak_T",
     "Weight_gr", "Feed_ML", "pH_1", "T_g", "Step_h", "Harvest_d", "Phase_day", "Factor_K", "Titre_mg_mL", "Flow_L_min",
     "g_per_L", "Temp [C]", "Temp (C)", "_L", "[L]", "(g/L)", "Note (foo)", "Sample_m", "Line_S", "Run_M", "Rep_t", "Site_P",
     "Grade_V", "x_", "_", "", "a()", "a[]", "a_9**9**9"],
)  # fmt: skip
def test_split_header__a_word_that_may_mean_something_else_gives_no_unit(header: str) -> None:
    assert split_header(header) == (header, "")


@pytest.mark.parametrize("text", ["no", "Yes", "NULL", "1", "100 %", "", "#", "日本", "on", "1e5"])
def test_name_of__is_a_name_that_yaml_reads_as_text(text: str) -> None:
    name = name_of(text)
    assert name.isidentifier()
    assert name not in ("no", "yes", "null", "on")


def test_display_of__gives_back_capitals_and_signs() -> None:
    assert [display_of(word) for word in ("HCP_ELISA", "pH", "Batch No", "Kühlung", "  ", "load")] == [
        "HCP ELISA", "pH", None, "Kühlung", None, None,
    ]  # fmt: skip
