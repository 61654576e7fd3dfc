"""All that a source may read instead of files."""

from typing import Annotated

from pydantic import Field

from pipeline.domain.feeds import MqttFeed, OpcUaPull
from pipeline.domain.pulls import SqlPull

Pull = Annotated[SqlPull | OpcUaPull | MqttFeed, Field(discriminator="kind")]
"""What a source reads instead of files, by its `kind`."""
Feed = OpcUaPull | MqttFeed
"""What a watch can follow record by record."""
