"""What can be set in a proposal, which ranges history supports, and response curves around the proposed point."""
