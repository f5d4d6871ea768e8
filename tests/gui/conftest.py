"""GUI tests run offscreen, against settings of their own, and fail on any Qt warning."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
