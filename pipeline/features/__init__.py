"""One row of features per batch. Stateless: nothing is fitted."""
