"""Whose batches may teach a model, and whose names may be seen, as written in `conf/scope/<name>.yaml`."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from pipeline.domain.errors import listed
from pipeline.domain.strict_config import STRICT

Treatment = Literal["named", "anonymous", "kept_out"]
"""What a run does with the batches of another client: it learns from them and shows their names, it learns from them and replaces
their names, or it does not read them."""


@dataclass(config=STRICT, frozen=True)
class Scope:
    """For which client a run is made, and what it may use of the others. The default is one client, who sees everything."""

    client: str | None = None
    """Client for whom the run is made. Its own batches always teach, and are shown by their names. None: batches of all clients
    teach, and all names are shown."""
    attribute: str | None = None
    """Text attribute of the batches that says to whom a batch belongs, such as `client` or `product`."""
    clients: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """Client → its levels of the attribute, such as its products. Without it, the level of the attribute is the client."""
    teach: Mapping[str, Treatment] = Field(default_factory=dict)
    """Other client → what the run does with its batches."""
    others: Treatment = "kept_out"
    """What the run does with the batches of clients that `teach` does not name."""
    names: tuple[str, ...] = ()
    """Further text attributes of the batches whose levels are names of a client, such as `campaign`. They are replaced for
    anonymous batches. The names of batches, products, lineages and lots are always replaced."""

    @model_validator(mode="after")
    def _whole(self) -> "Scope":
        if self.client is None:
            if self.attribute or self.clients or self.teach or self.names or self.others != "kept_out":
                raise ValueError("`client` is missing: name the client for whom the run is made, or remove the other keys")
            return self
        if self.attribute is None:
            raise ValueError("`attribute` is missing: name the text attribute that says to whom a batch belongs")
        if self.clients and self.client not in self.clients:
            raise ValueError(
                f"`client` is '{self.client}', and `clients` has {listed(map(repr, self.clients))}; add it there"
            )
        if self.client in self.teach:
            raise ValueError(f"`teach` names '{self.client}', for whom the run is made; its batches always teach. Remove it")
        if self.clients and (unknown := [name for name in self.teach if name not in self.clients]):
            raise ValueError(
                f"`teach` names {listed(map(repr, unknown))}, and `clients` has {listed(map(repr, self.clients))}; correct it"
            )
        levels = [level for own in self.clients.values() for level in own]
        if doubled := sorted({level for level in levels if levels.count(level) > 1}):
            raise ValueError(f"`clients` gives {listed(map(repr, doubled))} to more than one client; each belongs to one")
        return self

    def owner(self, level: str) -> str | None:
        """Return the client to whom a level of the attribute belongs; None where no client has it."""
        if not self.clients:
            return level
        return next((client for client, own in self.clients.items() if level in own), None)

    def treatment(self, client: str) -> Treatment:
        """Return what the run does with the batches of a client."""
        return "named" if client == self.client else self.teach.get(client, self.others)


EVERYONE = Scope()
"""All batches teach, and all names are shown."""
