"""Stage `configure`: the chosen options, composed and checked, one file per key."""

from pipeline.config import compose
from pipeline.domain.made import record
from pipeline.domain.places import Places
from pipeline.domain.reading.yaml_text import as_yaml
from pipeline.stages.run import run, write_text


def configure(places: Places) -> None:
    """Compose the configuration. A wrong one is refused before anything is computed."""
    for key, value in compose(places.conf, places.params).items():
        write_text(as_yaml({key: value}), places.config / f"{key}.yaml")
    record(places, "configure", read=(places.params,), written=(places.config,))


if __name__ == "__main__":
    run(configure)
