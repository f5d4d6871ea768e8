"""The docks of controls, and the transport."""
