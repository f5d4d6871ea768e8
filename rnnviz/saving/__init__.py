"""Sessions in files: what is kept, how it comes back, and the questions on the way."""
