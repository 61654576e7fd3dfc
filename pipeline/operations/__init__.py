"""One file per unit operation: which features it offers, from which inputs."""
