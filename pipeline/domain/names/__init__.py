"""Which names are allowed, and how a name of any kind is shown."""
