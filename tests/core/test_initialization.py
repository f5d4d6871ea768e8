"""Initialisation, held against torch.nn.init called by a script."""

import json
import math
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from oracles import OWN_SCHEMES
from pydantic import BaseModel, TypeAdapter, ValidationError
from torch import nn
from torch.nn import init

from rnnviz.fields import hints_of, limits_of, sentence_of
from rnnviz.initialization import (
    INIT_SCHEMES,
    AnyScheme,
    Scheme,
    TruncNormal,
    Uniform,
    Values,
    initialize,
    misfits,
)
from rnnviz.limits import MAX_SEED

SHAPES = {"W_ih": (5, 3), "W_hh": (5, 5), "W_ho": (2, 5), "b_ih": (5,), "b_ho": (2,)}
SCRIPTS = {  # how a script calls torch for scheme `name` with other than the default arguments
    "uniform": ({"low": -0.5, "high": 2}, lambda p: init.uniform_(p, -0.5, 2)),
    "torch_default": ({}, lambda p: init.uniform_(p, -(5**-0.5), 5**-0.5)),
    "normal": ({"mean": 1, "std": 0.2}, lambda p: init.normal_(p, 1, 0.2)),
    "trunc_normal": (
        {"mean": 0.5, "std": 2, "low": -1, "high": 1},
        lambda p: init.trunc_normal_(p, 0.5, 2, -1, 1),
    ),
    "constant": ({"value": -3}, lambda p: init.constant_(p, -3)),
    "zeros": ({}, init.zeros_),
    "ones": ({}, init.ones_),
    "eye": ({}, init.eye_),
    "xavier_uniform": ({"gain": 2}, lambda p: init.xavier_uniform_(p, 2)),
    "xavier_normal": ({"gain": 2}, lambda p: init.xavier_normal_(p, 2)),
    "kaiming_uniform": (
        {"a": 0.3, "mode": "fan_out"},
        lambda p: init.kaiming_uniform_(p, 0.3, "fan_out"),
    ),
    "kaiming_normal": (
        {"nonlinearity": "tanh"},
        lambda p: init.kaiming_normal_(p, nonlinearity="tanh"),
    ),
    "orthogonal": ({"gain": 3}, lambda p: init.orthogonal_(p, 3)),
    "sparse": ({"sparsity": 0.5, "std": 2}, lambda p: init.sparse_(p, 0.5, 2)),
}
PLAIN = sorted(SCRIPTS)
seeds = st.integers(0, MAX_SEED)
names = st.sampled_from(PLAIN)


def elman() -> nn.Module:
    module = nn.Module()
    for name, shape in SHAPES.items():
        module.register_parameter(name, nn.Parameter(torch.full(shape, 77.0)))
    return module


def filled(base: Scheme, overrides=None, seed=0) -> dict[str, torch.Tensor]:
    module = elman()
    initialize(module, base, overrides or {}, seed, 5)
    return dict(module.state_dict())


def scripted(name: str, seed: int) -> dict[str, torch.Tensor]:
    module = elman()
    torch.manual_seed(seed)
    for parameter in module.parameters():
        if INIT_SCHEMES[name].matrices_only and parameter.dim() == 1:
            init.zeros_(parameter)
        else:
            SCRIPTS[name][1](parameter)
    return dict(module.state_dict())


def same(first, second) -> bool:
    return first.keys() == second.keys() and all(first[k].equal(second[k]) for k in first)


def test_every_function_of_torch_that_fits_a_matrix_or_a_bias_is_there():
    functions = {
        name.removesuffix("_")
        for name in dir(init)
        if name.endswith("_") and not name.startswith("_") and name != "dirac_"  # needs 3 dims
    }
    assert set(INIT_SCHEMES) == functions | {"torch_default", "values", "file"}
    assert [name for name, scheme in INIT_SCHEMES.items() if scheme.common] == [
        "uniform",
        "torch_default",
        "values",
        "file",
    ]


