"""Which features influence a product, and which settings have a larger effect at the proposed scale."""
