"""Files opened in the window: chosen, dropped, named on the command line."""
