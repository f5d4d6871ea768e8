"""Students' classes, written as the exercise writes them: right ones, and ones with real faults."""

import re

import pytest
import torch
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from oracles import ExerciseRNN, seeds
from torch import nn
from torch.nn import functional as F  # noqa: N812 (as students write it)

from rnnviz import ElmanRNN, check
from rnnviz.networks import NETWORKS

FORGOTTEN = "h_{t-1} is left out: the state is not carried from step to step"
OLD = "the old state is returned: the new one is not carried from step to step"
OWN = "a state of its own, from zeros, takes the place of the one that it is given"
FROM_PREVIOUS = "the output is computed from h_{t-1}, not from h_t"
OUTPUT_TANH = "the output has a tanh (the exercise's formula has it, its code has not)"
SWAPPED = "output and hidden are returned in the wrong order"

tanh, matmul = torch.tanh, torch.matmul


class Transposed(ExerciseRNN):
    def forward(self, x, hidden):
        hidden = tanh(matmul(self.W_ih, x) + self.b_ih + matmul(self.W_hh.T, hidden))
        return matmul(self.W_ho, hidden) + self.b_ho, hidden


class InputTransposed(ExerciseRNN):
    def forward(self, x, hidden):
        hidden = tanh(matmul(self.W_ih.T, x) + self.b_ih + matmul(self.W_hh, hidden))
        return matmul(self.W_ho, hidden) + self.b_ho, hidden


class Exchanged(ExerciseRNN):
    def forward(self, hidden, x):  # called with (x, hidden)
        hidden = tanh(matmul(self.W_ih, x) + self.b_ih + matmul(self.W_hh, hidden))
        return matmul(self.W_ho, hidden) + self.b_ho, hidden


class NoBias(ExerciseRNN):
    def forward(self, x, hidden):
        hidden = tanh(matmul(self.W_ih, x) + matmul(self.W_hh, hidden))
        return matmul(self.W_ho, hidden) + self.b_ho, hidden


class BiasTwice(ExerciseRNN):
    def forward(self, x, hidden):
        hidden = tanh(matmul(self.W_ih, x) + self.b_ih + matmul(self.W_hh, hidden) + self.b_ih)
        return matmul(self.W_ho, hidden) + self.b_ho, hidden


class Forgetful(ExerciseRNN):
    def forward(self, x, hidden):
        hidden = tanh(matmul(self.W_ih, x) + self.b_ih)
        return matmul(self.W_ho, hidden) + self.b_ho, hidden


class OldState(ExerciseRNN):
    def forward(self, x, hidden):
        new = tanh(matmul(self.W_ih, x) + self.b_ih + matmul(self.W_hh, hidden))
        return matmul(self.W_ho, new) + self.b_ho, hidden


class OwnState(ExerciseRNN):
    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.hidden = torch.zeros(sizes[1])

    def forward(self, x, hidden):
        self.hidden = tanh(matmul(self.W_ih, x) + self.b_ih + matmul(self.W_hh, self.hidden))
        return matmul(self.W_ho, self.hidden) + self.b_ho, self.hidden


class NoTanh(ExerciseRNN):
    def forward(self, x, hidden):
        hidden = matmul(self.W_ih, x) + self.b_ih + matmul(self.W_hh, hidden)
        return matmul(self.W_ho, hidden) + self.b_ho, hidden


class TanhTwice(ExerciseRNN):
    def forward(self, x, hidden):
        a = tanh(matmul(self.W_ih, x) + self.b_ih + matmul(self.W_hh, hidden))
        hidden = tanh(a)
        return matmul(self.W_ho, hidden) + self.b_ho, hidden


class Sigmoid(ExerciseRNN):
    def forward(self, x, hidden):
        a = matmul(self.W_ih, x) + self.b_ih + matmul(self.W_hh, hidden)
        hidden = torch.sigmoid(a)
        return matmul(self.W_ho, hidden) + self.b_ho, hidden


