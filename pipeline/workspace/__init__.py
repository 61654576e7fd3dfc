"""A workspace: a project apart from the tool, made by `scalebridge init` and carried to a new version by `scalebridge upgrade`."""
