"""Stage `configure`: the chosen options, composed and checked, one file per key."""

import yaml

from pipeline.config import compose
from pipeline.domain.places import Places
from pipeline.stages.run import run, write_text


def configure(places: Places) -> None:
    """Compose the configuration. A wrong one is refused before anything is computed."""
    for key, value in compose(places.conf, places.params).items():
        text = yaml.safe_dump({key: value}, sort_keys=False, allow_unicode=True, width=120)
        write_text(text, places.config / f"{key}.yaml")


if __name__ == "__main__":
    run(configure)
