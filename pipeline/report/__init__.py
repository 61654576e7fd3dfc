"""The page that a process engineer takes to the scale-up meeting."""
