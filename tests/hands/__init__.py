"""Random hands: a person without a plan, for the tests that let one loose on the real window."""
