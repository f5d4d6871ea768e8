"""Noise, held against the script's own call."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.sequences import Normal


@given(st.integers(1, 70), st.integers(0, 4), st.integers(1, 9), st.integers(0, 2**31 - 1))
def test_noise_is_the_call_that_a_script_makes(length, batch, inputs, seed):
    drawn = Normal().draw(length, batch, inputs, torch.Generator().manual_seed(seed))
    torch.manual_seed(seed)
    assert drawn.equal(torch.randn(length, batch, inputs))
