"""The historian of every site."""

import pytest

from pipeline.domain.config_files import parse, read_yaml
from pipeline.domain.process.process import Process
from pipeline.simulators.virtual_plant.further_tags import FURTHER, OFFLINE
from pipeline.simulators.virtual_plant.historian import HISTORIANS, SENSORS, tag_names
from tests.architecture.imports import ROOT


@pytest.mark.parametrize("site", HISTORIANS)
def test_historian__every_sensor_has_a_tag_of_its_own_at_every_site(site: str) -> None:
    names = tag_names(site)
    assert list(names) == [*SENSORS, *FURTHER, *OFFLINE]
    assert len(set(names.values())) == len(names)


def test_historian__the_process_definition_reads_every_tag_of_every_site_as_the_same_attribute() -> None:
    process = parse(Process, read_yaml(ROOT / "conf/process/virtual_plant.yaml"), "virtual_plant")
    read = {
        site: [process.sources[f"historian_{site.lower()}"].tags[name] for name in tag_names(site).values()]  # type: ignore[union-attr]
        for site in HISTORIANS
    }
    assert read["Boston"] == read["Visp"] == read["Cork"]
    assert len(set(read["Boston"])) == len(read["Boston"])
