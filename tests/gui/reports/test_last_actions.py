"""What was done last: bounded, in names."""

from PySide6.QtGui import QAction

from rnnviz.reports.last_actions import MOST, LastActions
from rnnviz.sequences.symbols import Text


def names(actions):
    return [line.split(" ", 1)[1] for line in actions.lines()]


def test_the_last_ones_are_kept(qapp):
    actions = LastActions()
    for number in range(50):
        actions.note(f"action {number}")
    assert names(actions) == [f"action {number}" for number in range(50 - MOST, 50)]


def test_what_is_done_again_and_again_counts_once(qapp):
    actions = LastActions()
    for name in ("a", "b", "b", "b", "a"):
        actions.note(name)
    assert names(actions) == ["a", "b × 3", "a"]


def test_actions_and_settings_are_heard(session):
    actions, step, nameless = LastActions(), QAction(), QAction()
    step.setObjectName("run.step_forward")
    actions.follow([step, nameless], session)
    step.trigger()
    nameless.trigger()
    network = session.settings.network.model_copy(update={"nonlinearity": "relu"})
    session.apply(session.settings.model_copy(update={"network": network}))
    session.undo()
    assert names(actions) == [
        "run.step_forward",
        "an action without a name",
        "nonlinearity tanh → ReLU",
        "nonlinearity ReLU → tanh",
    ]


def test_nothing_that_was_typed_is_among_them(session):
    actions = LastActions()
    actions.follow([], session)
    sequence = session.settings.sequence.model_copy(update={"source": Text(text="my secret")})
    network = session.settings.network.model_copy(update={"input_size": 8})
    session.apply(session.settings.model_copy(update={"sequence": sequence, "network": network}))
    assert len(names(actions)) == 1 and "secret" not in names(actions)[0]
