"""conf/ and params.yaml to one composed, validated file."""

from pathlib import Path

import yaml

from pipeline.config import compose
from pipeline.stages.run import run, write_text


def configure(conf: Path, params: Path, config: Path) -> None:
    """Compose the configuration and refuse a wrong one before anything is computed."""
    composed = compose(conf, params)
    write_text(yaml.safe_dump(composed, sort_keys=False, allow_unicode=True, width=120), config)


if __name__ == "__main__":
    run(configure)
