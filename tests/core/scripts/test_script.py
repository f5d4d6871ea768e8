"""The script: run by itself, it gives the same bits as the record."""

import ast
import itertools
import subprocess
import sys
from typing import Literal, get_args, get_origin

import hypothesis
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from oracles import OWN_SCHEMES, OWN_SOURCES, assert_same
from pydantic import ValidationError

from rnnviz.building import build, rebuild
from rnnviz.changes import difference
from rnnviz.fields import limits_of
from rnnviz.initialization import INIT_SCHEMES, Orthogonal, Uniform, Values, Zeros
from rnnviz.limits import MAX_WRITTEN
from rnnviz.memory import MemoryLimits
from rnnviz.networks import NETWORKS
from rnnviz.presets import load_presets
from rnnviz.scripts import KINDS, code_of
from rnnviz.sequences import Impulse, Text
from rnnviz.sequences import Values as Typed
from rnnviz.settings import InitializationSettings, NetworkSettings, SequenceSettings, Settings
from rnnviz.validation import problems_of

PRESETS = load_presets()
IN_MEMORY = MemoryLimits(2**30, 2**30)
SMALL = {"input_size": 4, "hidden_size": 6, "output_size": 3}
START_STATES = ("zeros", "normal", "carry")


def recorded(settings):
    """Return the run of `settings`, revealed to its end; a carried state is from an earlier run."""
    carries = settings.sequence.start_state == "carry"
    built = build(with_sequence(settings, start_state="zeros") if carries else settings, IN_MEMORY)
    reveal(built.run)
    if carries:
        built = rebuild(built, settings, difference(built.settings, settings), IN_MEMORY)
        reveal(built.run)
    return built.run


def reveal(run):
    while run.computed < run.moves:
        run.compute_block()
    run.reveal(run.moves)


def with_sequence(settings, **fields):
    sequence = settings.sequence.model_copy(update=fields)
    return settings.model_copy(update={"sequence": sequence})


def executed(code):
    """Run a script, and return what it defines."""
    found: dict = {}
    with torch.random.fork_rng(devices=[]):
        exec(compile(code, "<script>", "exec"), found)
    return found


def check(settings):
    """Check that the script gives the record, and return it."""
    run = recorded(settings)
    code = code_of(settings, h0=run.h0)
    found = executed(code)
    assert_same(found["inputs"], run.trace.inputs)
    assert_same(found["hidden"], run.trace.hidden)
    assert_same(found.get("outputs"), run.trace.outputs)
    if "h_n" in found:  # what the whole call returned agrees with the layers one by one
        directions = run.network.num_directions
        for half in range(directions):
            of_top = run.trace.hidden[1:, half - directions]
            assert_same(found["output"].chunk(directions, dim=-1)[half], of_top)
    assert max(map(len, code.splitlines())) <= 100
    assert "rnnviz" not in code
    return code


def fitting(**parts):
    settings = Settings(**parts)
    assert problems_of(settings, IN_MEMORY) == ()
    return settings


# Every case


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset(name):
    check(PRESETS[name].settings)


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("scheme", OWN_SCHEMES)
def test_every_kind_scheme_source_and_start_state(kind, scheme):
    init = InitializationSettings(scheme=INIT_SCHEMES[scheme](), seed=5)
    for source, start_state in itertools.product(OWN_SOURCES.values(), START_STATES):
        network = NetworkSettings(kind=kind, num_layers=2, batch_size=2, **SMALL)
        sequence = SequenceSettings(source=source(), length=9, seed=3, start_state=start_state)
        check(fitting(network=network, initialization=init, sequence=sequence))


def test_every_kind_has_its_lines():
    assert KINDS.keys() == NETWORKS.keys()


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_nn_rnn_in_both_directions_and_with_dropout(layers, both, training, dropout):
    network = NetworkSettings(
        kind="rnn", num_layers=layers, batch_size=2, bidirectional=both, training=training,
        dropout=dropout, dropout_seed=9, **SMALL,
    )  # fmt: skip
    for length, start_state in itertools.product((1, 70, 130), START_STATES):
        sequence = SequenceSettings(length=length, start_state=start_state)
        check(fitting(network=network, sequence=sequence))


def varied(model):
    """Draw an entry of an index with any of the numbers and choices that its fields allow."""
    if model is Text:
        return st.text(min_size=1, max_size=90).flatmap(read_by_some_alphabet)
    fields = {
        name: drawn
        for name, field in model.model_fields.items()
        if name != "name" and (drawn := _of_type(model, name, field.annotation)) is not None
    }
    return st.fixed_dictionaries({}, optional=fields).map(lambda given: _made(model, given))


def read_by_some_alphabet(text):
    orders = st.permutations(list(dict.fromkeys(text))).map("".join)
    return st.builds(Text, text=st.just(text), alphabet=st.just("") | orders)


def _of_type(model, name, annotation):
    low, high = limits_of(model, name)
    if annotation is float:
        return st.floats(max(low, -1000), min(high, 1000)) | st.just(float(max(low, 0)))
    if annotation is int:
        return st.integers(low, min(high, 12))
    if get_origin(annotation) is Literal:
        return st.sampled_from(get_args(annotation))
    return None


