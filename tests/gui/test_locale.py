"""P5: the system writes decimal commas; the program, its files and its code write points."""

import numpy as np
import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QDoubleSpinBox

from rnnviz.app import create_window


@pytest.fixture
def german():
    """Let Qt take the system for a German one."""
    before = QLocale()
    QLocale.setDefault(QLocale("de_DE"))
    assert QLocale().toString(0.5) == "0,5"
    yield
    QLocale.setDefault(before)


def test_P5_fields_and_files_agree(qtbot, german, store, tmp_path):
    window = create_window(store=store)
    qtbot.addWidget(window)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    (tmp_path / "x.csv").write_text("0.25,1000.5\n-0.5,2\n")
    window.files.opening.asks = False
    window.open_files([tmp_path / "x.csv"])
    qtbot.waitUntil(lambda: not window.opening, timeout=20_000)
    numbers = np.asarray(window.session.run.inputs)[:, 0].tolist()
    assert numbers == [[0.25, 1000.5], [-0.5, 2.0]]
    scheme = window.findChild(QComboBox, "init.scheme")
    scheme.setCurrentIndex(scheme.findData("uniform"))
    low = window.findChild(QDoubleSpinBox, "init.low")
    low.setFocus()
    low.selectAll()
    qtbot.keyClicks(low, "-0.25")
    qtbot.keyClick(low, Qt.Key.Key_Return)
    assert window.session.settings.initialization.scheme.low == -0.25
    assert "-0.25" in window.session.code()
    shown = {box.text() for box in window.findChildren(QAbstractSpinBox) if box.isVisible()}
    assert not any("," in text for text in shown)
