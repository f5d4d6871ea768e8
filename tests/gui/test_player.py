"""Playing: one step a tick, a pause or a new round at the end."""

import pytest
from PySide6.QtCore import QTimer

from rnnviz import walker as walker_module
from rnnviz.player import MAX_SPEED, MIN_SPEED, Player
from rnnviz.sequences import Normal
from rnnviz.session import Session
from rnnviz.settings import SequenceSettings, Settings


@pytest.fixture
def short(qapp):
    """Return a session of five steps."""
    made = Session(Settings(sequence=SequenceSettings(source=Normal(), length=5)))
    yield made
    made.close()


@pytest.fixture
def player(short):
    """Return a player that is as fast as a player can be."""
    made = Player(short)
    made.set_speed(MAX_SPEED)
    yield made
    made.pause()


@pytest.fixture
def changes(player):
    """Return what the player says of itself."""
    heard = []
    player.playing_changed.connect(heard.append)
    return heard


def test_it_plays_step_by_step_and_pauses_at_the_end(qtbot, short, player, changes):
    seen = []
    short.cursor_moved.connect(seen.append)
    player.play()
    assert player.playing
    qtbot.waitUntil(lambda: not player.playing)
    assert seen == [1, 2, 3, 4, 5]
    assert changes == [True, False]


def test_it_plays_on_from_the_cursor(qtbot, short, player):
    short.seek(3)
    seen = []
    short.cursor_moved.connect(seen.append)
    player.play()
    qtbot.waitUntil(lambda: not player.playing)
    assert seen == [4, 5]


def test_at_the_end_it_begins_again(qtbot, short, player):
    short.run_to_end()
    player.play()
    assert short.cursor == 0
    qtbot.waitUntil(lambda: not player.playing)
    assert short.cursor == 5


def test_a_loop_goes_round_until_it_is_paused(qtbot, short, player, changes):
    player.set_loop(True)
    seen = []
    short.cursor_moved.connect(seen.append)
    player.play()
    qtbot.waitUntil(lambda: seen.count(5) == 2)
    player.pause()
    assert seen[:11] == [1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]
    assert changes == [True, False]
    count = len(seen)
    qtbot.wait(100)
    assert len(seen) == count


def test_pausing_keeps_the_place_and_toggling_goes_on(qtbot, short, player, changes):
    player.toggle()
    qtbot.waitUntil(lambda: short.cursor == 2)
    player.toggle()
    qtbot.wait(100)
    assert short.cursor == 2
    player.toggle()
    qtbot.waitUntil(lambda: short.cursor == 5)
    assert changes[:3] == [True, False, True]


def test_playing_twice_and_pausing_twice_is_said_once(player, changes):
    player.play()
    player.play()
    player.pause()
    player.pause()
    assert changes == [True, False]


def test_G8_while_steps_are_awaited_ticks_are_dropped(qtbot, short, player, monkeypatch):
    monkeypatch.setattr(walker_module, "INLINE_SECONDS", 0.0)
    monkeypatch.setattr(short._walker._runner, "extend", lambda *_: None)  # never delivers
    player.play()
    qtbot.waitUntil(lambda: short.busy)
    qtbot.wait(150)
    assert short.target == 1


def test_a_user_may_step_while_it_plays(qtbot, short, player):
    player.play()
    short.seek(4)
    qtbot.waitUntil(lambda: not player.playing)
    assert short.cursor == 5


@pytest.mark.parametrize(("speed", "milliseconds"), [(MIN_SPEED, 1000), (10, 100), (MAX_SPEED, 17)])
def test_the_speed_is_in_steps_a_second(player, speed, milliseconds):
    player.set_speed(speed)
    assert player.speed == speed
    assert player.findChild(QTimer).interval() == milliseconds


def test_the_limits_of_the_speed():
    assert (MIN_SPEED, MAX_SPEED) == (1, 60)


def test_playing_stops_at_the_first_step_that_fails(qtbot, short, player, changes, monkeypatch):
    tried = []

    def refuse(*_):
        tried.append(1)
        raise RuntimeError("no more")

    monkeypatch.setattr(short.contract, "run", refuse)
    with qtbot.captureExceptions():
        player.play()
        qtbot.waitUntil(lambda: not player.playing)
        qtbot.wait(100)
    assert tried == [1]
    assert changes == [True, False]


def test_playing_stops_when_the_worker_fails(short, player, changes):
    player.play()
    short.failed.emit(RuntimeError("no more"))
    assert changes == [True, False]


def test_a_new_run_is_not_played_by_itself(short, player):
    player.play()
    sequence = short.settings.sequence.model_copy(update={"length": 7})
    short.apply(short.settings.model_copy(update={"sequence": sequence}))
    assert not player.playing
