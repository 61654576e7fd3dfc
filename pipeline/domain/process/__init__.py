"""The definition of a process and its consistency."""
