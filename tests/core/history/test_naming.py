"""Changes are called what the user changed."""

import pytest

from rnnviz import initialization, sequences
from rnnviz.arrays import Stored
from rnnviz.changes import with_network, with_source
from rnnviz.history import named
from rnnviz.history.naming import LONGEST, opening
from rnnviz.initialization import INIT_SCHEMES
from rnnviz.lockstep import SLIPS
from rnnviz.sequences import SEQUENCES
from rnnviz.settings import (
    InitializationSettings,
    LockstepSettings,
    NetworkSettings,
    SequenceSettings,
    Settings,
)

NETWORK = {
    ("hidden_size", 64): "hidden size 20 → 64",
    ("hidden_size", 100_000): "hidden size 20 → 100,000",
    ("kind", "rnn"): "kind Elman RNN → nn.RNN",
    ("num_layers", 2): "layers 1 → 2",
    ("batch_size", 3): "sequences (batch) 1 → 3",
    ("nonlinearity", "relu"): "nonlinearity tanh → ReLU",
    ("bias", False): "biases off",
    ("bidirectional", True): "both directions on",
    ("dropout", 0.25): "dropout 0 → 0.25",
    ("dropout_seed", 12345): "dropout seed 0 → 12345",
}


@pytest.mark.parametrize(("change", "name"), NETWORK.items(), ids=str)
def test_fields_of_the_network(change, name):
    field, value = change
    old = Settings()
    new = with_network(old, old.network.model_copy(update={field: value}))
    assert named(old, new) == (f"network.{field}", name)


def init(**changes):
    return Settings(initialization=InitializationSettings(**changes))


W_HH = {"W_hh": ((1.0,),)}
INITIALIZATION = [
    ({}, {"seed": 4}, "initialization.seed", "new weights (seed 0 → 4)"),
    (
        {"scheme": initialization.Zeros()},
        {"scheme": initialization.Zeros(), "seed": 4},
        "initialization.seed",
        "weights seed 0 → 4",  # nothing is new: none comes from chance
    ),
    ({}, {"weight_range": 2.5}, "initialization.weight_range", "colour range automatic → 2.5"),
    (
        {},
        {"scheme": initialization.Orthogonal()},
        "initialization.scheme",
        "scheme Uniform → Orthogonal",
    ),
    (
        {},
        {"scheme": initialization.Uniform(low=-0.5)},
        "initialization.scheme.low",
        "Uniform: from −1 → −0.5",
    ),
    (
        {"scheme": initialization.Values(tables={"W_ih": ((2.0,),)})},
        {"scheme": initialization.Values(tables={"W_ih": ((2.0,),), **W_HH})},
        "initialization.scheme.tables.W_hh",
        "values of W_hh",
    ),
    (
        {},
        {"overrides": {"W_hh": initialization.Zeros()}},
        "initialization.overrides.W_hh",
        "W_hh Uniform → Zeros",
    ),
    (
        {"overrides": {"W_hh": initialization.Zeros()}},
        {},
        "initialization.overrides.W_hh",
        "W_hh Zeros → Uniform",
    ),
    (
        {},
        {"overrides": {"W_hh": initialization.Uniform()}},
        "initialization.overrides.W_hh",
        "W_hh: a scheme of its own",
    ),
    (
        {"overrides": {"W_hh": initialization.Uniform()}},
        {"overrides": {"W_hh": initialization.Uniform(high=0.25)}},
        "initialization.overrides.W_hh.high",
        "W_hh: to 1 → 0.25",
    ),
    (
        {"overrides": {"W_hh": initialization.Values(tables={})}},
        {"overrides": {"W_hh": initialization.Values(tables=W_HH)}},
        "initialization.overrides.W_hh.tables.W_hh",
        "values of W_hh",
    ),
]


@pytest.mark.parametrize(("old", "new", "subject", "name"), INITIALIZATION)
def test_initialisation(old, new, subject, name):
    assert named(init(**old), init(**new)) == (subject, name)


def sequence(source=None, **changes):
    given = {"source": source} if source is not None else {}
    return Settings(sequence=SequenceSettings(**given, **changes))


SEQUENCE = [
    ({}, {"length": 100_000}, "length 40 → 100,000"),
    ({}, {"seed": 2}, "sequence seed 0 → 2"),
    ({}, {"start_state": "carry"}, "start state Zeros → Last state of the previous run"),
    ({}, {"source": sequences.Text()}, "source Standard normal noise → Text"),
    (
        {"source": sequences.Text(text="hello")},
        {"source": sequences.Text(text="he\nllo  and goodbye to all that")},
        "text “hello” → “he llo and good…”",
    ),
    (
        {"source": sequences.Text(text="a")},
        {"source": sequences.Text(text="a", alphabet="ab")},
        "Text: alphabet “” → “ab”",
    ),
    (
        {"source": sequences.Values()},
        {"source": sequences.Values(rows=((1.0,),))},
        "values of the sequence",
    ),
    (
        {"source": sequences.Impulse()},
        {"source": sequences.Impulse(at=5)},
        "Impulse: at step 1 → 5",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "name"), SEQUENCE)
