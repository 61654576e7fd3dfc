"""An answer shown. Nothing is computed here."""
