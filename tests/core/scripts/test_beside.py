"""What runs side by side, as a script: it gives what the lanes have recorded."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.building import build
from rnnviz.lockstep import SLIPS, THREE_NETWORKS
from rnnviz.memory import MemoryLimits
from rnnviz.networks import NETWORKS
from rnnviz.scripts import code_of
from rnnviz.scripts.beside import SLIPS_CODE, paragraphs_beside
from rnnviz.settings import (
    InitializationSettings,
    LockstepSettings,
    NetworkSettings,
    SequenceSettings,
    Settings,
)

IN_MEMORY = MemoryLimits(2**30, 2**30)
SIZES = {"input_size": 4, "hidden_size": 6, "output_size": 3}
LANES = sorted(SLIPS.keys() - {THREE_NETWORKS, "output_h_n"})
NOT_THE_SAME_CALLS = {"batch_first", "sequence_as_batch"}
"""The wrong lanes of these are called block by block, the script's with all steps at once."""


def chosen(slip, kind, length=9, start_state="normal", both=False, **network):
    return Settings(
        network=NetworkSettings(kind=kind, **{**SIZES, **network}),
        initialization=InitializationSettings(seed=3),
        sequence=SequenceSettings(length=length, start_state=start_state),
        lockstep=LockstepSettings(on=True, slip=slip, both_directions=both),
    )


def computed(settings):
    """Return what `settings` show side by side, to the last step."""
    lockstep = build(settings, IN_MEMORY).lockstep
    while lockstep.computed < lockstep.moves:
        lockstep.compute_block()
    lockstep.reveal(lockstep.moves)
    return lockstep


def recorded(lane, part="hidden"):
    """Return the states of a lane's top layer, (T, B, H), or its outputs, (T, B, O)."""
    trace = lane.run.trace
    return np.array(trace.hidden[1:, -1] if part == "hidden" else trace.outputs)


def executed(settings):
    """Run the script; return what it defines."""
    code = code_of(settings)
    assert max(map(len, code.splitlines())) <= 100
    assert "rnnviz" not in code
    found: dict = {}
    with torch.random.fork_rng(devices=[]):
        exec(compile(code, "<script>", "exec"), found)
    return found


def lines_beside(settings):
    return [line for lines in paragraphs_beside(settings) for line in lines]


def check(settings):
    """Hold the script's states or outputs against the lanes', and return what it defines."""
    lockstep, found = computed(settings), executed(settings)
    part = lockstep.scene.part
    right, wrong = (recorded(lane, part) for lane in lockstep.lanes)
    assert np.array_equal(found["right"], right)
    if settings.lockstep.slip in NOT_THE_SAME_CALLS:
        assert found["wrong"].shape == wrong.shape
        assert np.allclose(found["wrong"], wrong, rtol=0, atol=1e-6)
    else:
        assert np.array_equal(found["wrong"], wrong)
    return found


# The same weights


def check_kinds(settings):
    lockstep, found = computed(settings), executed(settings)
    others = {lane.title: recorded(lane) for lane in lockstep.lanes[1:]}
    assert found["beside"].keys() == others.keys()
    for title, states in others.items():
        assert np.array_equal(found["beside"][title], states), title


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("length", [1, 9, 130])
@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_the_other_kinds_with_the_same_weights(kind, batch, length, nonlinearity):
    check_kinds(chosen(THREE_NETWORKS, kind, length, batch_size=batch, nonlinearity=nonlinearity))


@pytest.mark.parametrize("kind", ["rnn_cell", "rnn"])
def test_a_network_without_biases_beside_the_others(kind):
    settings = chosen(THREE_NETWORKS, kind, bias=False)
    check_kinds(settings)
    assert "bias=False" in "".join(lines_beside(settings))


def test_what_another_kind_has_no_use_for_changes_nothing():
    unused = {"num_layers": 4, "bias": False, "bidirectional": True, "dropout": 0.5}
    settings = chosen(THREE_NETWORKS, "elman", training=True, **unused)
    check_kinds(settings)
    assert paragraphs_beside(settings) == paragraphs_beside(chosen(THREE_NETWORKS, "elman"))


# The slips


def test_every_slip_has_its_lines():
    assert SLIPS_CODE.keys() == SLIPS.keys() - {THREE_NETWORKS}


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("slip", LANES)
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("length", [1, 9, 70])
def test_right_and_wrong_are_what_the_lanes_recorded(kind, slip, batch, length):
    check(chosen(slip, kind, length, batch_size=batch))


@given(
    st.sampled_from(list(NETWORKS)), st.sampled_from(LANES), st.integers(1, 3), st.integers(1, 90),
    st.integers(1, 7), st.integers(1, 33), st.integers(1, 4),
    st.sampled_from(("linear", "tanh")), st.sampled_from(("zeros", "normal")),
)  # fmt: skip
@settings(max_examples=40)
def test_right_and_wrong_in_any_size(kind, slip, batch, length, i, h, o, output, start_state):
    check(
        chosen(
            slip, kind, length, start_state, batch_size=batch, input_size=i, hidden_size=h,
            output_size=o, output_nonlinearity=output,
        )
    )  # fmt: skip


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("length", [9, 70])
def test_the_gradients_of_one_bias_and_of_two(kind, batch, length):
    settings = chosen("two_biases", kind, length, batch_size=batch)
    picture, found = computed(settings).scene.picture, executed(settings)
    assert np.array_equal(found["gradient_b"], picture.one)
    assert np.array_equal(found["gradient_b_ih"], picture.ih)
    assert np.array_equal(found["gradient_b_hh"], picture.hh)
    assert np.array_equal(found["moved_one"], picture.moved_one)
    assert np.array_equal(found["moved_two"], picture.moved_two)
    assert np.abs(picture.one).max() > 0


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("length", [1, 9, 70])
def test_output_and_h_n_of_two_layers(kind, batch, both, length, capsys):
    settings = chosen("output_h_n", kind, length, batch_size=batch, both=both, bias=False)
    grid, found = computed(settings).scene.picture, executed(settings)
    assert np.array_equal(found["output"][:, 0], grid.output)
    assert np.array_equal(found["h_n"][:, 0], grid.h_n)
    assert "False" not in capsys.readouterr().out


def test_depth_is_two_networks(capsys):
    found = check(chosen("depth", "rnn"))
    assert found["deep"].num_layers == 3
    assert torch.equal(found["deep"].weight_hh_l0, found["rnn"].weight_hh_l0)
    counts = [sum(p.numel() for p in found[name].parameters()) for name in ("rnn", "deep")]
    assert list(map(int, capsys.readouterr().out.split())) == counts


@pytest.mark.parametrize("slip", ["late_output", "output_tanh"])
def test_outputs_after_a_tanh(slip):
    found = check(chosen(slip, "elman", output_nonlinearity="tanh"))
    assert found["wrong"].abs().max() <= 1


@pytest.mark.parametrize("layers", [2, 3])
@pytest.mark.parametrize("training", [False, True])
def test_a_state_left_over_in_every_layer(layers, training):
    layered = {"num_layers": layers, "dropout": 0.4, "training": training, "dropout_seed": 5}
    check(chosen("state_left_over", "rnn", batch_size=2, **layered))


# What cannot be shown


LAYERED = sorted(SLIPS.keys() - {"output_h_n", "state_left_over"})


@pytest.mark.parametrize(
    ("slip", "network"),
    [
        *((slip, {"num_layers": 2}) for slip in LAYERED),
        *((slip, {"bidirectional": True}) for slip in sorted(SLIPS.keys() - {"output_h_n"})),
    ],
)
def test_a_comment_says_why_there_is_nothing(slip, network):
    settings = chosen(slip, "rnn", **network)
    reasons = [lane.said for lane in computed(settings).lanes if lane.run is None]
    lines = lines_beside(settings)
    assert all(line.startswith("# ") for line in lines)
    said = " ".join(line.removeprefix("# ") for line in lines)
    assert reasons
    assert all(reason in said for reason in reasons)
    assert not {"right", "wrong", "beside"} & executed(settings).keys()


def test_without_biases_there_are_none_to_compare():
    lines = lines_beside(chosen("two_biases", "rnn_cell", bias=False))
    assert lines == ["# This network has no biases: tick Biases under More."]


# The script of one network


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("slip", SLIPS)
def test_the_script_of_the_one_network_comes_first_and_stays_as_it_is(kind, slip):
    settings = chosen(slip, kind)
    alone = settings.model_copy(update={"lockstep": LockstepSettings(on=False, slip=slip)})
    assert paragraphs_beside(alone) == []
    code = code_of(settings)
    assert code.startswith(code_of(alone))
    assert code_of(alone) == code_of(alone.model_copy(update={"lockstep": LockstepSettings()}))
    assert len(code) > len(code_of(alone))


def test_nothing_is_drawn_from_the_users_generator():
    torch.manual_seed(0)
    wanted = torch.random.get_rng_state()
    for slip in SLIPS:
        paragraphs_beside(chosen(slip, "rnn"))
    assert torch.equal(torch.random.get_rng_state(), wanted)


def test_a_checker_of_style_has_nothing_to_say(tmp_path):
    for kind in NETWORKS:
        for slip in SLIPS:
            wide = {"input_size": 99_999, "hidden_size": 99_999, "nonlinearity": "relu"}
            for number, network in enumerate(({}, {"num_layers": 2, "bias": False}, wide)):
                code = code_of(chosen(slip, kind, **network))
                (tmp_path / f"{slip}_{kind}_{number}.py").write_text(code, encoding="utf-8")
    rules = ["--isolated", "--select", "E,F,W,I,N,B,C4,PIE,SIM", "--line-length", "79"]
    blank = ["--preview", "--extend-select", "E301,E302,E303,E305"]
    ran = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *rules, *blank, str(tmp_path)],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout
