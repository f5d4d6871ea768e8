"""Unsaved work: kept on the disk while a window is open, and offered after a crash."""
