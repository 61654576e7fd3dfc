"""An answer in a terminal."""
