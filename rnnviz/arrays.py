"""Numbers that came from a file, as a value: read-only, compared by what they hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, GetCoreSchemaHandler, ValidationInfo
from pydantic_core import core_schema


class Stored:
    """A float32 array that never changes, so that settings can hold it and be compared.

    In JSON it is written as its digest and shape; the numbers themselves are kept beside the JSON,
    and given to the validation as ``context={"arrays": {digest: array}}``; one that is a `Stored`
    already is taken as it is.

    Parameters
    ----------
    values : array_like
        Numbers of any shape; converted to float32 and copied, unless they are read-only float32
        already, which nobody else can change.

    Attributes
    ----------
    values : ndarray
        Read-only, contiguous, float32.
    """

    def __init__(self, values: ArrayLike) -> None:
        given = np.asarray(values, dtype=np.float32, order="C")
        shared = given is values or given.base is not None  # as with a tensor or a memory map
        if shared and given.flags.writeable:
            given = given.copy()
        self.values: NDArray[np.float32] = given
        self.values.flags.writeable = False

    @property
    def shape(self) -> tuple[int, ...]:
        """The array's shape."""
        return self.values.shape

    @property
    def nbytes(self) -> int:
        """How many bytes the numbers take."""
        return self.values.nbytes

    @cached_property
    def digest(self) -> str:
        """SHA-256 of shape and numbers."""
        sha = hashlib.sha256(repr(self.shape).encode())
        sha.update(np.ascontiguousarray(self.values).view(np.uint8).data)
        return sha.hexdigest()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Stored):
            return NotImplemented
        return self is other or (self.shape == other.shape and self.digest == other.digest)

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Stored {' × '.join(map(str, self.shape))}>"

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.with_info_plain_validator_function(
            cls._validated,
            serialization=core_schema.plain_serializer_function_ser_schema(cls._written),
        )

    @classmethod
    def _validated(cls, value: object, info: ValidationInfo) -> Stored:
        if isinstance(value, Stored):
            return value
        arrays: Mapping[str, ArrayLike | Stored] = (info.context or {}).get("arrays", {})
        if not (isinstance(value, dict) and isinstance(value.get("sha256"), str)):
            raise ValueError("Numbers of a file are given by their SHA-256.")
        if value["sha256"] not in arrays:
            raise ValueError("The numbers of the file that this speaks of are not there.")
        known = arrays[value["sha256"]]
        found = known if isinstance(known, Stored) else cls(known)
        if found.digest != value["sha256"]:
            raise ValueError("The numbers are not those that were kept: their SHA-256 differs.")
        return found

    def _written(self) -> dict[str, object]:
        return {"sha256": self.digest, "shape": list(self.shape)}


def stored_in(value: object) -> Iterator[Stored]:
    """Yield every `Stored` that a model, a mapping or a sequence holds, however deep."""
    if isinstance(value, Stored):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from stored_in(getattr(value, name))
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from stored_in(part)
    elif isinstance(value, Sequence) and value and not isinstance(value[0], (str, float, int)):
        for part in value:  # not of a row of numbers: there may be thousands
            yield from stored_in(part)
