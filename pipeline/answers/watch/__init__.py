"""The running batch: its records so far, judged against the published run, with its alarm."""
