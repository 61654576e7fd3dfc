"""A workspace: how it is made, and how it is carried to a new version."""