class NoOutputBias(ExerciseRNN):
    def forward(self, x, hidden):
        hidden = tanh(matmul(self.W_ih, x) + self.b_ih + matmul(self.W_hh, hidden))
        return matmul(self.W_ho, hidden), hidden


class OutputFirst(ExerciseRNN):
    def forward(self, x, hidden):
        output = matmul(self.W_ho, hidden) + self.b_ho
        hidden = tanh(matmul(self.W_ih, x) + self.b_ih + matmul(self.W_hh, hidden))
        return output, hidden


class OutputTanh(ExerciseRNN):
    def forward(self, x, hidden):
        hidden = tanh(matmul(self.W_ih, x) + self.b_ih + matmul(self.W_hh, hidden))
        return tanh(matmul(self.W_ho, hidden) + self.b_ho), hidden


class OutputTransposed(ExerciseRNN):
    def forward(self, x, hidden):
        hidden = tanh(matmul(self.W_ih, x) + self.b_ih + matmul(self.W_hh, hidden))
        return matmul(self.W_ho.T, hidden) + self.b_ho, hidden


class Swapped(ExerciseRNN):
    def forward(self, x, hidden):
        hidden = tanh(matmul(self.W_ih, x) + self.b_ih + matmul(self.W_hh, hidden))
        return hidden, matmul(self.W_ho, hidden) + self.b_ho


class TwoInState(ExerciseRNN):
    def forward(self, x, hidden):
        hidden = matmul(self.W_ih, x) + matmul(self.W_hh.T, hidden)
        return matmul(self.W_ho, hidden) + self.b_ho, tanh(tanh(hidden))


class OneInEach(ExerciseRNN):
    def forward(self, x, hidden):
        output = matmul(self.W_ho, hidden) + self.b_ho
        hidden = tanh(matmul(self.W_ih, x) + matmul(self.W_hh, hidden))
        return output, hidden


class OldStateNoOutputBias(ExerciseRNN):
    def forward(self, x, hidden):
        new = tanh(matmul(self.W_ih, x) + self.b_ih + matmul(self.W_hh, hidden))
        return matmul(self.W_ho, new), hidden


ONE_FAULT = {
    Transposed: "W_hh is transposed",
    NoBias: "b_ih is left out",
    BiasTwice: "b_ih is added twice",
    Forgetful: FORGOTTEN,
    OldState: OLD,
    OwnState: OWN,
    NoTanh: "the tanh of the state is missing",
    TanhTwice: "the tanh of the state is applied twice",
    Sigmoid: "sigmoid takes the place of tanh",
    NoOutputBias: "b_ho is left out",
    OutputFirst: FROM_PREVIOUS,
    OutputTanh: OUTPUT_TANH,
}
ONLY_SQUARE = {
    InputTransposed: "W_ih is transposed",
    Exchanged: "W_ih and W_hh are exchanged",
    OutputTransposed: "W_ho is transposed",
    Swapped: SWAPPED,
}
IN_OUTPUT = (NoOutputBias, OutputFirst, OutputTanh, OutputTransposed)


# Each fault alone


@pytest.mark.parametrize(("student", "fault"), ONE_FAULT.items())
def test_a_fault_is_named(student, fault):
    report = check(student(5, 20, 10))
    assert not report.equal
    assert report.faults == (fault,)
    assert report.state.equal == (student in IN_OUTPUT)
    assert not report.output.equal


@pytest.mark.parametrize(("student", "fault"), (ONE_FAULT | ONLY_SQUARE).items())
@settings(max_examples=10)
@given(size=st.integers(2, 12), seed=seeds)
def test_a_fault_is_named_in_any_square_size(student, fault, size, seed):
    report = check(student(size, size, size), seed=seed)
    assert not report.equal
    assert report.faults == (fault,)


def test_the_first_difference_is_what_a_loop_by_hand_finds():
    student, reference = NoBias(5, 20, 10), ElmanRNN(5, 20, 10)
    first = check(student).first
    assert (first.part, first.step) == ("state", 1)
    again = check(student, seed=0).first
    assert again == first
    assert first.found != first.wanted
    assert check(student, seed=1).first != first
    assert reference.hidden_size > first.unit >= 0


class FaultyLater(ExerciseRNN):
    """Right for two steps, then unit 3 of the state is shifted, or unit 1 of the output."""

    def __init__(self, part):
        super().__init__(5, 20, 10)
        self.part, self.calls = part, 0

    def forward(self, x, hidden):
        output, hidden = super().forward(x, hidden)
        self.calls += 1
        if self.calls > 2:
            (hidden if self.part == "state" else output)[3 if self.part == "state" else 1] += 0.25
        return output, hidden


@pytest.mark.parametrize(("part", "unit"), [("state", 3), ("output", 1)])
def test_what_goes_wrong_in_the_loop_alone_is_found_there(part, unit):
    report = check(FaultyLater(part))
    assert report.state.stepwise.first is None and report.output.stepwise.first is None
    assert (report.first.part, report.first.step, report.first.unit) == (part, 3, unit)
    assert report.first.found == pytest.approx(report.first.wanted + 0.25, abs=1e-6)
    assert f"First difference: in a loop, step 3, unit {unit} of the {part}" in str(report)
    assert report.faults == ()
    assert f"None of the usual faults reproduces the {part}" in str(report)


# Several at once


@pytest.mark.parametrize(
    ("student", "faults"),
    [
        (OneInEach, {"b_ih is left out", FROM_PREVIOUS}),
        (OldStateNoOutputBias, {OLD, "b_ho is left out"}),
    ],
)
def test_two_faults_are_named(student, faults):
    assert set(check(student(5, 20, 10)).faults) == faults


def test_a_state_is_explained_where_the_output_is_not():
    report = check(TwoInState(5, 20, 10))
    assert [set(found) for found in report.state.explanations] == [
        {"W_hh is transposed", "b_ih is left out", "the tanh of the state is applied twice"}
    ]
    assert report.output.explanations == ()
    assert report.faults == ()


class Switched(ExerciseRNN):
    """A student's class with any of the faults, each written out here."""

    def __init__(self, sizes, faults):
        super().__init__(*sizes)
        self.faults = faults

    def forward(self, x, hidden):
        has = self.faults.__contains__
        W_hh = self.W_hh.T if has("W_hh is transposed") else self.W_hh
        a = self.W_ih @ x + W_hh @ hidden + (0 if has("b_ih is left out") else self.b_ih)
        new = a if has("the tanh of the state is missing") else tanh(a)
        new = tanh(new) if has("the tanh of the state is applied twice") else new
        y = self.W_ho @ (hidden if has(FROM_PREVIOUS) else new)
        y = y if has("b_ho is left out") else y + self.b_ho
        return tanh(y) if has(OUTPUT_TANH) else y, hidden if has(OLD) else new


TANHS = {"the tanh of the state is missing", "the tanh of the state is applied twice"}
IN_STATE = {"W_hh is transposed", "b_ih is left out", *TANHS}
switches = st.sets(
    st.sampled_from(sorted(IN_STATE | {OLD, "b_ho is left out", FROM_PREVIOUS, OUTPUT_TANH})),
    max_size=3,
)


@given(switches, st.integers(1, 9), st.integers(3, 20), st.integers(2, 9), seeds)
@example({"W_hh is transposed", "b_ih is left out", OLD}, 5, 20, 10, 0)
@example({"W_hh is transposed", FROM_PREVIOUS, OLD}, 5, 20, 10, 0)
def test_up_to_three_faults_are_named_and_no_other(faults, i, h, o, seed):
    assume(not faults >= TANHS)
    report = check(Switched((i, h, o), faults), seed=seed)
    assert report.equal == (not faults)
    # Where the new state is neither returned nor read, nothing shows what is wrong with it.
    seen = faults - IN_STATE if faults >= {OLD, FROM_PREVIOUS} else faults
    assert set(report.faults) == seen
    assert len(report.faults) == len(seen)


