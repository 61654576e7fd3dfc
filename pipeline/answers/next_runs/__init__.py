"""Which runs below the proposed scale most reduce the risk of the decision."""
