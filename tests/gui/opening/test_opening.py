"""Files on the screen: chosen, dropped, asked about, refused."""

import itertools
import sys

import numpy as np
import pytest
import torch
from hostile import named
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QToolButton,
    QWidget,
)
from torch import nn

from rnnviz.formats import UnreadableFile
from rnnviz.formats.any_file import read_any
from rnnviz.initialization import Loaded
from rnnviz.networks.base import Interrupted, never
from rnnviz.sequences import Loaded as OwnData
from rnnviz.sequences import Text


def drop(window, *paths):
    """Drop files on the window, and return whether it takes them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    enter = QDragEnterEvent(QPoint(300, 300), actions, data, buttons, keys)
    QApplication.sendEvent(window, enter)
    if enter.isAccepted():
        event = QDropEvent(QPointF(300, 300), actions, data, buttons, keys)
        QApplication.sendEvent(window, event)
    return enter.isAccepted()


def opened(qtbot, window):
    """Wait until all that was given is dealt with."""
    qtbot.waitUntil(lambda: not window.files.opening.busy)


def dialog(qtbot, window, name):
    qtbot.waitUntil(lambda: window.findChild(QDialog, name) is not None)
    return window.findChild(QDialog, name)


def click(qtbot, parent, name):
    qtbot.mouseClick(parent.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def said(window):
    return window.statusBar().currentMessage()


def banner(window):
    shown = window.findChild(QWidget, "banner")
    return window.findChild(QLabel, "banner.text").text() if shown.isVisible() else ""


@pytest.fixture
def checkpoint(tmp_path):
    path = tmp_path / "mein Netz ü.pt"
    module = nn.RNN(6, 9, 2, nonlinearity="relu")
    weights = {f"encoder.rnn.{name}": w for name, w in module.state_dict().items()}
    torch.save({"model": weights, "epoch": 3}, path)
    return path, module


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "weather.csv"
    rows = np.sin(np.arange(120).reshape(20, 6))
    lines = ["a;b;c;d;e;f", *(";".join(f"{x:.4f}".replace(".", ",") for x in row) for row in rows)]
    path.write_text("\n".join(lines))
    return path, rows.round(4).astype(np.float32)


def test_own_checkpoint_and_own_table_in_four_actions(qtbot, window, checkpoint, table):
    drop(window, checkpoint[0])  # 1
    asked = dialog(qtbot, window, "open_weights")
    asked.findChild(QComboBox, "open_weights.nonlinearity").setCurrentIndex(1)
    click(qtbot, asked, "open_weights.ok")  # 2
    opened(qtbot, window)
    drop(window, table[0])  # 3
    asked = dialog(qtbot, window, "open_data")
    click(qtbot, asked, "open_data.ok")  # 4
    opened(qtbot, window)
    session = window.session
    session.run_to_end()
    qtbot.waitUntil(lambda: session.cursor == 20)
    with torch.no_grad():
        output, _ = checkpoint[1](torch.tensor(table[1]).unsqueeze(1))
    assert torch.tensor(np.asarray(session.trace.hidden)[1:, 1]).equal(output)
    assert session.settings.initialization.scheme.file == "mein Netz ü.pt (encoder.rnn)"


def test_cancel_leaves_everything_as_it_was(qtbot, window, checkpoint):
    before = window.session.settings
    drop(window, checkpoint[0])
    click(qtbot, dialog(qtbot, window, "open_weights"), "open_weights.cancel")
    opened(qtbot, window)
    assert window.session.settings == before


def test_what_cannot_be_read_is_said_and_changes_nothing(qtbot, window, tmp_path):
    before = window.session.settings
    path = tmp_path / "broken.npy"
    path.write_bytes(b"no numbers at all")
    drop(window, path, tmp_path / "missing.pt")
    opened(qtbot, window)
    assert banner(window).startswith("missing.pt: There is no such file.")
    assert window.session.settings == before


def is_refused(path):
    try:
        read_any(path, stopped=never)
    except UnreadableFile:
        return True
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="pipes and devices")
def test_hostile_files_change_nothing_of_what_is_open(qtbot, window, tmp_path):
    window.session.seek(5)
    before, said = window.session.settings, []
    window.files.refused.connect(said.append)
    files = list(enumerate(itertools.islice(named.light(), 0, None, 25)))
    for k, _ in files:
        (tmp_path / str(k)).mkdir()
    paths = [path for k, file in files if is_refused(path := file.make(tmp_path / str(k)))]
    window.open_files(paths)
    opened(qtbot, window)
    assert len(said) == len(paths) > 10
    assert window.session.settings is before and window.session.cursor == 5


def test_several_files_one_after_the_other(qtbot, window, tmp_path):
    np.save(tmp_path / "a.npy", np.ones((5, 3), np.float32))
    np.save(tmp_path / "b.npy", np.ones((7, 2), np.float32))
    drop(window, tmp_path / "a.npy", tmp_path / "b.npy")
    opened(qtbot, window)
    source = window.session.settings.sequence.source
    assert isinstance(source, OwnData) and source.file == "b.npy"
    assert window.session.settings.network.input_size == 2
    window.findChild(QAction, "edit.undo").trigger()
    assert window.session.settings.sequence.source.file == "a.npy"


def test_columns_that_the_network_of_a_file_cannot_read_are_asked_about(
    qtbot, window, checkpoint, tmp_path
):
    drop(window, checkpoint[0])
    click(qtbot, dialog(qtbot, window, "open_weights"), "open_weights.ok")
    opened(qtbot, window)
    np.save(tmp_path / "wide.npy", np.ones((5, 8), np.float32))
    drop(window, tmp_path / "wide.npy")
    asked = dialog(qtbot, window, "open_data")
    assert "reads 6" in asked.findChild(QLabel, "open_data.problem").text()
    assert not asked.findChild(QPushButton, "open_data.ok").isEnabled()
    columns = asked.findChild(QLineEdit, "open_data.columns")
    columns.setFocus()
    qtbot.keyClicks(columns, "2-7")
    qtbot.keyClick(columns, Qt.Key.Key_Return)
    opened(qtbot, window)
    assert window.session.settings.sequence.source.columns == "2-7"
    assert isinstance(window.session.settings.initialization.scheme, Loaded)


def test_a_click_on_a_head_leaves_a_column_out(qtbot, window, table):
    drop(window, table[0])
    asked = dialog(qtbot, window, "open_data")
    head = asked.findChild(QTableWidget, "open_data.preview").horizontalHeader()
    for column in (0, 3):
        at = QPoint(head.sectionViewportPosition(column) + 5, 8)
        qtbot.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert asked.findChild(QLineEdit, "open_data.columns").text() == "1-2, 4-5"
    click(qtbot, asked, "open_data.ok")
    opened(qtbot, window)
    assert window.session.settings.network.input_size == 4
    assert window.session.settings.sequence.source.unit_names() == ("b", "c", "e", "f")


def test_another_way_of_reading_is_shown_at_once(qtbot, window, tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("1,5\n2,5\n3,5\n")
    drop(window, path)
    asked = dialog(qtbot, window, "open_data")
    box = asked.findChild(QComboBox, "open_data.delimiter")
    box.setCurrentIndex(box.findData(";"))
    qtbot.waitUntil(lambda: asked.data.values.shape == (3, 1))
    click(qtbot, asked, "open_data.ok")
    opened(qtbot, window)
    assert window.session.settings.sequence.source.data.values.tolist() == [[1.5], [2.5], [3.5]]


def test_a_text_by_letters_or_words(qtbot, window, tmp_path):
    path = tmp_path / "poem.txt"
    path.write_text("so it is and so it was", encoding="utf-8")
    drop(window, path)
    asked = dialog(qtbot, window, "open_data")
    box = asked.findChild(QComboBox, "open_data.unit")
    box.setCurrentIndex(box.findData("words"))
    assert "so it is and was" in asked.findChild(QLabel, "open_data.about").text()
    click(qtbot, asked, "open_data.ok")
    opened(qtbot, window)
    assert isinstance(window.session.settings.sequence.source, Text)
    assert window.session.length == 7 and window.session.settings.network.input_size == 5


def test_a_file_dropped_on_a_text_is_for_the_window_as_well(window):
    window.session.open_preset("hello")
    text = window.findChild(QWidget, "sequence.text")
    assert not text.acceptDrops() and not text.viewport().acceptDrops()
    assert window.acceptDrops()


def test_what_is_no_file_is_not_taken(window):
    data = QMimeData()
    data.setText("only words")
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, buttons, keys)
    QApplication.sendEvent(window, enter)
    assert not enter.isAccepted()


def test_the_menu_and_the_panels_open_the_file_dialog(qtbot, window, tmp_path):
    np.save(tmp_path / "own.npy", np.ones((5, 3), np.float32))
    scheme = window.findChild(QComboBox, "init.scheme")
    window.findChild(QAction, "file.open").trigger()
    chooser = window.findChild(QFileDialog, "open.files")
    chooser.filesSelected.emit([str(tmp_path / "own.npy")])
    chooser.reject()
    opened(qtbot, window)
    assert window.findChild(QPushButton, "sequence.open").isVisibleTo(window)
    scheme.setCurrentIndex(scheme.findData("file"))
    scheme.activated.emit(scheme.currentIndex())
    qtbot.waitUntil(lambda: window.findChild(QFileDialog, "open.files") is not None)
    window.findChild(QFileDialog, "open.files").reject()


def test_reading_shows_and_is_cancelled(qtbot, window, monkeypatch):
    import rnnviz.opening.opening as opening

    def for_ever(path, *, stopped):
        while not stopped():
            pass
        raise Interrupted

    monkeypatch.setattr(opening, "read_any", for_ever)
    before = window.session.settings
    window.open_files(["slow.pt"])
    cancel = window.findChild(QToolButton, "reading.cancel")
    qtbot.waitUntil(cancel.isVisible)
    assert window.findChild(QLabel, "reading.text").text() == "Reading slow.pt …"
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert not cancel.isVisible() and not window.files.opening.busy
    assert window.files.finished(5) and window.session.settings == before


def test_closing_while_a_file_is_read(qtbot, window, monkeypatch):
    import rnnviz.opening.opening as opening

    def for_ever(path, *, stopped):
        while not stopped():
            pass
        raise Interrupted

    monkeypatch.setattr(opening, "read_any", for_ever)
    window.open_files(["slow.pt"])
    window.close()
    assert window.files.finished(5)


@pytest.mark.parametrize("ending", [".safetensors", ".pt"])
def test_saved_weights_come_back_to_the_bit(qtbot, window, tmp_path, ending):
    session = window.session
    session.open_preset("exercise-rnn")
    drawn = {name: w.clone() for name, w in session.network.state_dict().items()}
    path = tmp_path / f"own{ending}"
    window.findChild(QAction, "file.save_weights").trigger()
    chooser = window.findChild(QFileDialog, "save_weights")
    kind = next(text for text in chooser.nameFilters() if f"*{ending}" in text)
    chooser.selectNameFilter(kind)
    chooser.fileSelected.emit(str(path))
    chooser.reject()
    assert said(window) == f"Saved the weights as {path.name}."
    session.draw_new_weights()
    drop(window, path)
    if ending == ".pt":
        click(qtbot, dialog(qtbot, window, "open_weights"), "open_weights.ok")
    opened(qtbot, window)
    assert all(session.network.state_dict()[name].equal(w) for name, w in drawn.items())


def test_weights_that_cannot_be_saved_are_said(qtbot, window, tmp_path):
    window.findChild(QAction, "file.save_weights").trigger()
    chooser = window.findChild(QFileDialog, "save_weights")
    chooser.fileSelected.emit(str(tmp_path / "no folder" / "own.safetensors"))
    chooser.reject()
    assert banner(window).startswith("own.safetensors was not saved: ")


def choose(asked, name, data):
    box = asked.findChild(QComboBox, f"open_data.{name}")
    box.setCurrentIndex(box.findData(data))
    return box


def test_a_wrong_choice_stays_on_show_and_can_be_put_right(qtbot, window, tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("x,y\n1,2\n3,4\n5,6.5\n")
    drop(window, path)
    asked = dialog(qtbot, window, "open_data")
    problem = asked.findChild(QLabel, "open_data.problem")
    box = choose(asked, "delimiter", ";")
    qtbot.waitUntil(problem.isVisible)
    assert box.currentData() == ";"
    assert not asked.findChild(QPushButton, "open_data.ok").isEnabled()
    choose(asked, "delimiter", ",")
    qtbot.waitUntil(lambda: not problem.isVisible())
    click(qtbot, asked, "open_data.ok")
    opened(qtbot, window)
    assert window.session.settings.sequence.source.names == ("x", "y")


def test_a_choice_holds_while_another_is_made(qtbot, window, tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("1,5\n2,5\n")
    drop(window, path)
    asked = dialog(qtbot, window, "open_data")
    problem = asked.findChild(QLabel, "open_data.problem")
    choose(asked, "delimiter", ";")
    qtbot.waitUntil(lambda: asked.data.values.shape == (2, 1))
    choose(asked, "decimal", ".")
    qtbot.waitUntil(problem.isVisible)
    assert asked.findChild(QComboBox, "open_data.delimiter").currentData() == ";"
    choose(asked, "decimal", ",")
    qtbot.waitUntil(lambda: not problem.isVisible())
    assert asked.data.values.values.tolist() == [[1.5], [2.5]]
    asked.reject()


def test_what_is_taken_stays_when_the_file_is_read_anew(qtbot, window, tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("1,2\n3,4\n5,7\n")
    drop(window, path)
    asked = dialog(qtbot, window, "open_data")
    asked.findChild(QCheckBox, "open_data.standardise").click()
    asked.findChild(QCheckBox, "open_data.header").click()
    qtbot.waitUntil(lambda: asked.data.reading.header is True)
    assert asked.source.standardise and asked.source.names == ("1", "2")
    asked.reject()


def test_three_axes_are_asked_about_and_batch_first_shows_what_it_does(qtbot, window, tmp_path):
    values = np.arange(2 * 5 * 3, dtype=np.float32).reshape(2, 5, 3)
    np.save(tmp_path / "own.npy", values)
    drop(window, tmp_path / "own.npy")
    asked = dialog(qtbot, window, "open_data")
    about = asked.findChild(QLabel, "open_data.about")
    table = asked.findChild(QTableWidget, "open_data.preview")
    assert about.text().endswith("5 sequences of 2 steps of 3 numbers go in.")
    assert (table.rowCount(), table.item(1, 0).text()) == (2, "15.0")
    asked.findChild(QCheckBox, "open_data.batch_first").click()
    assert about.text().endswith("2 sequences of 5 steps of 3 numbers go in.")
    assert (table.rowCount(), table.item(1, 0).text()) == (5, "3.0")
    click(qtbot, asked, "open_data.ok")
    opened(qtbot, window)
    inputs = window.session.run.inputs
    assert inputs.equal(torch.tensor(values).swapaxes(0, 1))


def test_nothing_in_the_dialog_covers_anything_else(qtbot, window, table):
    drop(window, table[0])
    asked = dialog(qtbot, window, "open_data")
    shown = asked.findChild(QTableWidget, "open_data.preview")
    about = asked.findChild(QLabel, "open_data.about")
    qtbot.waitUntil(lambda: about.isVisible() and about.geometry().top() > 0)
    assert not shown.geometry().intersects(about.geometry())
    asked.resize(asked.minimumSize())
    assert not shown.geometry().intersects(about.geometry())
    asked.reject()


def test_gates_are_refused_and_no_sequence(qtbot, window, tmp_path):
    before = window.session.settings
    torch.save(nn.LSTM(3, 4).state_dict(), tmp_path / "lstm.pt")
    drop(window, tmp_path / "lstm.pt")
    opened(qtbot, window)
    assert banner(window).startswith("lstm.pt: It is an LSTM: ")
    assert window.session.settings == before


@pytest.mark.parametrize("action", ["file.open", "file.open_recording", "file.save_weights"])
def test_no_dialog_stands_in_a_projection(qtbot, window, action):
    window.set_projection(True)
    window.findChild(QAction, action).trigger()
    assert not window.projecting
    window.findChild(QFileDialog).reject()


def test_what_is_asked_of_a_file_ends_the_projection(qtbot, window, checkpoint, tmp_path):
    np.save(tmp_path / "own.npy", np.ones((5, 3), np.float32))
    window.set_projection(True)
    drop(window, tmp_path / "own.npy")
    opened(qtbot, window)
    assert window.projecting  # nothing had to be asked
    drop(window, checkpoint[0])
    dialog(qtbot, window, "open_weights").reject()
    assert not window.projecting


def test_a_file_that_fails_while_it_is_shown_is_said_in_a_banner(window):
    window.show_error(UnreadableFile("run.zarr", "A part is missing."))
    assert banner(window) == "run.zarr: A part is missing."
    assert window.findChild(QDialog, "error") is None


@pytest.mark.parametrize(
    ("box", "before"), [("init.scheme", "values"), ("sequence.source", "text")]
)
def test_who_chooses_no_file_has_chosen_nothing(qtbot, window, box, before):
    session = window.session
    settings, asked = session.settings, []
    window.files.opening.asking.connect(lambda: asked.append(1))
    combo = window.findChild(QComboBox, box)
    combo.setCurrentIndex(combo.findData("file"))
    combo.activated.emit(combo.currentIndex())
    window.findChild(QFileDialog, "open.files").reject()
    qtbot.waitUntil(lambda: combo.currentData() == before)
    assert session.settings == settings and len(asked) == 1
    session.open_preset("exercise-rnn")
    network = session.settings.network.model_copy(update={"hidden_size": 7})
    session.apply(session.settings.model_copy(update={"network": network}))
    qtbot.waitUntil(lambda: not window.findChild(QWidget, box.split(".")[0])._again.isActive())
    assert len(asked) == 1  # nobody is asked again


def test_no_other_columns_take_the_weights_of_a_file_away(qtbot, window, checkpoint, table):
    session = window.session
    drop(window, checkpoint[0])
    click(qtbot, dialog(qtbot, window, "open_weights"), "open_weights.ok")
    drop(window, table[0])
    click(qtbot, dialog(qtbot, window, "open_data"), "open_data.ok")
    opened(qtbot, window)
    before, columns = session.settings, window.findChild(QLineEdit, "sequence.columns")
    columns.setFocus()
    qtbot.keyClicks(columns, "0-2")
    qtbot.keyClick(columns, Qt.Key.Key_Return)
    assert "reads 6" in window.findChild(QLabel, "sequence.columns.problem").text()
    assert session.settings == before
    combo = window.findChild(QComboBox, "sequence.source")
    combo.setCurrentIndex(combo.findData("text"))
    combo.activated.emit(combo.currentIndex())
    assert isinstance(session.settings.initialization.scheme, Loaded)


def test_a_file_that_fits_no_more_says_so(qtbot, window, checkpoint, tmp_path):
    session = window.session
    np.save(tmp_path / "own.npy", np.ones((5, 3), np.float32))
    drop(window, tmp_path / "own.npy")
    opened(qtbot, window)
    combo = window.findChild(QComboBox, "sequence.source")
    combo.setCurrentIndex(combo.findData("normal"))
    drop(window, checkpoint[0])  # it reads six columns
    click(qtbot, dialog(qtbot, window, "open_weights"), "open_weights.ok")
    opened(qtbot, window)
    combo.setCurrentIndex(combo.findData("file"))
    assert window.findChild(QLabel, "sequence.source.problem").text().startswith("3 columns would")
    assert window.findChild(QFileDialog, "open.files") is None
    assert session.settings.sequence.source.name == "normal"
