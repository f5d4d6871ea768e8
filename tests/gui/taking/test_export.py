"""Export as a person does it: the menu, the dialog, a place, a file."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QImage
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QWidget,
)

from rnnviz import walker as walker_module
from rnnviz.figures.subjects import title_of
from rnnviz.settings import NetworkSettings, SequenceSettings, Settings
from rnnviz.taking.dialog import ExportDialog
from rnnviz.taking.filming import Film, Filming, pixels
from rnnviz.widgets.heatmap import Heatmap

MOST_APART = 12
"""Of 255, for any channel of any pixel of a GIF, whose frames have 256 colours each."""


def opened(qtbot, window) -> ExportDialog:
    window.findChild(QAction, "file.export").trigger()
    dialog = window.findChild(ExportDialog, "export")
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def choose(dialog, **chosen) -> None:
    for name, value in chosen.items():
        box = dialog.findChild(QComboBox, f"export.{name}")
        assert box.isVisible(), name
        box.setCurrentIndex(box.findData(value))
        assert box.currentData() == value


def number(qtbot, dialog, name: str, value: int) -> None:
    box = dialog.findChild(QSpinBox, f"export.{name}")
    box.setFocus()
    box.selectAll()
    qtbot.keyClicks(box, str(value))
    qtbot.keyClick(box, Qt.Key.Key_Tab)


def save_as(qtbot, dialog, path: Path) -> None:
    """Press Save, and choose a place."""
    qtbot.mouseClick(dialog.findChild(QPushButton, "export.save"), Qt.MouseButton.LeftButton)
    files = dialog.findChild(QFileDialog, "export.file")
    qtbot.waitUntil(files.isVisible)
    name = files.findChild(QLineEdit, "fileNameEdit")
    name.setText(str(path))
    qtbot.keyClick(name, Qt.Key.Key_Return)


def gone(qtbot, window) -> None:
    qtbot.waitUntil(lambda: window.findChild(ExportDialog, "export") is None, timeout=30_000)


def status(window) -> str:
    return window.statusBar().currentMessage()


@pytest.fixture
def hello(window, qapp, monkeypatch):
    """Return the window at step 5 of "hello", whose file dialogs are Qt's own."""
    qapp.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    window.session.seek(5)
    for _ in range(4):
        qapp.processEvents()
    yield window
    qapp.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs, False)


def test_a_figure_in_four_actions(qtbot, hello, tmp_path):
    dialog = opened(qtbot, hello)
    choose(dialog, figure_format=".svg", view="equation")
    save_as(qtbot, dialog, tmp_path / "my figure.svg")
    gone(qtbot, hello)
    assert QSvgRenderer(str(tmp_path / "my figure.svg")).isValid()
    assert "t = 5 of 10" in (tmp_path / "my figure.svg").read_text(encoding="utf-8")
    assert status(hello) == "Wrote my figure.svg."


@pytest.mark.parametrize("field", ["what", "title"])
def test_enter_is_save_from_any_field(qtbot, hello, field):
    dialog = opened(qtbot, hello)
    widget = dialog.findChild(QWidget, f"export.{field}")
    widget.setFocus()
    if field == "title":
        qtbot.keyClicks(widget, " more")
    qtbot.keyClick(widget, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.findChild(QFileDialog, "export.file") is not None)
    assert field != "title" or dialog._options.title.endswith(" more")
    dialog.findChild(QFileDialog, "export.file").reject()
    dialog.close()


def test_title_colours_size_and_pixels_are_taken(qtbot, hello, tmp_path):
    dialog = opened(qtbot, hello)
    choose(dialog, view="timeline", theme="dark", size="own", scale=3)
    number(qtbot, dialog, "width", 900)
    number(qtbot, dialog, "height", 400)
    title = dialog.findChild(QLineEdit, "export.title")
    title.setText("")
    qtbot.keyClicks(title, "Mine")
    qtbot.keyClick(title, Qt.Key.Key_Tab)
    save_as(qtbot, dialog, tmp_path / "a")
    gone(qtbot, hello)
    picture = QImage(str(tmp_path / "a.png"))
    assert picture.size().toTuple() == (2700, 1200)
    assert picture.pixelColor(1, 1).name() == "#16181d"
    assert picture.text("Title") == "Mine"


