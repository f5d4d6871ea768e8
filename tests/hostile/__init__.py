"""Files that are broken, or were made to harm whoever opens them."""