@pytest.mark.parametrize("name", PLAIN)
@given(seed=seeds)
def test_a_scheme_is_the_script_that_calls_torch(name, seed):
    assert same(filled(INIT_SCHEMES[name](**SCRIPTS[name][0]), seed=seed), scripted(name, seed))


@pytest.mark.parametrize("name", sorted(set(PLAIN) - {"uniform", "torch_default", "constant"}))
def test_defaults_are_those_of_torch(name):
    ours, torchs = torch.empty(6, 4), torch.empty(6, 4)
    arguments = (0.9,) if name == "sparse" else ()  # torch has no default for the share
    torch.manual_seed(3)
    getattr(init, f"{name}_")(torchs, *arguments)
    generator = torch.Generator().manual_seed(3)
    INIT_SCHEMES[name]().fill(ours, name="W", hidden_size=6, generator=generator)
    assert ours.equal(torchs)


def test_the_default_is_the_exercise():
    module = elman()
    torch.manual_seed(7)
    for weight in module.parameters():
        nn.init.uniform_(weight, -1, 1)
    assert same(filled(Uniform(), seed=7), module.state_dict())


@pytest.mark.parametrize(
    "build",
    [lambda: nn.RNNCell(4, 9), lambda: nn.RNN(4, 9, 3), lambda: nn.RNN(4, 9, bias=False)],
)
def test_torch_default_is_what_a_new_module_has(build):
    torch.manual_seed(11)
    theirs = build()
    ours = build()
    initialize(ours, INIT_SCHEMES["torch_default"](), {}, 11, 9)
    assert same(ours.state_dict(), theirs.state_dict())


@given(base=names, seed=seeds)
def test_same_seed_same_bits_and_the_global_generator_is_left_alone(base, seed):
    scheme = INIT_SCHEMES[base](**SCRIPTS[base][0])
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first = filled(scheme, seed=seed)
    assert torch.get_rng_state().equal(before)
    torch.manual_seed(2)
    assert same(first, filled(scheme, seed=seed))


@pytest.mark.parametrize("name", sorted(set(PLAIN) - {"constant", "zeros", "ones", "eye"}))
def test_another_seed_gives_other_weights(name):
    scheme = INIT_SCHEMES[name](**SCRIPTS[name][0])
    assert not filled(scheme, seed=1)["W_hh"].equal(filled(scheme, seed=2)["W_hh"])


@given(
    base=names,
    overrides=st.dictionaries(st.sampled_from(sorted(SHAPES)), names),
    changed=st.sampled_from(sorted(SHAPES)),
    new=names,
    seed=seeds,
)
def test_an_override_changes_its_own_parameter_alone(base, overrides, changed, new, seed):
    scheme = INIT_SCHEMES[base]()
    own = {name: INIT_SCHEMES[kind]() for name, kind in overrides.items()}
    before = filled(scheme, own, seed)
    after = filled(scheme, own | {changed: INIT_SCHEMES[new]()}, seed)
    del before[changed], after[changed]
    assert same(before, after)


@given(
    base=names, changed=st.sampled_from(sorted(SHAPES)), new=names, seed=st.integers(0, MAX_SEED)
)
def test_an_override_draws_from_its_own_seed(base, changed, new, seed):
    expected = torch.full(SHAPES[changed], 77.0)
    place = (seed + 1 + list(SHAPES).index(changed)) % (MAX_SEED + 1)
    INIT_SCHEMES[new]().fill(
        expected, name=changed, hidden_size=5, generator=torch.Generator().manual_seed(place)
    )
    result = filled(INIT_SCHEMES[base](), {changed: INIT_SCHEMES[new]()}, seed)
    assert result[changed].equal(expected)


def test_the_last_seed_wraps():
    result = filled(Uniform(), {"W_ih": Uniform()}, MAX_SEED)
    assert result["W_ih"].equal(filled(Uniform(), seed=0)["W_ih"])