def test_the_preview_shows_what_will_be_written(qtbot, hello):
    dialog = opened(qtbot, hello)
    preview = dialog.findChild(QLabel, "export.preview")
    qtbot.waitUntil(lambda: not preview.pixmap().isNull())
    middle = preview.pixmap().toImage()
    assert middle.pixelColor(3, 3).lightness() > 200
    choose(dialog, theme="dark")
    qtbot.waitUntil(lambda: preview.pixmap().toImage().pixelColor(3, 3).lightness() < 60)
    choose(dialog, what="record")
    qtbot.waitUntil(lambda: "hidden (6, 1, 1, 6)" in preview.text())
    assert preview.text().startswith("Steps 0 to 5 of 10")
    dialog.close()


@pytest.mark.parametrize("suffix", [".npz", ".csv", ".safetensors"])
def test_the_record_is_what_is_shown_by_now(qtbot, hello, tmp_path, suffix):
    dialog = opened(qtbot, hello)
    choose(dialog, what="record", record_format=suffix)
    save_as(qtbot, dialog, tmp_path / f"Zustände{suffix}")
    gone(qtbot, hello)
    path, states = tmp_path / f"Zustände{suffix}", np.asarray(hello.session.trace.hidden)
    if suffix == ".npz":
        np.testing.assert_array_equal(np.load(path)["hidden"], states)
    elif suffix == ".csv":
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [np.float32(row["h3"]) for row in rows] == states[:, 0, 0, 3].tolist()
    else:
        from safetensors.numpy import load_file

        np.testing.assert_array_equal(load_file(path)["hidden"], states)


@pytest.mark.parametrize("view", ["page", "timeline"])
def test_a_gifs_frames_are_the_windows_pictures(qtbot, hello, qapp, tmp_path, view):
    hello.session.seek(7)
    hello.session.seek(5)
    dialog = opened(qtbot, hello)
    choose(dialog, what="film", theme="screen", view=view)
    number(qtbot, dialog, "last", 7)
    number(qtbot, dialog, "first", 2)
    save_as(qtbot, dialog, tmp_path / "run.gif")
    gone(qtbot, hello)
    assert hello.session.cursor == 5  # where it was
    with Image.open(tmp_path / "run.gif") as film:
        frames = [
            np.array(frame.convert("RGB")).astype(int) for frame in ImageSequence.Iterator(film)
        ]
    live = hello.findChild(QWidget, "splitter" if view == "page" else "view.timeline")
    hello.findChild(QWidget, "tries").hide()
    assert len(frames) == 6
    for t, frame in enumerate(frames, 2):
        hello.session.seek(t)
        for _ in range(4):
            qapp.processEvents()
        shown = pixels(live.grab().toImage()).astype(int)
        assert frame.shape == shown.shape
        assert np.abs(frame - shown).max() <= MOST_APART, t


def test_a_film_computes_what_is_not_there_yet(qtbot, hello, tmp_path):
    network = NetworkSettings(kind="rnn", input_size=4, hidden_size=8)
    hello.session.apply(Settings(network=network, sequence=SequenceSettings(length=30)))
    dialog = opened(qtbot, hello)
    choose(dialog, what="film", view="timeline", size="1280x720")
    number(qtbot, dialog, "last", 30)
    save_as(qtbot, dialog, tmp_path / "run.mp4")  # the dialog adds what it writes
    gone(qtbot, hello)
    assert len(hello.session.trace) == 30
    assert hello.session.cursor == 0
    with Image.open(tmp_path / "run.mp4.gif") as film:
        assert film.n_frames == 31
        assert film.size == (1280, 720)


