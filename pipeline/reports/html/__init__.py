"""An answer as one self-contained, printable page."""
