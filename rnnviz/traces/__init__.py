"""The record of a run, and the run that fills it."""