def test_where_several_reproduce_it_all_are_said():
    class Ambiguous(ExerciseRNN):
        """A single step does not tell a state of its own from one that is not carried."""

        def forward(self, x, hidden):
            hidden = tanh(matmul(self.W_ih, x) + self.b_ih)
            return matmul(self.W_ho, hidden) + self.b_ho, hidden

    report = check(Ambiguous(5, 20, 10), length=1)
    assert report.explanations == ((FORGOTTEN,), (OWN,))
    assert report.faults == (FORGOTTEN,)
    assert f"This reproduces every number: {FORGOTTEN}. Or: {OWN}." in str(report)


def test_all_outputs_that_fit_are_said():
    class Both(ExerciseRNN):
        def forward(self, x, hidden):
            hidden = tanh(matmul(self.W_ih, x) + self.b_ih)
            return matmul(self.W_ho, hidden) + 0 * self.b_ho, hidden

    report = check(Both(5, 20, 10), length=1)
    assert report.explanations == tuple((state, "b_ho is left out") for state in (FORGOTTEN, OWN))


class Constant(ExerciseRNN):
    def forward(self, x, hidden):
        return torch.ones_like(self.b_ho), torch.zeros_like(hidden)


def test_what_no_fault_reproduces_is_said_so():
    report = check(Constant(5, 20, 10))
    assert not report.equal
    assert report.faults == ()
    said = "None of the usual faults reproduces the"
    assert f"{said} state, up to three together." in str(report)
    assert f"{said} output, computed from the module's own state, up to three" in str(report)


def test_a_single_units_matrix_has_no_transposition():
    assert check(Transposed(5, 1, 2)).equal


# What is right


class Batched(ExerciseRNN):
    """Takes (B, I) alone, and adds up in another order."""

    def forward(self, x, hidden):
        hidden = F.linear(hidden, self.W_hh, self.b_ih) + F.linear(x, self.W_ih)
        hidden = tanh(hidden.reshape(x.size(0), hidden.size(1)))
        return F.linear(hidden, self.W_ho, self.b_ho), hidden


class Slow(ExerciseRNN):
    """Sums one product after the other."""

    def forward(self, x, hidden):
        a = self.b_ih.clone()
        for j in range(len(x)):
            a = a + self.W_ih[:, j] * x[j]
        for j in range(len(hidden)):
            a = a + self.W_hh[:, j] * hidden[j]
        return (self.W_ho * tanh(a)).sum(dim=1) + self.b_ho, tanh(a)


@given(
    st.sampled_from((ExerciseRNN, Batched, Slow, ElmanRNN)),
    st.integers(1, 40),
    st.integers(1, 150),
    st.integers(1, 20),
    st.sampled_from((torch.float32, torch.float64)),
    seeds,
)
@example(Slow, 300, 500, 5, torch.float32, 0)
def test_another_order_of_the_sum_is_equal(student, i, h, o, dtype, seed):
    report = check(student(i, h, o).to(dtype), seed=seed)
    assert report.equal, report
    assert report.faults == ()
    assert report.first is None
    assert report.remarks == ()


def test_equal_is_said_with_tolerance_and_figure():
    report = check(Slow(5, 20, 10))
    largest = max(part.stepwise.largest for part in report.parts)
    assert 0 < largest < report.state.stepwise.tolerance < 1e-5
    first = str(report).splitlines()[0]
    assert first == (
        "Slow beside Elman RNN, with the same weights: equal within "
        f"{report.state.stepwise.tolerance:.2g} (largest difference {largest:.2g})"
    )
    assert repr(report) == str(report)


def test_the_formulas_tanh_is_right_where_it_is_asked_for():
    assert check(OutputTanh(5, 20, 10), output_nonlinearity="tanh").equal
    missing = check(ExerciseRNN(5, 20, 10), output_nonlinearity="tanh")
    said = "the tanh of the output is missing (the exercise's formula has it, its code has not)"
    assert missing.faults == (said,)


def test_a_network_with_relu_is_held_against_relu():
    module = ElmanRNN(5, 20, 10, nonlinearity="relu")
    assert check(module, nonlinearity="relu").equal
    assert check(module).faults == ("relu takes the place of tanh",)


