"""The quality of the data: what was set aside, what would mend it, and what the valid rows hold."""
