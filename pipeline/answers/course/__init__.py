"""The expected course of the proposed batch, beside the courses of the product itself."""
