"""Films hold the pictures that they are made of."""

import sys
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from rnnviz.networks.base import Interrupted
from rnnviz.taking.encoding import NO_FFMPEG, write_film
from rnnviz.taking.reduced import reduced

LOSSY = 6.0
"""Of 255, on the average: what an MP4 may be off, which halves the resolution of colours."""


def frames_of_gif(path: Path) -> tuple[list[np.ndarray], list[int]]:
    """Return the frames, and for how many milliseconds each is shown."""
    with Image.open(path) as film:
        shown = [
            (np.array(f.convert("RGB")), f.info["duration"]) for f in ImageSequence.Iterator(film)
        ]
    return [frame for frame, _ in shown], [duration for _, duration in shown]


def pictures(count: int, colours: int, size=(40, 60)) -> list[np.ndarray]:
    """Return pictures of so many colours, of which a part changes from one to the next."""
    random = np.random.default_rng(count * colours)
    palette = random.integers(0, 256, (colours, 3), np.uint8)
    frames = [palette[random.integers(0, colours, size)]]
    for number in range(1, count):
        following = frames[-1].copy()
        following[5:9, number : number + 7] = palette[random.integers(0, colours, (4, 7))]
        frames.append(following)
    return frames


def test_up_to_256_colours_stay_as_they_are(tmp_path):
    frames = pictures(6, 200)
    write_film(tmp_path / "ä b.gif", iter(frames), 10)
    found, durations = frames_of_gif(tmp_path / "ä b.gif")
    np.testing.assert_array_equal(found, frames)
    assert durations == [100] * 6


def test_a_frame_that_changes_nothing_is_there_all_the_same(tmp_path):
    frame = pictures(1, 30)[0]
    write_film(tmp_path / "a.gif", iter([frame] * 4), 5)
    raw = (tmp_path / "a.gif").read_bytes()
    assert raw.count(b"!\xf9\x04") == 4  # so many pictures, each for its time
    found, _ = frames_of_gif(tmp_path / "a.gif")
    assert all((shown == frame).all() for shown in found)


@given(st.integers(1, 50))
def test_a_gif_keeps_time_on_the_whole(speed):
    import io

    from rnnviz.taking import encoding

    file = io.BytesIO()
    frame = np.zeros((2, 2, 3), np.uint8)
    encoding._write_gif(file, iter([frame] * (2 * speed)), speed)
    raw, at, ticks = file.getvalue(), 0, []
    while (at := raw.find(b"!\xf9\x04", at)) >= 0:
        ticks.append(int.from_bytes(raw[at + 4 : at + 6], "little"))
        at += 1
    assert len(ticks) == 2 * speed
    assert sum(ticks) == 200
    assert max(ticks) - min(ticks) <= 1


@given(st.integers(257, 3000), st.integers(0, 100))
def test_no_colour_is_far_from_what_it_was(colours, seed):
    random = np.random.default_rng(seed)
    ends = random.integers(0, 256, (2, 3))
    mixed = ends[0] + (ends[1] - ends[0]) * np.linspace(0, 1, colours)[:, None]
    frame = mixed.astype(np.uint8)[random.integers(0, colours, (30, 50))]
    places, palette = reduced(frame)
    assert len(palette) <= 256
    assert np.abs(palette[places].astype(int) - frame).max() <= 4


def test_mp4_is_the_same_film_of_even_sides(tmp_path):
    smooth = np.linspace(0, 255, 61 * 41).reshape(41, 61).astype(np.uint8)
    frames = [np.stack([smooth, smooth[::-1], smooth // 2], axis=2) for _ in range(5)]
    for number, frame in enumerate(frames):
        frame[10:20, 5 * number : 5 * number + 5] = 255
    write_film(tmp_path / "ä b.mp4", iter(frames), 10)
    found = iio.imread(tmp_path / "ä b.mp4")
    assert found.shape == (5, 42, 62, 3)
    assert np.abs(found[:, :41, :61].astype(int) - np.array(frames)).mean() < LOSSY
    assert iio.immeta(tmp_path / "ä b.mp4")["fps"] == 10


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_what_ends_a_film_leaves_the_old_file(tmp_path, suffix):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"old")

    def stopped():
        yield from pictures(3, 50)
        raise Interrupted

    with pytest.raises(Interrupted):
        write_film(path, stopped(), 10)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_frames_are_not_kept(tmp_path):
    """Of all frames that were made, two at most are alive when the next one is asked for."""
    import weakref

    made: list[weakref.ref] = []

    def frames():
        for frame in range(12):
            assert sum(ref() is not None for ref in made) <= 2
            picture = np.full((20, 20, 3), frame, np.uint8)
            made.append(weakref.ref(picture))
            yield picture
            del picture

    write_film(tmp_path / "a.gif", frames(), 10)
    assert len(made) == 12


def test_without_ffmpeg_it_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    monkeypatch.setattr("rnnviz.taking.encoding.find_spec", lambda name: None)
    with pytest.raises(ValueError, match="pip install") as refused:
        write_film(tmp_path / "a.mp4", iter(pictures(1, 5)), 10)
    assert str(refused.value) == NO_FFMPEG
    assert list(tmp_path.iterdir()) == []