def test_parameters_stay_the_same_leaves_and_can_be_trained():
    module = elman()
    before = {name: p.data_ptr() for name, p in module.named_parameters()}
    initialize(module, Uniform(), {"b_ih": Values(tables={"b_ih": ((1, 2, 3, 4, 5),)})}, 0, 5)
    assert {name: p.data_ptr() for name, p in module.named_parameters()} == before
    assert all(p.is_leaf and p.requires_grad for p in module.parameters())
    sum(p.sum() for p in module.parameters()).backward()


@pytest.mark.parametrize("name", sorted(OWN_SCHEMES))
def test_what_is_for_matrices_alone_zeroes_biases_and_says_so(name):
    scheme = INIT_SCHEMES[name]
    if name in PLAIN and not scheme.matrices_only:
        SCRIPTS[name][1](torch.empty(4))  # torch takes a bias
    elif name in PLAIN:
        with pytest.raises((ValueError, IndexError)):
            SCRIPTS[name][1](torch.empty(4))
    assert ("biases become zeros." in scheme.sentence) == scheme.matrices_only


# -- values


def rows_of(height: int, width: int):
    row = st.tuples(*[st.floats(-100, 100, width=32)] * width)
    return st.tuples(*[row] * height)


@given(height=st.integers(1, 8), width=st.integers(1, 8), data=st.data())
def test_values_are_the_typed_numbers(height, width, data):
    rows, bias = data.draw(rows_of(height, width)), data.draw(rows_of(1, height))
    linear = nn.Linear(width, height)
    initialize(linear, Values(tables={"weight": rows, "bias": bias}), {}, 0, 1)
    assert linear.weight.tolist() == [list(row) for row in rows]
    assert linear.bias.tolist() == list(bias[0])


def test_a_parameter_without_a_table_is_zeros():
    result = filled(Values(tables={"b_ho": ((1, 2),), "W_hh": ()}))
    assert result.pop("b_ho").tolist() == [1, 2]
    assert all(not tensor.any() for tensor in result.values())


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((6, 4), "W needs 6 rows of 4 numbers; this has 5 rows of 4."),
        ((6,), "W needs 1 row of 6 numbers; this has 5 rows of 4."),
        ((1, 1), "W needs 1 row of 1 number; this has 5 rows of 4."),
        ((20, 20), "Values can be typed for matrices up to 8 × 8; W is 20 × 20."),
        ((9,), "Values can be typed for biases up to 8 numbers; W has 9."),
        ((5, 4), None),
    ],
)
def test_values_that_do_not_fit(shape, sentence):
    values = Values(tables={"W": ((0, 0, 0, 0),) * 5})
    assert values.misfit("W", shape) == sentence
    if sentence:
        with pytest.raises(ValueError) as caught:
            values.fill(torch.empty(shape), name="W", hidden_size=1, generator=torch.Generator())
        assert str(caught.value) == sentence


def test_a_misfit_changes_nothing():
    module = elman()
    with pytest.raises(ValueError, match=r"W_hh needs 5 rows of 5 numbers; this has 1 row of 1\."):
        initialize(module, Uniform(), {"W_hh": Values(tables={"W_hh": ((1,),)})}, 0, 5)
    with pytest.raises(ValueError, match=r"The network has no parameter W_xy\."):
        initialize(module, Uniform(), {"W_xy": Uniform()}, 0, 5)
    assert all(bool((p == 77).all()) for p in module.parameters())


def test_an_override_mends_a_misfit_of_the_base():
    base = Values(tables={"W_hh": ((1,),), "W_ho": ((1,) * 5,) * 2})
    assert list(misfits(base, {}, SHAPES)) == ["W_hh"]
    result = filled(base, {"W_hh": Uniform()})
    assert result["W_hh"].any() and result["W_ho"].eq(1).all()


# -- fields