@pytest.mark.parametrize("reference", ["rnn_cell", "rnn"])
@pytest.mark.parametrize(
    "module",
    [
        nn.RNNCell(5, 20),
        nn.RNNCell(5, 20, bias=False),
        nn.RNN(5, 20),
        nn.RNN(5, 20, bias=False),
        ElmanRNN(5, 20, 10),
        ExerciseRNN(5, 20, 10),
    ],
)
def test_against_torchs_own(module, reference):
    report = check(module, reference)
    assert report.equal, report
    assert report.output is None
    assert report.remarks == ()
    assert report.reference == NETWORKS[reference].title


class StudentCell(nn.Module):
    """A student's nn.RNNCell, which returns the state alone and forgets one bias."""

    def __init__(self):
        super().__init__()
        self.weight_ih = nn.Parameter(torch.zeros(20, 5))
        self.weight_hh = nn.Parameter(torch.zeros(20, 20))
        self.bias_ih = nn.Parameter(torch.zeros(20))
        self.bias_hh = nn.Parameter(torch.zeros(20))

    def forward(self, x, hidden):
        return tanh(self.weight_ih @ x + self.bias_ih + self.weight_hh @ hidden)


def test_a_fault_is_named_as_the_module_calls_it():
    assert check(StudentCell(), "rnn_cell").faults == ("bias_hh is left out",)


@pytest.mark.parametrize("hidden_size", [1, 20])
def test_without_an_output_the_state_alone_is_explained(hidden_size):
    report = check(TwoInState(1, hidden_size, 4), "rnn_cell")
    transposed = ["W_hh is transposed"] * (hidden_size > 1)
    twice = "the tanh of the state is applied twice"
    assert list(report.faults) == [*transposed, "b_ih is left out", twice]
    report = check(OutputFirst(1, hidden_size, 4), "rnn")
    assert report.equal


class Wikipedia(nn.Module):
    def __init__(self):
        super().__init__()
        self.W_h = nn.Parameter(torch.zeros(20, 5))
        self.U_h = nn.Parameter(torch.zeros(20, 20))
        self.b_h = nn.Parameter(torch.zeros(20))
        self.W_y = nn.Parameter(torch.zeros(10, 20))
        self.b_y = nn.Parameter(torch.zeros(10))

    def forward(self, x, hidden):
        hidden = tanh(self.W_h @ x + self.U_h.T @ hidden + self.b_h)
        return tanh(self.W_y @ hidden + self.b_y), hidden


def test_wikipedias_names_are_known():
    report = check(Wikipedia(), output_nonlinearity="tanh")
    assert report.faults == ("U_h is transposed",)


# What stays as it is


def test_the_module_stays_as_it_is():
    module = OwnState(5, 20, 10)
    x, h = torch.randn(5), torch.randn(20)
    module(x, h)[0].sum().backward()
    kept = module.hidden
    before = {name: (p, p.detach().clone(), p.grad) for name, p in module.named_parameters()}
    for training in (True, False):
        module.train(training)
        assert check(module).first is not None
        assert module.training == training
    for name, parameter in module.named_parameters():
        same, values, grad = before[name]
        assert parameter is same and parameter.grad is grad and parameter.requires_grad
        assert torch.equal(parameter, values)
    assert module.hidden is kept and kept.grad_fn is not None


class Noisy(ExerciseRNN):
    def forward(self, x, hidden):
        output, hidden = super().forward(x, hidden)
        return output, hidden + 0.01 * torch.randn_like(hidden)


@pytest.mark.parametrize("student", [ExerciseRNN, Noisy])
def test_torchs_generator_is_left_alone_and_results_repeat(student):
    generator = torch.get_rng_state()
    report = check(student(5, 20, 10))
    assert torch.equal(generator, torch.get_rng_state())
    torch.manual_seed(99)
    assert check(student(5, 20, 10)) == report


# What else is seen


def test_dropout_does_not_disturb():
    class Dropped(ExerciseRNN):
        def __init__(self):
            super().__init__(5, 20, 10)
            self.dropout = nn.Dropout(0.5)

        def forward(self, x, hidden):
            output, hidden = super().forward(x, hidden)
            return self.dropout(output), hidden

    assert check(Dropped()).equal


