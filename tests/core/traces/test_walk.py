"""The order of the moves: every position once, nothing before what it depends on."""

from hypothesis import given
from hypothesis import strategies as st

from rnnviz.traces.walk import Walk

walks = st.builds(Walk, st.integers(1, 20), st.integers(1, 4), st.booleans())


def entries(walk):
    return range(2 * walk.depth if walk.both else walk.depth)


@given(walks)
def test_every_position_is_shown_by_exactly_one_move(walk):
    for entry in entries(walk):
        shown = [set(walk.shown(entry, move)) for move in range(walk.moves + 1)]
        assert shown[0] == set()
        assert shown[-1] == set(range(1, walk.length + 1))
        for position in range(1, walk.length + 1):
            move = walk.move_to(entry, position)
            assert shown[move] - shown[move - 1] == {position}
            assert walk.position(entry, move) == position


@given(walks)
def test_a_state_is_shown_after_the_one_that_it_came_from_and_all_below(walk):
    for entry in entries(walk):
        for position in range(1, walk.length + 1):
            move, before = walk.move_to(entry, position), walk.before(entry, position)
            assert before == 0 or walk.move_to(entry, before) == move - 1
            if walk.both and entry >= 2:
                begun = walk.move_to(entry, position)
                assert all(
                    walk.move_to(below, t) < begun
                    for below in (entry // 2 * 2 - 2, entry // 2 * 2 - 1)
                    for t in range(1, walk.length + 1)
                )


@given(walks)
def test_what_is_seen_is_what_the_states_before_and_below_have_seen(walk):
    for entry in entries(walk):
        for position in range(1, walk.length + 1):
            seen = {position} | set(walk.seen(entry, walk.before(entry, position)))
            if walk.both and entry >= 2:
                seen = set(range(1, walk.length + 1))
            assert set(walk.seen(entry, position)) == seen


def test_both_ways_layer_after_layer():
    walk = Walk(length=3, depth=2, both=True)
    assert walk.moves == 6
    assert [walk.position(0, m) for m in range(7)] == [0, 1, 2, 3, 3, 3, 3]
    assert [walk.position(1, m) for m in range(7)] == [0, 3, 2, 1, 1, 1, 1]
    assert [walk.position(3, m) for m in range(7)] == [0, 0, 0, 0, 3, 2, 1]
    assert [walk.depth_at(m) for m in range(7)] == [0, 0, 0, 0, 1, 1, 1]


def test_what_a_state_could_be_told_of_in_numbers():
    both, one = Walk(length=4, depth=2, both=True), Walk(length=4, depth=2, both=False)
    assert [list(both.seen(0, t)) for t in (0, 2)] == [[], [1, 2]]
    assert [list(both.seen(1, t)) for t in (0, 2)] == [[], [2, 3, 4]]
    assert [list(both.seen(2, t)) for t in (0, 2)] == [[], [1, 2, 3, 4]]
    assert [list(one.seen(1, t)) for t in (0, 3)] == [[], [1, 2, 3]]


@given(walks)
def test_the_start_state_is_shown_before_a_layers_first_move(walk):
    for entry in entries(walk):
        assert walk.position(entry, walk.move_to(entry, 0)) == 0
