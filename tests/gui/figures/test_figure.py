"""Figures, read by other programs' renderers, look as the screen does."""

import re
from xml.etree import ElementTree

import numpy as np
import pypdfium2
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QWidget

from rnnviz.figures.figure import Figure, save_figure, stage_of
from rnnviz.figures.stage import Stage
from rnnviz.figures.subjects import title_of, views_of
from rnnviz.selection import Pin
from rnnviz.settings import NetworkSettings, SequenceSettings, Settings
from rnnviz.theme import THEMES, palette
from rnnviz.widgets.heatmap import Heatmap

MOST_APART = 3.0
"""Of 255, on the average of a channel: other renderers smooth edges and letters otherwise."""
VIEWS = ("page", "timeline", "equation", "unrolled", "inspector")


def pixels(image: QImage) -> np.ndarray:
    """Return red, green, blue as (height, width, 3)."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).astype(int)


def of_svg(path, scale: float) -> np.ndarray:
    renderer = QSvgRenderer(str(path))
    assert renderer.isValid()
    image = QImage(renderer.viewBox().size() * scale, QImage.Format.Format_RGB32)
    image.fill(0xFF00FF00)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return pixels(image)


def of_pdf(path, scale: float) -> np.ndarray:
    document = pypdfium2.PdfDocument(path)
    assert len(document) == 1
    page = document[0]
    found = np.asarray(page.render(scale=scale * 96 / 72).to_pil().convert("RGB")).astype(int)
    page.close()
    document.close()
    return found


READERS = {".svg": of_svg, ".pdf": of_pdf}


def text_of_svg(path) -> str:
    texts = ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")
    return "".join("".join(text.itertext()) for text in texts)


def text_of_pdf(path) -> str:
    document = pypdfium2.PdfDocument(path)
    page = document[0]
    words = page.get_textpage()
    found = words.get_text_range()
    words.close()
    page.close()
    document.close()
    return found


TEXTS = {".svg": text_of_svg, ".pdf": text_of_pdf}


def light(view: str, **more: object) -> Figure:
    return Figure(view, palette=palette(THEMES["light"]), **more)


def squares(stage, name: str) -> tuple[Heatmap, QPoint]:
    """Return a heatmap of a stage, and where it is."""
    heatmap = stage.view.findChild(Heatmap, name)
    return heatmap, heatmap.mapTo(stage.widget, QPoint(0, 0))


def middle(place: QRect, corner: QPoint, scale: float) -> tuple[int, int]:
    """Return the pixel, row and column, in the middle of a square."""
    return (
        round((corner.y() + place.top() + place.height() / 2) * scale),
        round((corner.x() + place.left() + place.width() / 2) * scale),
    )


def at_rest(qapp) -> None:
    """Let layouts settle: the strip makes room for itself, and the equation follows."""
    for _ in range(4):
        qapp.processEvents()


@pytest.fixture
def hello(window, qapp):
    """Return the window at step 5 of "hello", with a unit pinned."""
    window.session.seek(5)
    window.session.select(pin=Pin("hidden", 2))
    at_rest(qapp)
    return window


@pytest.fixture
def wide(window, qapp):
    """Return the window with 128 units after 200 steps."""
    window.session.apply(
        Settings(
            network=NetworkSettings(kind="elman", input_size=3, hidden_size=128, output_size=4),
            sequence=SequenceSettings(length=200),
        )
    )
    window.session.run_to_end()
    while window.session.busy:
        qapp.processEvents()
    at_rest(qapp)
    return window


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("view", VIEWS)
def test_shapes_are_drawn_as_the_screen_shows_them(hello, tmp_path, view, suffix, theme):
    figure = Figure(view, title_of(hello.session), palette=palette(THEMES[theme]))
    save_figure(tmp_path / f"a b{suffix}", figure, hello.session, hello)
    with stage_of(figure, hello.session, hello) as stage:
        screen = pixels(stage.picture(2))
    found = READERS[suffix](tmp_path / f"a b{suffix}", 2)
    assert np.abs(np.subtract(found.shape, screen.shape)).max() <= 2  # a page has whole points
    height, width = np.minimum(found.shape, screen.shape)[:2]
    apart = np.abs(found[:height, :width] - screen[:height, :width]).mean(axis=(0, 1))
    assert apart.max() < MOST_APART
    assert screen.std() > 10  # there is something to be compared


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("scale", [1, 2.5])
def test_every_square_has_its_own_colour_in_the_middle(hello, tmp_path, suffix, scale):
    figure = light("timeline")
    save_figure(tmp_path / f"a{suffix}", figure, hello.session, hello)
    found = READERS[suffix](tmp_path / f"a{suffix}", scale)
    with stage_of(figure, hello.session, hello) as stage:
        screen = pixels(stage.picture())
        heatmap, corner = squares(stage, "view.timeline.hidden.0")
        for row in range(6):
            for column in range(5):  # the cursor's frame lies over small squares
                place = heatmap.cell_rect(row, column)
                shown = screen[middle(place, corner, 1)]
                assert (found[middle(place, corner, scale)] == shown).all(), (row, column)


@pytest.mark.parametrize("suffix", READERS)
def test_small_squares_stay_exact_however_large_they_are_looked_at(wide, tmp_path, suffix):
    figure = light("page")
    save_figure(tmp_path / f"a{suffix}", figure, wide.session, wide)
    scale = 6
    found = READERS[suffix](tmp_path / f"a{suffix}", scale)
    with stage_of(figure, wide.session, wide) as stage:
        heatmap, corner = squares(stage, "view.timeline.hidden.0")
        colours = heatmap._squares.colouring()(heatmap.values()).tolist()
        columns = range(*map(round, heatmap.x_range()))[2:-3]
        assert heatmap.cell_rect(0, 100).height() <= 2  # else this is no test of small ones
        plot, ratio = heatmap._plot(), heatmap.height() / 128
        for row in range(3, 128, 11):
            for column in (*columns[::17], columns[-1]):
                x = corner.x() + plot.x_of(column)
                y = corner.y() + (row + 0.5) * ratio
                red, green, blue = found[int(y * scale), int(x * scale)]
                expected = colours[row][column]
                assert (red << 16 | green << 8 | blue) == expected & 0xFFFFFF, (row, column)


@pytest.mark.parametrize("suffix", TEXTS)
def test_text_is_text(hello, tmp_path, suffix):
    figure = light("page", title="What h says")
    save_figure(tmp_path / f"a{suffix}", figure, hello.session, hello)
    text = re.sub(r"\s+", "", TEXTS[suffix](tmp_path / f"a{suffix}"))
    for said in ("Whathsays", "Wih", "input", "6units", "(6,4)", "weights±2", "−1", "of10"):
        assert said in text, said


def test_letters_are_those_of_a_font_that_every_reader_knows(hello, tmp_path):
    save_figure(tmp_path / "a.svg", light("page", title="h"), hello.session, hello)
    families = set(re.findall(r'font-family="([^"]*)"', (tmp_path / "a.svg").read_text("utf-8")))
    assert families
    assert "Sans Serif" not in families  # Qt's word for it, which browsers take for a name


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("scale", [1, 1.37, 2.5])
def test_no_paper_shines_through(hello, tmp_path, view, scale):
    figure = Figure(view, "Title", palette=palette(THEMES["dark"]))
    save_figure(tmp_path / "a.svg", figure, hello.session, hello)
    found = of_svg(tmp_path / "a.svg", scale)[2:-2, 2:-2]  # on green paper
    assert not (
        (found[..., 1] - found.max(axis=2, initial=0, where=[True, False, True])) > 60
    ).any()


@pytest.mark.parametrize("view", VIEWS)
def test_a_page_has_no_photographs(hello, tmp_path, view):
    save_figure(tmp_path / "a.pdf", light(view), hello.session, hello)
    contents = (tmp_path / "a.pdf").read_bytes()
    assert b"DCTDecode" not in contents
    assert contents.rstrip().endswith(b"%%EOF")


def test_a_drawing_says_its_title(hello, tmp_path):
    figure = light("timeline", title="Five <steps> & more")
    save_figure(tmp_path / "a.svg", figure, hello.session, hello)
    save_figure(tmp_path / "a.pdf", figure, hello.session, hello)
    save_figure(tmp_path / "a.png", figure, hello.session, hello)
    root = ElementTree.parse(tmp_path / "a.svg").getroot()
    assert root.findtext("{http://www.w3.org/2000/svg}title") == figure.title
    document = pypdfium2.PdfDocument(tmp_path / "a.pdf")
    assert document.get_metadata_value("Title") == figure.title
    document.close()
    assert QImage(str(tmp_path / "a.png")).text("Title") == figure.title


@pytest.mark.parametrize("name", ["view.timeline", "view.equation"])
def test_a_png_of_the_screens_scale_is_what_the_screen_shows(window, qapp, tmp_path, name):
    window.session.seek(5)
    qapp.processEvents()
    view = name.split(".")[1]
    live = window.findChild(QWidget, name)
    save_figure(tmp_path / "a.png", Figure(view), window.session, window)
    found, shown = pixels(QImage(str(tmp_path / "a.png"))), pixels(live.grab().toImage())
    for button in live.findChildren(QAbstractButton):  # which a figure does without
        corner = button.mapTo(live, QPoint(0, 0))
        rows = slice(corner.y(), corner.y() + button.height())
        columns = slice(corner.x(), corner.x() + button.width())
        shown[rows, columns] = found[rows, columns]
    np.testing.assert_array_equal(found, shown)


@pytest.mark.parametrize("scale", [1, 2, 3, 4])
def test_a_png_has_so_many_pixels_for_each_of_the_screen(hello, tmp_path, scale):
    figure = light("timeline", scale=scale)
    save_figure(tmp_path / "a.png", figure, hello.session, hello)
    image = QImage(str(tmp_path / "a.png"))
    live = hello.findChild(QWidget, "view.timeline")
    assert image.size() == live.size() * scale
    assert image.dotsPerMeterX() == pytest.approx(96 * scale / 0.0254, abs=1)
    found = pixels(image)
    with stage_of(figure, hello.session, hello) as stage:
        heatmap, corner = squares(stage, "view.timeline.hidden.0")
        place = heatmap.cell_rect(2, 2).translated(corner).adjusted(2, 2, -2, -2)
    inside = found[
        place.top() * scale : place.bottom() * scale, place.left() * scale : place.right() * scale
    ]
    assert len(np.unique(inside.reshape(-1, 3), axis=0)) == 1  # nothing is blurred into it


def test_the_window_does_not_change(hello, qapp, tmp_path):
    before, focus = pixels(hello.grab().toImage()), qapp.focusWidget()
    for suffix in (".png", ".svg", ".pdf"):
        save_figure(tmp_path / f"a{suffix}", light("page", size=(1900, 900)), hello.session, hello)
    qapp.processEvents()
    np.testing.assert_array_equal(pixels(hello.grab().toImage()), before)
    assert qapp.focusWidget() is focus
    assert hello.session.cursor == 5


def test_range_and_folded_rows_are_those_of_the_screen(wide, tmp_path):
    timeline = wide.findChild(QWidget, "view.timeline")
    timeline.rows[0].set_folded(True)
    timeline.rows[1].range_changed.emit(20.0, 60.0)
    with stage_of(light("timeline", size=(1400, 500)), wide.session, wide) as stage:
        assert [row.folded for row in stage.view.rows] == [True, False, False]
        assert stage.view.rows[1].heatmap.x_range() == (20.0, 60.0)
        assert stage.widget.size().toTuple() == (1400, 500)


@pytest.fixture
def deep(window, qapp):
    """Return the window with eight layers, scrolled down to the last ones."""
    network = NetworkSettings(kind="rnn", input_size=5, hidden_size=64, num_layers=8)
    window.session.apply(Settings(network=network, sequence=SequenceSettings(length=20)))
    at_rest(qapp)
    area = window.findChild(QWidget, "view.timeline").findChild(QScrollArea)
    assert area.verticalScrollBar().maximum() > 100  # else this is no test of scrolling
    area.verticalScrollBar().setValue(100)
    return window


@pytest.mark.parametrize("view", ["page", "timeline"])
def test_layers_that_have_to_be_scrolled_to_are_all_on_paper(deep, view):
    with stage_of(light(view), deep.session, deep) as stage:
        assert stage.view.findChild(QScrollArea).verticalScrollBar().maximum() == 0
        timeline = stage.widget.findChild(QWidget, "view.timeline")
        axis = timeline.findChild(QWidget, "view.timeline.axis")
        last = timeline.rows[-1]
        below = last.mapTo(timeline, QPoint(0, last.height())).y()
        assert below <= axis.mapTo(timeline, QPoint(0, 0)).y()
        if view == "page":
            live = deep.findChild(QWidget, "view.equation")
            assert stage.view.findChild(QWidget, "view.equation").height() >= live.height()


@pytest.mark.parametrize("view", ["page", "timeline"])
def test_a_size_of_ones_own_and_a_film_show_what_the_screen_is_scrolled_to(deep, view):
    live = deep.findChild(QWidget, "view.timeline")
    size = (1240, 590) if view == "page" else live.size().toTuple()
    for stage in (
        stage_of(light(view, size=size), deep.session, deep),
        Stage(deep.session, view, deep, controls=True),
    ):
        with stage:
            assert stage.view.findChild(QScrollArea).verticalScrollBar().value() == 100


@pytest.mark.parametrize("beside", [False, True])
def test_every_view_can_be_drawn_also_where_it_was_never_opened(session, tmp_path, beside):
    session.open_preset("hello")
    session.set_lockstep(beside)
    session.seek(4)
    views = views_of(session)
    assert ("lockstep" in views) == beside
    for view in views:
        save_figure(tmp_path / f"{view}.svg", light(view, title=title_of(session)), session)
        found = of_svg(tmp_path / f"{view}.svg", 1)
        assert len(np.unique(found.reshape(-1, 3), axis=0)) > 10


def test_too_small_is_refused_with_what_is_needed(hello, tmp_path):
    with pytest.raises(ValueError, match="too small for this view: it needs at least") as refused:
        save_figure(tmp_path / "a.png", light("page", size=(200, 160)), hello.session, hello)
    least = tuple(map(int, re.findall(r"(\d+) × (\d+)\.$", str(refused.value))[0]))
    save_figure(tmp_path / "a.png", light("page", size=least), hello.session, hello)
    assert QImage(str(tmp_path / "a.png")).size().toTuple() == least


@pytest.mark.parametrize(
    ("name", "view", "said"),
    [
        ("a.bmp", "page", "written as .png, .svg, .pdf, not as .bmp"),
        ("a.png", "pages", "no view 'pages'"),
        ("a.png", "lockstep", "Nothing stands side by side"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(session, tmp_path, name, view, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        save_figure(tmp_path / name, light(view), session)
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_would_fill_the_memory_is_refused(session, tmp_path):
    figure = light("timeline", size=(8000, 8000), scale=4)
    with pytest.raises(ValueError, match="up to 100 million"):
        save_figure(tmp_path / "a.png", figure, session)


def test_the_old_file_stays_where_a_new_one_cannot_be_written(session, tmp_path):
    target = tmp_path / "a.svg"
    target.mkdir()
    with pytest.raises(OSError, match=r"a\.svg"):
        save_figure(target, light("timeline"), session)
    assert list(tmp_path.iterdir()) == [target]


def test_titles_say_network_sizes_and_step(session):
    session.open_preset("hello")
    session.seek(3)
    assert title_of(session) == "Elman RNN 4 → 6 → 4, t = 3 of 10"
    session.open_preset("bidirectional")
    session.seek(1)
    assert re.fullmatch(r"nn\.RNN .*, layer 0, step 1 of \d+", title_of(session))