def test_what_is_kept_between_calls_is_said():
    said = "Called twice with the same x and hidden, it returns different numbers"
    for student in (OwnState, Noisy):
        (remark,) = check(student(5, 20, 10)).remarks
        assert remark.startswith(said)


class Remembering(ExerciseRNN):
    """Takes the given state at the first call only: right until a second sequence comes."""

    hidden = None

    def forward(self, x, hidden):
        if self.hidden is None:
            self.hidden = hidden
        output, self.hidden = super().forward(x, self.hidden)
        return output, self.hidden


def test_a_module_that_is_right_only_once_is_seen_through():
    module = Remembering(5, 20, 10)
    report = check(module)
    assert report.equal
    assert "it keeps a state of its own" in report.remarks[0]
    assert module.hidden is None


class InPlace(ExerciseRNN):
    def forward(self, x, hidden):
        _, new = super().forward(x, hidden)
        hidden.copy_(new)
        return self.W_ho @ hidden + self.b_ho, hidden


def test_a_state_that_is_changed_in_place_is_equal_and_said():
    report = check(InPlace(5, 20, 10))
    assert report.equal, report
    assert report.remarks == ("It changes the hidden that it is given, in place.",)
    assert report.remarks[0] in str(report)


def test_what_is_no_parameter_is_said():
    class Plain(ExerciseRNN):
        def __init__(self):
            super().__init__(5, 20, 10)
            del self.W_hh
            self.W_hh = torch.zeros(20, 20)

    report = check(Plain())
    assert report.equal
    assert report.remarks == ("W_hh is not an nn.Parameter: no optimiser would find it.",)


def test_other_parameters_are_said():
    class TwoBiases(ExerciseRNN):
        def __init__(self):
            super().__init__(5, 20, 10)
            self.b_hh = nn.Parameter(torch.ones(20))

        def forward(self, x, hidden):
            hidden = tanh(self.W_ih @ x + self.b_ih + self.W_hh @ hidden + self.b_hh)
            return self.W_ho @ hidden + self.b_ho, hidden

    report = check(TwoBiases())
    assert not report.equal and report.faults == ()
    assert report.remarks == ("It has other parameters, whose part in it is not known: b_hh.",)


def test_numbers_that_are_none_differ():
    class Broken(ExerciseRNN):
        def forward(self, x, hidden):
            output, hidden = super().forward(x, hidden)
            return output, hidden * torch.nan

    report = check(Broken(5, 20, 10))
    assert not report.equal
    assert (report.first.step, report.first.unit) == (1, 0)
    assert "Broken nan" in str(report)


# What cannot be checked


def returning(values):
    class Returning(ExerciseRNN):
        def forward(self, x, hidden):
            return values(*super().forward(x, hidden))

    return Returning(5, 20, 10)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (lambda y, h: h, r"must return two tensors: \(output, hidden\)"),
        (lambda y, h: (y, h, h), r"must return two tensors: \(output, hidden\)"),
        (lambda y, h: (h, y), r"given hidden \(20,\) and returned \(10,\); .* in this order"),
        (lambda y, h: (y, h.outer(h)), r"returned \(20, 20\)"),
        (lambda y, h: (y[:4], h), "an output of 4 units; 10 are needed"),
        (lambda y, h: (None, h), "no output; 10 are needed"),
        (lambda y, h: (y.outer(y), h), r"an output of shape \(10, 10\)"),
        (lambda y, h: (y, None), "NoneType as its hidden state"),
        (lambda y, h: y.nonsense, "Step 1: The module failed. AttributeError: .*nonsense"),
        (lambda y, h: h @ y, r"Step 1: The module failed on x \(5,\) and hidden \(20,\)"),
    ],
)
def test_a_module_of_another_form_is_told_why(values, said):
    with pytest.raises(ValueError, match=said):
        check(returning(values))


