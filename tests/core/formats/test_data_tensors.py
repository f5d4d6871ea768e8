"""Sequences among the tensors of torch.save and of safetensors."""

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file

from rnnviz.formats import UnreadableFile, read_data, tensor_files

SHAPES = hnp.array_shapes(min_dims=1, max_dims=3, max_side=5)
EXACT = (torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2,
         torch.bool, torch.uint8, torch.int8, torch.int16)  # fmt: skip
DTYPES = (*EXACT, torch.float64, torch.int32, torch.int64)


def refused(path, **how):
    with pytest.raises(UnreadableFile) as caught:
        read_data(path, **how)
    return caught.value.reason


def written(path, tensors):
    (save_file if path.suffix == ".safetensors" else torch.save)(tensors, path)
    return path


@given(st.sampled_from(DTYPES), SHAPES, st.integers(0, 9))
def test_a_bare_tensor(tmp_path, dtype, shape, seed):
    generator = torch.Generator().manual_seed(seed)
    tensor = torch.normal(0, 3, shape, generator=generator).double().to(dtype)
    found = read_data(written(tmp_path / "own.pt", tensor))
    assert torch.from_numpy(found.values.values.copy()).equal(tensor.float())
    assert (found.name, found.choices) == ("", ())
    assert not found.notices or dtype == torch.float64


@pytest.mark.parametrize("ending", [".pt", ".pth", ".bin", ".ckpt", ".safetensors"])
@given(tensors=st.dictionaries(st.text(min_size=1, max_size=5), hnp.arrays(np.float32, SHAPES),
                               min_size=1, max_size=4))  # fmt: skip
def test_several_by_name(tmp_path, ending, tensors):
    given_ = {name: torch.from_numpy(values) for name, values in tensors.items()}
    path = written(tmp_path / f"own{ending}", given_)
    for name, values in tensors.items():
        found = read_data(path, name=name)
        assert found.values.values.tobytes() == values.tobytes()
        assert (found.name, set(found.choices)) == (name, set(tensors))


@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_the_inputs_of_a_trace_come_first(tmp_path, ending):
    tensors = {
        "hidden": torch.zeros(2, 1, 3, 4),
        "a": torch.ones(2),
        "inputs": torch.arange(3.0),
        "one": torch.tensor(1.0),
    }
    found = read_data(written(tmp_path / f"own{ending}", tensors))
    assert (found.name, set(found.choices)) == ("inputs", {"a", "inputs"})
    assert found.values.values.tolist() == [0, 1, 2]
    assert refused(found.path, name="one").startswith("There is no array called “one”; there is “")


def test_a_tuple_and_what_is_no_tensor_beside(tmp_path):
    path = written(tmp_path / "own.pt", (torch.arange(2.0), 5, torch.arange(3.0)))
    assert read_data(path).choices == ("0", "2")
    assert read_data(path, name="2").values.values.tolist() == [0, 1, 2]
    path = written(tmp_path / "own.pt", {"epoch": 3, 7: torch.arange(2.0)})
    assert read_data(path).choices == ("7",)


def test_views_transposed_tensors_and_parameters(tmp_path):
    tensor = torch.arange(12.0).reshape(3, 4)
    for view in (tensor.T, tensor[:, ::2], tensor[1:].expand(2, 2, 4), torch.nn.Parameter(tensor)):
        found = read_data(written(tmp_path / "own.pt", view))
        assert torch.from_numpy(found.values.values.copy()).equal(view.detach())


@pytest.mark.parametrize(
    ("tensor", "reason"),
    [
        (torch.zeros(1, 1, 1, 1), "It has 4 axes. A sequence is (time), (time, features) or "
         "(time, batch, features)."),
        (torch.tensor(3.0), "It is a single number. A sequence is (time), (time, features) or "
         "(time, batch, features)."),
        (torch.zeros(0, 2), "It is empty: its shape is (0, 2)."),
        (torch.zeros(2, dtype=torch.complex64),
         "It holds complex numbers. Save it as float32."),
        (torch.eye(2).to_sparse(), "It is sparse, quantised, or has no numbers. Save it as a plain "
         "tensor."),
        (torch.empty(2, device="meta"), "It is sparse, quantised, or has no numbers. Save it as a "
         "plain tensor."),
        (torch.zeros(1).expand(40_000_000), "It repeats the numbers that it has. Save a copy: "
         "x.clone()."),
    ],
)  # fmt: skip
def test_N7_what_is_no_sequence(tmp_path, tensor, reason):
    torch.save(tensor, tmp_path / "own.pt")
    assert refused(tmp_path / "own.pt") == f"It holds no sequence. {reason}"
    torch.save({"x": tensor}, tmp_path / "own.pt")
    assert refused(tmp_path / "own.pt") == f"It holds no sequence. “x”: {reason}"


@pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor", "ignore:TypedStorage")
def test_a_quantised_tensor(tmp_path):
    tensor = torch.quantize_per_tensor(torch.ones(2), 1.0, 0, torch.quint8)
    torch.save(tensor, tmp_path / "own.pt")
    assert refused(tmp_path / "own.pt") == (
        "It holds no sequence. It is sparse, quantised, or has no numbers. Save it as a plain "
        "tensor."
    )


def test_a_type_that_numpy_does_not_know(tmp_path, monkeypatch):
    monkeypatch.setattr(tensor_files, "FOREIGN", frozenset())
    torch.save(torch.ones(2, dtype=torch.bfloat16), tmp_path / "own.pt")
    assert refused(tmp_path / "own.pt") == (
        "It holds no sequence. It holds bfloat16, which numpy does not know. Save it as float32."
    )


@pytest.mark.parametrize("found", [3, {}, [], {"x": {"y": torch.ones(2)}}, "text"])
def test_no_tensor_at_all(tmp_path, found):
    torch.save(found, tmp_path / "own.pt")
    assert refused(tmp_path / "own.pt") == (
        "There is no tensor in it. Save one, with torch.save(x, …)."
    )


def test_lost_digits_are_counted(tmp_path):
    torch.save(torch.tensor([0.1, 0.5], dtype=torch.float64), tmp_path / "own.pt")
    assert read_data(tmp_path / "own.pt").notices == (
        "Rounded to float32, which has fewer digits: 1 of 2 numbers.",
    )


class Marks:
    """Leaves a file behind, if it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (self.path.touch, ())


def test_pickled_objects_never_run(tmp_path):
    marker = tmp_path / "marker"
    torch.save({"x": torch.ones(2), "own": Marks(marker)}, tmp_path / "own.pt")
    assert "weights_only" not in refused(tmp_path / "own.pt")
    assert not marker.exists()
