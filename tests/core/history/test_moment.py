"""What is packed comes back equal, whatever the settings hold."""

import numpy as np
import pytest

from rnnviz import initialization, sequences
from rnnviz.arrays import Stored
from rnnviz.history.moment import Moment, Shelf
from rnnviz.presets import load_presets
from rnnviz.settings import InitializationSettings, SequenceSettings, Settings

NUMBERS = ((0.1, -0.0, 1e-30), (3.4028235e38, -2.5, 5e-324))


def of(scheme=None, source=None, **others):
    changes = {"initialization": InitializationSettings(scheme=scheme)} if scheme else {}
    changes |= {"sequence": SequenceSettings(source=source)} if source else {}
    return Settings(**changes, **others)


MANY = {
    "defaults": Settings(),
    "typed weights": of(initialization.Values(tables={"W_ih": NUMBERS, "b_ih": ()})),
    "typed sequence": of(source=sequences.Values(rows=NUMBERS)),
    "half a surrogate": of(source=sequences.Text(text="a\ud800\0“ü”")),
    "of its own": Settings(
        initialization=InitializationSettings(
            overrides={"W_hh": initialization.Orthogonal(gain=2.0), "b_hh": initialization.Zeros()}
        )
    ),
    "weights of a file": of(initialization.Loaded(file="ä.pt", tensors={"W": Stored(NUMBERS[:1])})),
    "data of a file": of(
        source=sequences.Loaded(file="x.csv", data=Stored(np.ones((3, 2))), names=("a", "b"))
    ),
}


@pytest.mark.parametrize("settings", MANY.values(), ids=MANY)
def test_settings_come_back_equal(settings):
    back = Shelf().keep(Moment(settings)).moment().settings
    assert back == settings
    assert repr(back) == repr(settings)  # tells -0.0 from 0.0, and lists from tuples


@pytest.mark.parametrize("name", load_presets())
def test_presets_come_back_equal(name):
    preset = load_presets()[name]
    moment = Moment(preset.settings, preset, cursor=3)
    assert Shelf().keep(moment).moment() == moment


def test_a_replay_is_handed_on_itself():
    replay = object()
    settings = Settings(replay=replay)
    assert Shelf().keep(Moment(settings)).moment().settings.replay is replay


def test_equal_parts_are_packed_once():
    shelf = Shelf()
    first = shelf.keep(Moment(MANY["typed sequence"]))
    second = shelf.keep(Moment(of(source=sequences.Values(rows=NUMBERS), replay=object())))
    assert all(first.parts[name] is second.parts[name] for name in first.parts)


def test_equal_arrays_of_two_openings_are_kept_once():
    shelf = Shelf()
    kept = [
        shelf.keep(Moment(of(initialization.Loaded(file=name, tensors={"W": Stored(np.ones(9))}))))
        for name in ("a.pt", "b.pt")
    ]
    assert len({one for each in kept for one, _ in each.large()}) == 1
    assert [size for _, size in kept[0].large()] == [36]


def test_what_nobody_keeps_is_forgotten():
    shelf = Shelf()
    kept = shelf.keep(Moment(MANY["weights of a file"]))
    assert len(shelf._packed) == len(kept.parts)
    assert len(shelf._arrays) == 1
    del kept
    assert not shelf._packed
