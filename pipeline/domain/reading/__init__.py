"""Read files of any kind. An error names the file, the place in it, and what to do."""