@pytest.mark.parametrize(
    ("build", "sentence"),
    [
        (lambda: Uniform(low=1, high=1), "From must be less than To."),
        (lambda: TruncNormal(low=2), "From must be less than To."),
        (lambda: TruncNormal(mean=3), "Mean must lie between From and To."),
        (lambda: Values(tables={"W": ((1, 2), (3,))}), "Row 2 has 1 number, row 1 has 2."),
        (lambda: Values(tables={"W": ((1e39,),)}), "Row 1: 1e+39 is too large."),
        (
            lambda: Values(tables={"W": ((1,),) * 9}),
            "Values can be typed for matrices up to 8 × 8; W is 9 × 1.",
        ),
    ],
)
def test_rules_across_fields_are_plain_sentences(build, sentence):
    with pytest.raises(ValidationError) as caught:
        build()
    assert sentence_of(caught.value) == sentence


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_are_finite(value):
    for wrong in (
        {"name": "normal", "mean": value},
        {"name": "values", "tables": {"W": ((value,),)}},
    ):
        with pytest.raises(ValidationError):
            TypeAdapter(AnyScheme).validate_python(wrong)


@pytest.mark.parametrize("name", sorted(OWN_SCHEMES))
def test_fields_are_described_and_their_limits_hold(name):
    scheme = INIT_SCHEMES[name]
    assert scheme.title and scheme.sentence.endswith(".")
    for field, info in scheme.model_fields.items():
        if field == "name":
            continue
        assert info.title and info.description.endswith(".")
        low, high = limits_of(scheme, field)
        if info.annotation is float:
            assert low <= info.default <= high
            for beyond in (low - 1, high + 1):
                with pytest.raises(ValidationError):
                    scheme(**{field: beyond})
        elif "labels" in hints_of(scheme, field):
            for option in hints_of(scheme, field)["labels"]:
                assert getattr(scheme(**{field: option}), field) == option
        else:
            assert hints_of(scheme, field)["editor"] == "tables"


@pytest.mark.parametrize(
    "nonlinearity", ["leaky_relu", "relu", "tanh", "sigmoid", "selu", "linear"]
)
def test_every_gain_of_torch_can_be_chosen(nonlinearity):
    scheme = INIT_SCHEMES["kaiming_normal"](nonlinearity=nonlinearity, a=0.5)
    ours, standard = torch.empty(4, 9), torch.empty(4, 9)
    scheme.fill(ours, name="W", hidden_size=4, generator=torch.Generator().manual_seed(0))
    standard.normal_(generator=torch.Generator().manual_seed(0))
    gain = init.calculate_gain(nonlinearity, 0.5)
    torch.testing.assert_close(ours, standard * gain / 3)


numbers = st.floats(-1000, 1000)


@given(mean=numbers, std=st.floats(0.001, 1000), low=numbers, high=numbers, seed=seeds)
def test_every_truncated_normal_that_is_allowed_comes_to_an_end(mean, std, low, high, seed):
    low, mean, high = sorted((low, mean, high))
    assume(low < high)
    drawn = torch.empty(20, 20)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        TruncNormal(mean=mean, std=std, low=low, high=high).fill(
            drawn, name="W", hidden_size=1, generator=torch.Generator().manual_seed(seed)
        )
    bounds = torch.tensor([low, high])  # float32, as the weights are
    assert drawn.min() >= bounds[0] and drawn.max() <= bounds[1]


@pytest.mark.parametrize("name", sorted(OWN_SCHEMES))
def test_settings_survive_json(name):
    class Holder(BaseModel):
        scheme: AnyScheme

    arguments = {"tables": {"W": ((0.1, 2),)}} if name == "values" else SCRIPTS[name][0]
    held = Holder(scheme=INIT_SCHEMES[name](**arguments))
    assert Holder.model_validate_json(held.model_dump_json()) == held
    assert json.loads(held.model_dump_json())["scheme"]["name"] == name


def test_torch_is_not_loaded_for_the_descriptions():
    code = (
        "import sys, rnnviz.initialization as i; [s() for s in i.INIT_SCHEMES.values()];"
        "i.Values().misfit('W', (9, 9)); sys.exit('torch' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