def test_cancel_ends_a_film_and_leaves_nothing(qtbot, hello, tmp_path):
    hello.session.apply(Settings(sequence=SequenceSettings(length=2000)))
    dialog = opened(qtbot, hello)
    choose(dialog, what="film")
    number(qtbot, dialog, "last", 2000)
    save_as(qtbot, dialog, tmp_path / "run.gif")
    bar = dialog.findChild(QProgressBar, "export.progress")
    qtbot.waitUntil(lambda: bar.isVisible() and hello.session.cursor > 3, timeout=20_000)
    qtbot.mouseClick(dialog.findChild(QPushButton, "export.cancel"), Qt.MouseButton.LeftButton)
    problem = dialog.findChild(QLabel, "export.problem")
    assert problem.text() == "Cancelled: nothing was written."
    assert hello.session.cursor == 0
    assert list(tmp_path.glob("*.gif")) == []
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".run")]
    assert dialog.isVisible()
    assert dialog.findChild(QPushButton, "export.save").isEnabled()
    qtbot.mouseClick(dialog.findChild(QPushButton, "export.cancel"), Qt.MouseButton.LeftButton)
    gone(qtbot, hello)


def test_closing_the_window_ends_a_film(qtbot, hello, tmp_path):
    dialog = opened(qtbot, hello)
    choose(dialog, what="film")
    save_as(qtbot, dialog, tmp_path / "run.gif")
    hello.close()
    assert not [path for path in tmp_path.iterdir() if "run" in path.name]


def test_a_place_that_cannot_be_written_is_said_in_the_dialog(qtbot, hello, tmp_path):
    (tmp_path / "there.png").mkdir()
    dialog = opened(qtbot, hello)
    dialog._on_file_selected(str(tmp_path / "there.png"))
    problem = dialog.findChild(QLabel, "export.problem")
    assert problem.text() == "there.png was not written: Is a directory."
    choose(dialog, what="record")
    dialog._on_file_selected(str(tmp_path / "nowhere" / "a.npz"))
    qtbot.waitUntil(lambda: "a.npz was not written: No such file" in problem.text())
    dialog.close()


@pytest.mark.parametrize("replaces", [False, True])
def test_what_a_files_ending_makes_of_another_file_is_asked(qtbot, hello, tmp_path, replaces):
    old = tmp_path / "run v1.2.png"
    old.write_text("precious")
    dialog = opened(qtbot, hello)
    save_as(qtbot, dialog, tmp_path / "run v1.2")  # which Qt takes for a name with an ending
    box = dialog.findChild(QMessageBox, "export.replace")
    qtbot.waitUntil(box.isVisible)
    assert box.text() == "run v1.2.png is there already. Replace it?"
    assert old.read_text() == "precious"
    said = "Replace" if replaces else "Cancel"
    button = next(one for one in box.buttons() if one.text().replace("&", "") == said)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    if replaces:
        gone(qtbot, hello)
        assert not QImage(str(old)).isNull()
    else:
        assert old.read_text() == "precious"
        dialog.close()


@pytest.fixture
def going_on(hello, monkeypatch):
    """Return the window while a long run is on its way to its end."""
    monkeypatch.setattr(walker_module, "INLINE_SECONDS", 0.0)
    network = NetworkSettings(kind="rnn", input_size=4, hidden_size=8)
    hello.session.apply(Settings(network=network, sequence=SequenceSettings(length=3000)))
    return hello


def test_a_suggested_title_says_the_step_that_is_written(qtbot, going_on, tmp_path):
    session = going_on.session
    dialog = opened(qtbot, going_on)
    title = dialog.findChild(QLineEdit, "export.title")
    assert title.text().endswith("t = 0 of 3,000")
    choose(dialog, figure_format=".svg")
    session.run_to_end()
    qtbot.waitUntil(lambda: not session.busy, timeout=30_000)
    dialog._on_file_selected(str(tmp_path / "now.svg"))
    assert f"<title>{title_of(session)}</title>" in (tmp_path / "now.svg").read_text()
    assert title_of(session).endswith("t = 3,000 of 3,000")


def test_a_suggested_title_follows_a_run_and_ones_own_stays(qtbot, going_on):
    session = going_on.session
    dialog = opened(qtbot, going_on)
    title = dialog.findChild(QLineEdit, "export.title")
    session.seek(7)
    qtbot.waitUntil(lambda: title.text() == title_of(session))
    title.setFocus()
    title.selectAll()
    qtbot.keyClicks(title, "Mine")
    qtbot.keyClick(title, Qt.Key.Key_Tab)
    session.seek(9)
    qtbot.waitUntil(lambda: session.cursor == 9)
    dialog._on_gone_on()
    assert title.text() == "Mine"
    dialog.close()