def test_sequence(old, new, name):
    assert named(sequence(**old), sequence(**new)).name == name


@pytest.mark.parametrize("slip", SLIPS)
def test_lockstep(slip):
    off, on = (Settings(lockstep=LockstepSettings(on=on)) for on in (False, True))
    assert named(off, on) == ("lockstep.on", "side by side on")
    other = Settings(lockstep=LockstepSettings(on=True, slip=slip))
    if other != on:
        assert named(on, other) == ("lockstep.slip", f"showing “{SLIPS[slip].title}”")


# What follows is not named


def test_a_text_brings_its_input_size_along():
    old = with_source(Settings(), sequences.Text(text="ab", alphabet="abcde"))
    new = with_source(old, sequences.Text(text="abcdefg", alphabet="abcde"))
    assert new.network != old.network
    assert named(old, new) == ("sequence.source.text", "text “ab” → “abcdefg”")


def test_a_kind_brings_its_scheme_along():
    old = Settings()
    new = with_network(old, NetworkSettings(kind="rnn_cell"))
    assert new.initialization != old.initialization
    assert named(old, new).name == "kind Elman RNN → nn.RNNCell"


def test_a_size_brings_typed_weights_along():
    scheme = initialization.Values(tables={"W_hh": ((1.0, 0.0), (0.0, 1.0))})
    old = Settings(
        network=NetworkSettings(hidden_size=2, input_size=2, output_size=2),
        initialization=InitializationSettings(scheme=scheme),
    )
    new = with_network(old, old.network.model_copy(update={"hidden_size": 3}))
    assert new.initialization != old.initialization
    assert named(old, new).name == "hidden size 2 → 3"


# Files


def loaded(file, **tensors):
    scheme = initialization.Loaded(file=file, tensors={k: Stored(v) for k, v in tensors.items()})
    return InitializationSettings(scheme=scheme)


def test_opening_weights_and_data():
    old = Settings()
    opened = Settings(
        network=NetworkSettings(hidden_size=9), initialization=loaded("my ä.pt", W=[1])
    )
    assert named(old, opened) == ("initialization.scheme", "opening “my ä.pt”")
    again = Settings(network=opened.network, initialization=loaded("my ä.pt", W=[2]))
    assert named(opened, again).name == "From a file: other numbers"
    source = sequences.Loaded(file="x.csv", data=Stored([[1.0], [2.0]]))
    assert named(old, with_source(old, source)) == ("sequence.source", "opening “x.csv”")
    standardised = source.model_copy(update={"standardise": True})
    assert named(sequence(source), sequence(standardised)).name == "From a file: standardise on"


def test_opening_and_leaving_a_record():
    old = Settings()
    opened = Settings(initialization=loaded("run.zarr", W=[1]), replay=object())
    later = Settings(initialization=loaded("run.zarr", W=[2]), replay=object())
    assert named(old, opened) == ("replay", "opening “run.zarr”")
    assert named(opened, later) == ("replay", "another moment of “run.zarr”")
    computed = later.model_copy(update={"replay": None})
    assert named(later, computed) == ("replay", "leaving the record")
    longer = computed.model_copy(update={"network": NetworkSettings(batch_size=2)})
    assert named(later, longer).name == "sequences (batch) 1 → 2"


def test_names_stay_short():
    scheme = "x" * 300
    assert len(opening(scheme).name) <= LONGEST
    old, new = (sequence(sequences.Text(text=letter * 90_000)) for letter in "ab")
    assert named(old, new).name == f"text “{'a' * 15}…” → “{'b' * 15}…”"
    wide = sequence(start_state="carry"), sequence(start_state="normal")
    assert len(named(*wide).name) <= LONGEST


def test_every_field_of_every_scheme_and_source_has_a_name():
    for part, index in (("initialization", INIT_SCHEMES), ("sequence", SEQUENCES)):
        for model in index.values():
            base = model()
            for field, info in model.model_fields.items():
                value = getattr(base, field)
                if isinstance(value, (int, float)):
                    other = base.model_copy(
                        update={field: not value if value in (True, False) else value / 2}
                    )
                    key = "scheme" if part == "initialization" else "source"
                    old, new = (
                        Settings().model_copy(
                            update={part: getattr(Settings(), part).model_copy(update={key: one})}
                        )
                        for one in (base, other)
                    )
                    found = named(old, new)
                    assert found.subject == f"{part}.{key}.{field}"
                    assert info.title.lower() in found.name.lower()