def _made(model, given):
    try:
        return model(**given)
    except ValidationError:
        return None


@st.composite
def any_settings(draw):
    """Draw settings of every kind, with schemes and sources of any fields, that can be applied."""
    booleans = st.booleans()
    network = draw(
        st.builds(
            NetworkSettings,
            kind=st.sampled_from(list(NETWORKS)),
            input_size=st.integers(1, 9), hidden_size=st.integers(1, 40),
            output_size=st.integers(1, 5), num_layers=st.integers(1, 4),
            batch_size=st.integers(1, 3), nonlinearity=st.sampled_from(("tanh", "relu")),
            output_nonlinearity=st.sampled_from(("linear", "tanh")), bias=booleans,
            bidirectional=booleans, training=booleans,
            dropout=st.sampled_from((0.0, 0.25, 0.5)), dropout_seed=st.integers(0, 2**31 - 1),
        )
    )  # fmt: skip
    schemes = st.sampled_from(list(OWN_SCHEMES.values())).flatmap(varied)
    names = st.sampled_from(list(network.shapes))
    scheme, source = (
        draw(schemes),
        draw(st.sampled_from(list(OWN_SOURCES.values())).flatmap(varied)),
    )
    overrides = draw(st.dictionaries(names, schemes, max_size=2))
    assume(None not in (scheme, source, *overrides.values()))
    if needed := source.needs_inputs():
        network = network.model_copy(update={"input_size": needed})
    settings = Settings(
        network=network,
        initialization=InitializationSettings(
            scheme=scheme, overrides=overrides, seed=draw(st.integers(0, 2**31 - 1))
        ),
        sequence=SequenceSettings(
            source=source, length=draw(st.sampled_from((1, 2, 40, 64, 65, 129))),
            seed=draw(st.integers(0, 2**31 - 1)), start_state=draw(st.sampled_from(START_STATES)),
        ),
    )  # fmt: skip
    assume(not problems_of(settings, IN_MEMORY))
    return settings


@given(any_settings())
def test_any_settings(settings):
    check(settings)


@pytest.mark.parametrize("scheme", OWN_SCHEMES.values(), ids=OWN_SCHEMES)
@given(data=st.data())
@hypothesis.settings(max_examples=15)
def test_a_scheme_of_any_fields(scheme, data):
    drawn = data.draw(varied(scheme))
    assume(drawn is not None)
    network = NetworkSettings(kind=data.draw(st.sampled_from(list(NETWORKS))), **SMALL)
    check(fitting(network=network, initialization=InitializationSettings(scheme=drawn)))


@pytest.mark.parametrize("source", OWN_SOURCES.values(), ids=OWN_SOURCES)
@given(data=st.data(), batch=st.integers(1, 2))
@hypothesis.settings(max_examples=25)
def test_a_source_of_any_fields(source, data, batch):
    drawn = data.draw(varied(source))
    assume(drawn is not None)
    size = drawn.needs_inputs() or 13
    network = NetworkSettings(kind="rnn_cell", input_size=size, batch_size=batch)
    settings = Settings(network=network, sequence=SequenceSettings(source=drawn, length=12))
    assume(not problems_of(settings, IN_MEMORY))
    check(settings)


numbers = st.floats(-3.4e38, 3.4e38, width=64) | st.floats(-2, 2, width=32) | st.just(-0.0)


@given(st.data(), st.sampled_from(list(NETWORKS)), st.integers(1, 8), st.integers(1, 30))
def test_any_typed_numbers(data, kind, size, inputs):
    network = NetworkSettings(kind=kind, input_size=min(inputs, 8), hidden_size=size, output_size=2)
    tables = {
        name: data.draw(table(*(1, *shape)[-2:]))
        for name, shape in network.shapes.items()
        if data.draw(st.booleans())
    }
    rows = data.draw(table(data.draw(st.integers(1, 5)), network.input_size))
    settings = fitting(
        network=network,
        initialization=InitializationSettings(scheme=Values(tables=tables)),
        sequence=SequenceSettings(source=Typed(rows=rows)),
    )
    check(settings)
    module = recorded(settings).network.module
    written = executed(code_of(settings))["rnn"]
    for (name, found), wanted in zip(written.named_parameters(), module.parameters(), strict=True):
        assert torch.equal(found, wanted), name


def table(height, width):
    row = st.tuples(*[numbers] * width)
    return st.tuples(*[row] * height)


# What it says


def test_the_exercises_class_is_written_as_in_the_exercise():
    code = code_of(PRESETS["exercise-sequence"].settings)
    assert "class RNN(nn.Module):" in code
    assert "nn.init.uniform_(parameter, -1, 1)" in code
    assert "    for x in inputs:\n        output, hidden_state = rnn(x, hidden_state)" in code


def test_torchs_default_is_what_torch_draws_by_itself():
    code = code_of(PRESETS["exercise-rnn-sequence"].settings)
    assert "torch.manual_seed(0)\nrnn = nn.RNN(5, 20)\n" in code
    assert "nn.init" not in code
    assert "output, h_n = rnn(inputs, h0)" in code
    assert len(code.splitlines()) < 20


