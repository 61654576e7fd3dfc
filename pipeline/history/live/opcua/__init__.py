"""OPC UA: the client that reads history and follows tags."""
