"""What a pickle of torch would do, told from its opcodes, before anything of it is done.

torch's reader runs nothing but functions of its own list. This one keeps it from being asked for
what no weights need: objects of other classes, storages larger than the file, tensors that reach
past their storage, and tuples of tuples that would take for ever to hash.
"""

from __future__ import annotations

import os
import pickletools
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, NoReturn

from rnnviz.formats.unreadable import UnreadableFile
from rnnviz.limits import MAX_OPCODES, MAX_PARTS, MAX_PICKLE
from rnnviz.networks.base import Interrupted, never

PROTOCOL = 2
"""The one that torch.save writes and torch.load takes."""
DAMAGED = "It is damaged, or torch.save did not write it. Save it again, or copy it again."
REBUILDS = frozenset(
    f"torch._utils.{name}"
    for name in (
        "_rebuild_tensor",
        "_rebuild_tensor_v2",
        "_rebuild_tensor_v3",
        "_rebuild_qtensor",
    )
)
"""What puts a tensor on a storage: the arguments begin with storage, offset, size and stride."""
FROM_TYPE = "torch._tensor._rebuild_from_type_v2"
"""It calls its first argument with its third."""
ORDERED_DICT = "collections.OrderedDict"
CALLS = REBUILDS | {
    FROM_TYPE,
    ORDERED_DICT,
    "torch._utils._rebuild_parameter",
    "torch._utils._rebuild_parameter_with_state",
    "torch._utils._rebuild_sparse_tensor",
    "torch._utils._rebuild_meta_tensor_no_storage",
    "torch._utils._rebuild_device_tensor_from_cpu_tensor",
    "torch.serialization._get_layout",
    "torch.Size",
    "torch.device",
    "collections.Counter",
    "_codecs.encode",
    "builtins.set",
    "__builtin__.set",
}
"""What may be called: no more than torch itself allows, and nothing that takes a size."""


@dataclass(frozen=True)
class _Name:
    """A function or class by its full name; it is not imported."""

    full: str


@dataclass(frozen=True, eq=False)
class _Tuple:
    """A tuple, and how many parts it has with those of its tuples."""

    items: tuple[object, ...]
    parts: int


@dataclass(frozen=True)
class _Storage:
    """Numbers that lie elsewhere in the file."""

    count: int


@dataclass(frozen=True)
class _Made:
    """What a call returns."""

    by: str


_OTHER = object()


def check_pickle(
    path: str | os.PathLike[str], file: IO[bytes], size: int, stopped: Callable[[], bool] = never
) -> None:
    """Raise unless the pickle at the file's position asks for weights, and for no more than that.

    Parameters
    ----------
    path : path-like
        Whose pickle it is.
    file : binary file
        It is read to the pickle's end.
    size : int
        The bytes of the whole file: there cannot be more numbers.
    stopped : callable
        Asked from time to time; a true answer ends the work.

    Raises
    ------
    UnreadableFile
        If the pickle needs more than weights, or is damaged.
    Interrupted
        If `stopped` said so.
    """
    machine = _Machine(path, size)
    try:
        # genops asks for read and readline alone, its stubs for a whole file.
        opcodes = pickletools.genops(_Bounded(file))  # type: ignore[arg-type]
        for count, (opcode, argument, _) in enumerate(opcodes):
            if stopped():
                raise Interrupted
            machine.check_count(count)
            machine.take(opcode.name, argument)
    except (UnreadableFile, Interrupted, MemoryError):
        raise
    except Exception:  # whatever a damaged pickle does to its reader
        raise UnreadableFile(path, DAMAGED) from None


class _Bounded:
    """The file as far as a pickle may go, so that none asks for more memory than that."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._left = file, MAX_PICKLE

    def read(self, count: int) -> bytes:
        return self._counted(self._file.read(min(count, self._left)))

    def readline(self) -> bytes:
        return self._counted(self._file.readline(self._left))

    def _counted(self, content: bytes) -> bytes:
        self._left -= len(content)
        return content


class _Machine:
    """The stack of an unpickler, with names in place of what they stand for."""

    def __init__(self, path: str | os.PathLike[str], size: int) -> None:
        self._path, self._size = path, size
        self._stack: list[object] = []
        self._below_marks: list[list[object]] = []
        self._memo: dict[object, object] = {}
        self._storages: dict[str, int] = {}
        self._stored = self._parts = 0

    def take(self, name: str, argument: object) -> None:
        """Do what an opcode does to the stack."""
        _OPCODES[name](self, argument)

    def check_count(self, count: int) -> None:
        if count == MAX_OPCODES:
            raise UnreadableFile(
                self._path,
                f"It describes too much: more than {MAX_OPCODES:,} steps would be needed, and a "
                "tensor takes about 40. Save the recurrent layer alone.",
            )

    def check_protocol(self, argument: object) -> None:
        if argument != PROTOCOL:
            raise UnreadableFile(
                self._path,
                f"It has pickle protocol {argument}; weights are read in protocol {PROTOCOL} "
                "alone. Save them again, with torch.save(model.state_dict(), …) as it is.",
            )

    def push_constant(self, argument: object) -> None:
        self._stack.append(_OTHER if argument is None else argument)

    def push_name(self, argument: object) -> None:
        self._stack.append(_Name(str(argument).replace(" ", ".")))

    def mark(self, argument: object) -> None:
        self._below_marks.append(self._stack)
        self._stack = []

    def drop(self, count: int) -> list[object]:
        return [self._stack.pop() for _ in range(count)][::-1]

    def drop_to_mark(self, argument: object = None) -> list[object]:
        items, self._stack = self._stack, self._below_marks.pop()
        return items

    def tuple_to_mark(self, argument: object) -> None:
        self._push_tuple(self.drop_to_mark())

    def push_tuple_of(self, count: int) -> None:
        self._push_tuple(self.drop(count))

    def put(self, argument: object) -> None:
        self._memo[argument] = self._stack[-1]

    def get(self, argument: object) -> None:
        found = self._memo[argument]
        self._count(found)
        self._stack.append(found)

    def reduce(self, argument: object) -> None:
        arguments, function = self._stack.pop(), self._stack.pop()
        self._call(function, arguments)
        assert isinstance(function, _Name)
        self._stack.append(_Made(function.full))

    def new_object(self, argument: object) -> None:
        _, its_class = self._stack.pop(), self._stack.pop()
        self._refuse_object(its_class)

    def build(self, argument: object) -> None:
        self._stack.pop()
        if self._stack[-1] != _Made(ORDERED_DICT):
            raise ValueError("Weights are not built this way.")

    def persistent(self, argument: object) -> None:
        found = self._stack.pop()
        assert isinstance(found, _Tuple)
        if found.items[0] == "module":
            self._refuse_object(found.items[1])
        _, _, key, _, count, *view = found.items
        assert isinstance(key, str)
        new = max(0, _whole(count) - self._storages.get(key, 0))
        self._storages[key] = self._storages.get(key, 0) + new
        self._stored += new
        if self._stored > self._size:
            self._refuse_size()
        whole = [_whole(part.items[2]) for part in view if isinstance(part, _Tuple)]
        self._stack.append(_Storage(min([_whole(count), *whole])))

    def _call(self, function: object, arguments: object) -> None:
        if not (isinstance(function, _Name) and function.full in CALLS):
            self._refuse_object(function)
        assert isinstance(function, _Name)
        assert isinstance(arguments, _Tuple)
        if function.full == FROM_TYPE:
            self._call(arguments.items[0], arguments.items[2])
        if function.full in REBUILDS:
            storage, offset, sizes, strides, *_ = arguments.items
            assert isinstance(storage, _Storage)
            if _extent(offset, sizes, strides) > storage.count:
                self._refuse_size()

    def _push_tuple(self, items: list[object]) -> None:
        inside = sum(item.parts for item in items if isinstance(item, _Tuple))
        made = _Tuple(tuple(items), 1 + len(items) + inside)
        self._count(made)
        self._stack.append(made)

    def _count(self, value: object) -> None:
        if isinstance(value, _Tuple):
            self._parts += value.parts
            if self._parts > MAX_PARTS:
                self._refuse(f"its tuples have more than {MAX_PARTS:,} parts")

    def _refuse_object(self, what: object) -> NoReturn:
        if not isinstance(what, _Name):
            raise ValueError("Nothing that could be called.")
        self._refuse(f"it asks for {what.full[:200]}, and objects could do anything")

    def _refuse_size(self) -> NoReturn:
        raise UnreadableFile(
            self._path,
            f"It speaks of more numbers than fit into its {self._size:,} bytes: it is cut off or "
            "forged. Copy it again.",
        )

    def _refuse(self, why: str) -> NoReturn:
        raise UnreadableFile(
            self._path,
            f"It is not weights alone: {why}. Nothing of it was run. Save the weights alone, with "
            "torch.save(model.state_dict(), …).",
        )


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError("A count is needed.")
    return value


def _extent(offset: object, sizes: object, strides: object) -> int:
    """Return how many numbers a storage must have for a tensor."""
    assert isinstance(sizes, _Tuple)
    assert isinstance(strides, _Tuple)
    counts, steps = map(_whole, sizes.items), map(_whole, strides.items)
    pairs = list(zip(counts, steps, strict=True))
    if any(count == 0 for count, _ in pairs):
        return 0
    return _whole(offset) + 1 + sum((count - 1) * step for count, step in pairs)


_CONSTANTS = (
    "NONE",
    "NEWTRUE",
    "NEWFALSE",
    "EMPTY_LIST",
    "EMPTY_DICT",
    "EMPTY_SET",
    "BININT",
    "BININT1",
    "BININT2",
    "BINFLOAT",
    "BINUNICODE",
    "SHORT_BINSTRING",
    "LONG1",
)
_OPCODES: dict[str, Callable[[_Machine, object], object]] = {
    **dict.fromkeys(_CONSTANTS, _Machine.push_constant),
    "PROTO": _Machine.check_protocol,
    "STOP": lambda machine, _: machine.drop(1),
    "GLOBAL": _Machine.push_name,
    "MARK": _Machine.mark,
    "EMPTY_TUPLE": lambda machine, _: machine.push_tuple_of(0),
    "TUPLE1": lambda machine, _: machine.push_tuple_of(1),
    "TUPLE2": lambda machine, _: machine.push_tuple_of(2),
    "TUPLE3": lambda machine, _: machine.push_tuple_of(3),
    "TUPLE": _Machine.tuple_to_mark,
    "APPEND": lambda machine, _: machine.drop(1),
    "APPENDS": _Machine.drop_to_mark,
    "SETITEM": lambda machine, _: machine.drop(2),
    "SETITEMS": _Machine.drop_to_mark,
    "BINPUT": _Machine.put,
    "LONG_BINPUT": _Machine.put,
    "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get,
    "REDUCE": _Machine.reduce,
    "NEWOBJ": _Machine.new_object,
    "BUILD": _Machine.build,
    "BINPERSID": _Machine.persistent,
}
"""The opcodes that torch's reader knows, and what each does to the stack."""