def test_only_typed_numbers_are_written_out():
    settings = Settings(initialization=InitializationSettings(overrides={"W_hh": Orthogonal()}))
    assert "torch.tensor(" not in check(settings)
    assert "torch.tensor([\n    [-0.8, -0.4, -0.1, 0.2],\n" in code_of(PRESETS["hello"].settings)


def test_numbers_that_are_overridden_are_not_written():
    hello = PRESETS["hello"].settings
    init = hello.initialization.model_copy(update={"overrides": {"W_hh": Zeros()}})
    code = check(hello.model_copy(update={"initialization": init}))
    assert "rnn.W_ih.data = torch.tensor([" in code
    assert "rnn.W_hh.data" not in code
    assert "nn.init.zeros_(rnn.W_hh)" in code


def test_an_override_draws_from_a_seed_of_its_own():
    init = InitializationSettings(
        overrides={"W_hh": Orthogonal(), "b_ho": Uniform()}, seed=2**31 - 1
    )
    code = check(Settings(initialization=init))
    assert "torch.manual_seed(1)\nnn.init.orthogonal_(rnn.W_hh)" in code
    assert "torch.manual_seed(4)\nnn.init.uniform_(rnn.b_ho, -1, 1)" in code


def test_a_text_is_written_and_turned_into_units():
    network = NetworkSettings(input_size=13)
    letters = 'say "no"\n\\ ☃\u2028'
    source = Text(text=letters * 9, alphabet="")
    code = check(fitting(network=network, sequence=SequenceSettings(source=source)))
    assert r"say \"no\"\n\\ ☃\u2028" in code
    assert "in the order they appear" in code


def test_a_signal_is_its_formula():
    source = Impulse(at=3, unit=1, amplitude=0.1)
    code = check(fitting(sequence=SequenceSettings(source=source)))
    assert "sequence[2, 1] = 0.1" in code


def test_what_rounds_differently_on_two_threads_is_the_same():
    network = NetworkSettings(kind="rnn", hidden_size=96)
    init = InitializationSettings(scheme=Orthogonal())
    torch.set_num_threads(2)
    try:
        check(Settings(network=network, initialization=init))
    finally:
        torch.set_num_threads(1)


def test_a_carried_state_is_written_out():
    settings = with_sequence(Settings(), start_state="carry")
    code = check(settings)
    assert "# The last state of the previous run" in code
    assert "torch.zeros(1, 1, 20)" in code_of(settings)  # nothing has been carried


def test_a_carried_state_without_end_is_written_out():
    network = NetworkSettings(kind="rnn_cell", nonlinearity="relu", **SMALL)
    settings = with_sequence(Settings(network=network), start_state="carry")
    h0 = torch.tensor([[[torch.inf, -torch.inf, torch.nan, 1e-45, 0.1, 3.4028235e38]]])
    assert_same(executed(code_of(settings, h0=h0))["h0"], h0)


def test_a_large_carried_state_is_refused_in_a_sentence():
    network = NetworkSettings(kind="rnn", hidden_size=MAX_WRITTEN + 1)
    settings = with_sequence(Settings(network=network), start_state="carry")
    with pytest.raises(ValueError, match="10,001 numbers that no seed gives"):
        code_of(settings, h0=torch.ones(settings.state_shape))
    assert "h0 = torch.zeros(" in code_of(with_sequence(settings, start_state="zeros"))


# By a person, elsewhere


@pytest.mark.parametrize("name", ["hello", "exercise-rnn", "exercise-rnncell", "bidirectional"])
def test_a_fresh_interpreter_with_torch_alone(name, tmp_path):
    settings = PRESETS[name].settings
    run = recorded(settings)
    code = code_of(settings)
    imports = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import)]
    assert [alias.name for node in imports for alias in node.names] == ["torch"]
    saved = tmp_path / "found.pt"
    without_numpy = "import sys\nsys.modules['numpy'] = None\n"
    save = f"torch.save((inputs, hidden, globals().get('outputs')), {str(saved)!r})"
    subprocess.run(
        [sys.executable, "-I", "-c", f"{without_numpy}{code}\n{save}"],
        check=True, capture_output=True, cwd=tmp_path,
    )  # fmt: skip
    inputs, hidden, outputs = torch.load(saved)
    assert torch.equal(inputs, torch.from_numpy(run.trace.inputs.copy()))
    assert torch.equal(hidden, torch.from_numpy(run.trace.hidden[:].copy()))
    assert_same(outputs, run.trace.outputs)


def test_a_checker_of_style_has_nothing_to_say(tmp_path):
    for name, preset in PRESETS.items():
        (tmp_path / f"{name.replace('-', '_')}.py").write_text(
            code_of(preset.settings), encoding="utf-8"
        )
    rules = ["--isolated", "--select", "E,F,W,I,N,B,C4,PIE,SIM", "--line-length", "79"]
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *rules, str(tmp_path)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout
