"""Setting of all configuration classes: an unknown key is an error."""

from pydantic import ConfigDict

STRICT = ConfigDict(extra="forbid", defer_build=True)
