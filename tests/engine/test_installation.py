import numpy as np

from pipeline.engine.installation import LIBRARIES, differences, installation


def test_installation__names_code_libraries_threads_and_kernels() -> None:
    found = installation()
    assert found["numpy"] == np.__version__
    assert found["scalebridge"].startswith("scalebridge ")
    assert "threads: 1" in found["linear algebra"]
    assert {*LIBRARIES, "Python", "threads of polars", "processor"} < set(found)


def test_differences__names_both_values_and_what_one_side_lacks() -> None:
    assert differences({"a": "1", "b": "2"}, {"a": "1", "b": "3", "c": "4"}) == [
        "b: 2 here, 3 there",
        "c: nothing here, 4 there",
    ]
    assert differences(installation(), installation()) == []
