"""The definition of a process, and the checks that it is consistent."""
