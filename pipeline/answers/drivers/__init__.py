"""What moves a product, and which setting matters more at scale."""
