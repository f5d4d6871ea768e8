import numpy as np
import pytest
import torch
from pydantic import BaseModel, ValidationError

from rnnviz.arrays import Stored, stored_in


class Holder(BaseModel, frozen=True):
    numbers: Stored


def test_equal_by_what_they_hold():
    a = np.arange(6.0, dtype=np.float32).reshape(2, 3)
    assert Stored(a) == Stored(a.astype(np.float64))
    assert hash(Stored(a)) == hash(Stored(a.copy()))
    assert Stored(a) != Stored(a.reshape(3, 2))
    assert Stored(a) != Stored(a + 1)
    assert Holder(numbers=Stored(a)) == Holder(numbers=Stored(a))


def test_nan_equals_itself():
    assert Stored([np.nan, 1.0]) == Stored([np.nan, 1.0])


def test_nobody_changes_them():
    given = np.zeros(3, np.float32)
    kept = Stored(given)
    given[0] = 1
    assert kept.values[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        kept.values[0] = 1


@pytest.mark.parametrize("kind", ["tensor", "memory map"])
def test_nor_what_they_were_made_of(tmp_path, kind):
    if kind == "tensor":
        given = torch.zeros(3)
    else:
        given = np.memmap(tmp_path / "a", np.float32, "w+", shape=3)
    kept = Stored(given)
    given[0] = 1
    assert kept.values[0] == 0


def test_read_only_numbers_are_not_copied():
    given = np.zeros(3, np.float32)
    given.flags.writeable = False
    assert Stored(given).values is given


@pytest.mark.parametrize("values", [3.0, [], [[1.0, 2.0]], np.zeros((0, 4))])
def test_json_and_back(values):
    holder = Holder(numbers=Stored(values))
    arrays = {holder.numbers.digest: holder.numbers.values}
    text = holder.model_dump_json()
    assert Holder.model_validate_json(text, context={"arrays": arrays}) == holder


def test_json_needs_the_numbers_themselves():
    holder = Holder(numbers=Stored([1.0, 2.0]))
    digest = holder.numbers.digest
    with pytest.raises(ValidationError, match="not there"):
        Holder.model_validate_json(holder.model_dump_json())
    with pytest.raises(ValidationError, match="differs"):
        context = {"arrays": {digest: np.zeros(2, np.float32)}}
        Holder.model_validate_json(holder.model_dump_json(), context=context)
    with pytest.raises(ValidationError, match="by their SHA-256"):
        Holder.model_validate_json('{"numbers": [1, 2]}')


def test_all_of_them_are_found():
    one, two, three = Stored([1.0]), Stored([2.0]), Stored([3.0])
    assert list(stored_in(Holder(numbers=one))) == [one]
    held = {"a": (Holder(numbers=one), "text", 4.0), "b": [two, {"c": three}], "d": None}
    assert list(stored_in(held)) == [one, two, three]
