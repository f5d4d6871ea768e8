"""Recordings of training loops, written where the work runs. Nothing here knows Qt.

``docs/recording.md`` describes the layout on the disk.
"""
