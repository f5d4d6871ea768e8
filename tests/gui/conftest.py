"""GUI tests run offscreen, against a store of their own, and fail on any Qt warning."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QPalette

from rnnviz.app import create_window
from rnnviz.session import Session


@pytest.fixture
def store(tmp_path):
    """Return a store that is nobody's."""
    return QSettings(str(tmp_path / "rnnviz.ini"), QSettings.Format.IniFormat)


@pytest.fixture(autouse=True)
def no_user_settings(tmp_path):
    """Keep whatever opens the user's own store away from it."""
    QSettings.setPath(
        QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "config")
    )


@pytest.fixture(autouse=True)
def same_theme(qapp):
    """Give back the palette, which belongs to the whole program."""
    palette = QPalette(qapp.palette())
    yield
    qapp.setPalette(palette)


@pytest.fixture
def session(qapp):
    """Return a session, closed at the end."""
    made = Session()
    yield made
    made.close()


@pytest.fixture
def window(qtbot, store):
    """Return the window as it is at the first start, active, at 1280x720."""
    made = create_window(store=store)
    made.resize(1280, 720)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made
