"""Setting of all configuration classes: an unknown key is an error, and so is a number that is not finite."""

from pydantic import ConfigDict

STRICT = ConfigDict(extra="forbid", defer_build=True, allow_inf_nan=False)
