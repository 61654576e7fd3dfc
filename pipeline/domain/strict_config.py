"""How every configuration class is made: an unknown key is an error."""

from pydantic import ConfigDict

STRICT = ConfigDict(extra="forbid")