def test_a_film_waits_for_nobody_elses_run_which_then_goes_on(qtbot, going_on, tmp_path):
    session = going_on.session
    session.run_to_end()
    assert session.busy
    film = Filming(tmp_path / "run.gif", Film(0, 2, view="timeline"), session, going_on)
    film._go_on()
    assert session.target == 0
    with qtbot.waitSignal(film.finished, timeout=30_000) as finished:
        pass
    assert finished.args == [None]
    assert session.target == 3000
    qtbot.waitUntil(lambda: session.cursor == 3000, timeout=30_000)


def test_a_film_backwards_and_one_without_ffmpeg_are_refused(qtbot, hello, monkeypatch):
    monkeypatch.setattr("rnnviz.taking.encoding.find_spec", lambda name: None)
    dialog = opened(qtbot, hello)
    problem = dialog.findChild(QLabel, "export.problem")
    save = dialog.findChild(QPushButton, "export.save")
    choose(dialog, what="film", film_format=".mp4")
    assert 'pip install "rnnviz[video]"' in problem.text()
    assert not save.isEnabled()
    choose(dialog, film_format=".gif")
    assert save.isEnabled()
    number(qtbot, dialog, "first", 9)
    qtbot.waitUntil(lambda: "ends before it begins" in problem.text())
    assert not save.isEnabled()
    number(qtbot, dialog, "first", 1)
    qtbot.waitUntil(problem.isHidden)
    dialog.close()


def test_too_small_a_size_is_said_before_it_is_written(qtbot, hello):
    dialog = opened(qtbot, hello)
    choose(dialog, size="own")
    number(qtbot, dialog, "width", 200)
    problem = dialog.findChild(QLabel, "export.problem")
    qtbot.waitUntil(lambda: "too small for this view" in problem.text())
    assert not dialog.findChild(QPushButton, "export.save").isEnabled()
    number(qtbot, dialog, "width", 1200)
    qtbot.waitUntil(problem.isHidden)
    dialog.close()


def test_in_projection_it_says_a_sentence(hello):
    hello.set_projection(True)
    hello.findChild(QAction, "file.export").trigger()
    assert hello.findChild(ExportDialog, "export") is None
    assert "when projection is over" in status(hello)


def test_copy_image_takes_what_the_pointer_is_at(qtbot, hello, qapp):
    heatmap = hello.findChild(Heatmap, "view.equation.W_hh")
    qtbot.mouseMove(hello, QPoint(1, 1))
    qtbot.mouseMove(heatmap, heatmap.rect().center())
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    qtbot.keyClick(hello, Qt.Key.Key_C, modifiers)
    assert status(hello) == "Copied an image of the equation."
    copied = QGuiApplication.clipboard().image()
    view = hello.findChild(QWidget, "view.equation")
    assert copied.size() == view.size()
    assert len(np.unique(pixels(copied).reshape(-1, 3), axis=0)) > 50


def test_copy_image_takes_the_page_where_the_pointer_is_at_no_view(qtbot, hello):
    transport = hello.findChild(QWidget, "transport")
    qtbot.mouseMove(transport, transport.rect().center())
    hello.findChild(QAction, "edit.copy_image").trigger()
    assert status(hello) == "Copied an image of the page."
    page = hello.findChild(QWidget, "pages")
    assert QGuiApplication.clipboard().image().size() == page.size()


def test_side_by_side_is_there_where_it_is_on_show(qtbot, hello):
    def views() -> list[str]:
        dialog = opened(qtbot, hello)
        box = dialog.findChild(QComboBox, "export.view")
        found = [box.itemData(index) for index in range(box.count())]
        dialog.close()
        gone(qtbot, hello)
        return found

    assert "lockstep" not in views()
    hello.session.set_lockstep(True)
    assert "lockstep" in views()
