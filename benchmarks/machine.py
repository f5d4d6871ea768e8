"""Which machine and which versions: figures mean nothing without them."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path

PACKAGES = {
    "PySide6": "PySide6_Essentials",
    "pyqtgraph": "pyqtgraph",
    "torch": "torch",
    "numpy": "numpy",
    "matplotlib": "matplotlib",
    "rnnviz": "rnnviz",
}
"""What the report calls them, and what the package index does."""


def describe() -> dict[str, str]:
    """Return what the report says first, by name."""
    return {
        "Machine": f"{cpu_model()}, {os.cpu_count()} cores, {memory()}",
        "System": f"{platform.platform()}, Python {platform.python_version()}",
        "Versions": ", ".join(f"{name} {version(p)}" for name, p in PACKAGES.items()),
        "Load": load(),
    }


def cpu_model() -> str:
    """Return the processor's name, as well as the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def memory() -> str:
    """Return how much memory there is."""
    if not hasattr(os, "sysconf") or "SC_PHYS_PAGES" not in os.sysconf_names:
        return "memory unknown"
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{size / 2**30:.1f} GiB memory"


def load() -> str:
    """Return how busy the machine was: what is measured beside other work spreads widely."""
    if not hasattr(os, "getloadavg"):
        return "unknown"
    return f"{os.getloadavg()[0]:.1f} processes in the last minute"


def version(package: str) -> str:
    """Return a package's version."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
