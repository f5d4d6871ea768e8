"""Functions of networks and traces."""
