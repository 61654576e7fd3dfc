"""At which step of the process a quality attribute is decided."""
