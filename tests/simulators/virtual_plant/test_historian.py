"""The historian of every site."""

from pipeline.simulators.virtual_plant import historian


def test_historian__every_sensor_has_a_tag_at_every_site() -> None:
    assert all(len(site.tags) == len(historian.SENSORS) for site in historian.HISTORIANS.values())
