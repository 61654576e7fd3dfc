"""What pictures call a feature."""

from pipeline.features.catalogue import labels_of
from tests.support.pot import pot


def test_labels__carry_the_unit_of_what_has_one() -> None:
    labels = labels_of(pot())
    assert labels["agitation"] == "agitation [rpm]"
    assert labels["log10_scale"] == "log10_scale"
    assert labels["site"] == "site"
