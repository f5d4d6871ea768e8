"""A panel on a session, driven by its names: what a person does with a field."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QScrollArea, QWidget


class Driver:
    """A panel in a scroll area of the width that docks have."""

    def __init__(self, qtbot, panel) -> None:
        self.panel = panel
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setWidget(panel)
        self.area.resize(290, 700)
        qtbot.addWidget(self.area)
        with qtbot.waitActive(self.area):
            self.area.show()
            self.area.activateWindow()

    def __getitem__(self, name):
        found = self.panel.findChildren(QWidget, name)
        assert len(found) == 1, f"{name}: {len(found)} widgets"
        return found[0]

    def shown(self, name):
        return any(w.isVisible() for w in self.panel.findChildren(QWidget, name))

    def problem(self, name):
        label = self.panel.findChild(QLabel, f"{name}.problem")
        return "" if label.isHidden() else label.text()

    def type(self, name, text):
        self[name].setFocus()
        self[name].selectAll()
        QTest.keyClick(self[name], Qt.Key.Key_Delete)
        for number, line in enumerate(text.split("\n")):
            if number:
                QTest.keyClick(self[name], Qt.Key.Key_Return)
            QTest.keyClicks(self[name], line)

    def enter(self, name, text):
        self.type(name, text)
        QTest.keyClick(self[name], Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def choose(self, name, data):
        """Choose an entry; offscreen, an opened list would complain that it cannot grab keys."""
        combo: QComboBox = self[name]
        combo.setFocus()
        assert combo.findData(data) >= 0, data
        combo.setCurrentIndex(combo.findData(data))
        assert combo.currentData() == data

    def click(self, name):
        QTest.mouseClick(self[name], Qt.MouseButton.LeftButton)


@pytest.fixture
def drive(qtbot):
    """Return a function that shows a panel and gives the hands for it."""
    return lambda panel: Driver(qtbot, panel)