def test_a_failure_at_a_later_step_is_told_with_its_step():
    class Tired(ExerciseRNN):
        calls = 0

        def forward(self, x, hidden):
            self.calls += 1
            if self.calls == 3:
                raise KeyError("tired")
            return super().forward(x, hidden)

    with pytest.raises(ValueError, match=r"Step 3: The module failed\. KeyError: 'tired'") as told:
        check(Tired(5, 20, 10))
    assert isinstance(told.value.__cause__, KeyError)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("W_hh", "ExerciseRNN has no W_hh. Its parameters must be W_ih (hidden, input), W_hh (hid"),
        ("b_ih", "or be called W_h, U_h, b_h, W_y, b_y, as in Wikipedia's formula."),
        ("b_ho", 'has no b_ho. .* Without them, take reference="rnn_cell".'),
    ],
)
def test_a_missing_parameter_is_named(name, said):
    module = ExerciseRNN(5, 20, 10)
    delattr(module, name)
    with pytest.raises(ValueError, match=re.escape(said).replace(r"\.\*", ".*")):
        check(module)


@pytest.mark.parametrize(
    ("name", "shape", "said"),
    [
        ("W_ih", (5, 20), r"W_ih has the shape \(5, 20\); \(hidden, input\) .* 20 hidden units"),
        ("W_hh", (20, 19), r"W_hh has the shape \(20, 19\); \(hidden, hidden\) is needed"),
        ("b_ih", (20, 1), r"b_ih has the shape \(20, 1\); \(hidden,\) is needed, with 20 hidden"),
        ("W_ho", (20, 10), r"W_ho has the shape \(20, 10\); \(output, hidden\) .* 10 outputs"),
        ("b_ho", (10, 1), r"b_ho has the shape \(10, 1\); \(output,\) is needed, with 10 outputs"),
        ("W_hh", (), r"W_ih has the shape \(20, 5\)"),
    ],
)
def test_a_parameter_of_another_shape_is_named(name, shape, said):
    module = ExerciseRNN(5, 20, 10)
    setattr(module, name, nn.Parameter(torch.zeros(shape)))
    with pytest.raises(ValueError, match=said):
        check(module)


def test_weights_that_are_computed_are_refused():
    module = nn.utils.parametrizations.weight_norm(ExerciseRNN(5, 20, 10), "W_hh")
    with pytest.raises(ValueError, match="W_hh does not keep what is written into it"):
        check(module)


def test_whole_numbers_are_refused():
    module = ExerciseRNN(5, 20, 10)
    del module.b_ih
    module.b_ih = torch.zeros(20, dtype=torch.int64)
    with pytest.raises(ValueError, match=r"b_ih must be of real numbers, not torch\.int64"):
        check(module)


def test_weights_without_numbers_are_refused():
    with pytest.raises(ValueError, match="W_ih has no numbers: it is on the meta device"):
        check(ExerciseRNN(5, 20, 10).to("meta"))


def test_several_layers_are_refused():
    with pytest.raises(ValueError, match=r"One step of one layer is checked. An nn\.RNN of 2 lay"):
        check(nn.RNN(5, 20, 2), "rnn")


def test_what_cannot_be_copied_is_refused():
    module = ExerciseRNN(5, 20, 10)
    module.steps = (step for step in range(3))
    with pytest.raises(ValueError, match="ExerciseRNN cannot be copied: cannot pickle 'generator'"):
        check(module)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"reference": "gru"}, "reference must be one of 'elman', 'rnn_cell', 'rnn', not 'gru'"),
        ({"nonlinearity": "gelu"}, "nonlinearity must be one of"),
        ({"output_nonlinearity": "relu"}, "output_nonlinearity must be one of"),
        ({"length": 0}, "length must be a whole number from 1, not 0"),
    ],
)
def test_other_options_are_refused(options, said):
    with pytest.raises(ValueError, match=said):
        check(ExerciseRNN(5, 20, 10), **options)


def test_what_is_no_module_is_a_type_error():
    with pytest.raises(TypeError, match=r"A torch nn\.Module is needed, not type"):
        check(ExerciseRNN)
