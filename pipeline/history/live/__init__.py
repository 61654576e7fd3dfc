"""Records of running batches as they arrive: clients of feeds, and the journal that holds what was received."""
