"""What a change is called, from the settings before and after it: ``hidden size 20 → 64``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel

from rnnviz.changes import draws_weights
from rnnviz.fields import Described, hints_of, limits_of
from rnnviz.initialization import Scheme
from rnnviz.lockstep import SLIPS
from rnnviz.settings import InitializationSettings, SequenceSettings, Settings

LONGEST = 60
"""Characters of a name."""
LONGEST_TEXT = 16
"""Characters that are shown of a text, and of a value in it."""
LONGEST_FILE = 40


class Named(NamedTuple):
    """A change: what was changed, in the settings' own terms, and what it is called."""

    subject: str
    name: str


def named(old: Settings, new: Settings) -> Named:
    """Return the most telling change: what merely follows it in other fields is not named.

    The input's size follows a text, for example, and weights follow a kind of network.
    """
    # Only a state that is carried over can differ where the settings do not.
    found = next(_changes(old, new), Named("sequence.start_state", "start state"))
    return found._replace(name=_cut(found.name, LONGEST))


def opening(title: str) -> Named:
    """Return what the opening of a preset or a session is called."""
    return Named("preset", _opening(title))


def _changes(old: Settings, new: Settings) -> Iterator[Named]:
    """Return all that is different, the most telling first."""
    yield from _replay(old, new)
    yield from _files(old, new)
    yield from _fields("network", old.network, new.network, only=("kind",))
    yield from _source(old.sequence, new.sequence)
    yield from _fields("network", old.network, new.network)
    yield from _schemes(old.initialization, new.initialization)
    yield from _fields("sequence", old.sequence, new.sequence, without=("source",))
    yield from _seed(old, new)
    yield from _fields(
        "initialization", old.initialization, new.initialization, only=("weight_range",)
    )
    yield from _lockstep(old, new)
    if old.replay is not new.replay:
        yield Named("replay", "leaving the record")


def _replay(old: Settings, new: Settings) -> Iterator[Named]:
    before, now = old.initialization.scheme, new.initialization.scheme
    if new.replay is not None and new.replay is not old.replay:
        file = getattr(now, "file", "")
        again = old.replay is not None and file == getattr(before, "file", "")
        said = f"another moment of “{_cut(file, LONGEST_FILE)}”" if again else _opening(file)
        yield Named("replay", said)


def _files(old: Settings, new: Settings) -> Iterator[Named]:
    """Return the files that numbers are taken from now, and were not before."""
    pairs = {
        "initialization.scheme": (old.initialization.scheme, new.initialization.scheme),
        "sequence.source": (old.sequence.source, new.sequence.source),
    }
    for subject, (before, now) in pairs.items():
        file = getattr(now, "file", "")
        if now.from_file and file != getattr(before, "file", None):
            yield Named(subject, _opening(file))


def _source(old: SequenceSettings, new: SequenceSettings) -> Iterator[Named]:
    subject = "sequence.source"
    if old.source.name != new.source.name:
        yield Named(subject, f"source {old.source.title} → {new.source.title}")
    else:
        yield from _own_fields(subject, old.source, new.source, f"{new.source.title}: ")


def _schemes(old: InitializationSettings, new: InitializationSettings) -> Iterator[Named]:
    yield from _scheme("initialization.scheme", old.scheme, new.scheme, "")
    for name in sorted(old.overrides.keys() | new.overrides.keys()):
        subject = f"initialization.overrides.{name}"
        before, now = old.scheme_of(name), new.scheme_of(name)
        yield from _scheme(subject, before, now, name)
        if (name in old.overrides) != (name in new.overrides):
            own = "a scheme of its own" if name in new.overrides else "as all parameters"
            yield Named(subject, f"{name}: {own}")


def _scheme(subject: str, old: Scheme, new: Scheme, parameter: str) -> Iterator[Named]:
    if old.name != new.name:
        yield Named(subject, f"{parameter or 'scheme'} {old.title} → {new.title}")
    else:
        yield from _own_fields(subject, old, new, f"{parameter or new.title}: ")


def _own_fields(subject: str, old: Described, new: Described, prefix: str) -> Iterator[Named]:
    """Return the fields of a scheme or a source that differ; `prefix` says whose they are."""
    for field in _different(old, new):
        path = f"{subject}.{field}"
        before, now = getattr(old, field), getattr(new, field)
        editor = hints_of(type(new), field).get("editor")
        if editor == "tables":
            table = next(n for n in before | now if before.get(n) != now.get(n))
            yield Named(f"{path}.{table}", f"values of {table}")
        elif editor == "table":
            yield Named(path, "values of the sequence")
        elif not type(new).model_fields[field].title:  # the numbers of a file, which is known
            yield Named(path, f"{prefix}other numbers")
        else:
            said = _said(new, field, before, now)
            yield Named(path, said if said.startswith(new.title.lower()) else prefix + said)


def _seed(old: Settings, new: Settings) -> Iterator[Named]:
    before, now = old.initialization.seed, new.initialization.seed
    if before != now:
        seeds = f"seed {before} → {now}"
        said = f"new weights ({seeds})" if draws_weights(new) else f"weights {seeds}"
        yield Named("initialization.seed", said)


def _lockstep(old: Settings, new: Settings) -> Iterator[Named]:
    before, now = old.lockstep, new.lockstep
    yield from _fields("lockstep", before, now, only=("on",))
    if before.slip != now.slip:
        yield Named("lockstep.slip", f"showing “{SLIPS[now.slip].title}”")
    yield from _fields("lockstep", before, now, without=("on", "slip"))


def _fields(
    part: str,
    old: BaseModel,
    new: BaseModel,
    only: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
) -> Iterator[Named]:
    for field in _different(old, new):
        if field not in without and (not only or field in only):
            said = _said(new, field, getattr(old, field), getattr(new, field))
            yield Named(f"{part}.{field}", said)


def _different(old: BaseModel, new: BaseModel) -> list[str]:
    fields = type(new).model_fields
    return [field for field in fields if getattr(old, field) != getattr(new, field)]


def _said(model: BaseModel, field: str, before: object, now: object) -> str:
    """Return a field's title with both values, or with on or off."""
    title = _small(type(model).model_fields[field].title or field)
    if isinstance(now, bool):
        return f"{title} {'on' if now else 'off'}"
    return f"{title} {_value(model, field, before)} → {_value(model, field, now)}"


def _value(model: BaseModel, field: str, value: Any) -> str:
    """Return a value as its field shows it."""
    hints = hints_of(type(model), field)
    if "special" in hints and value == limits_of(type(model), field)[0]:
        return str(hints["special"])
    if isinstance(value, str):
        labels = hints.get("labels", {})
        return labels[value] if value in labels else f"“{_cut(value, LONGEST_TEXT)}”"
    if "seed" in field:
        return str(value)
    text = f"{value:,}" if isinstance(value, int) else repr(value).removesuffix(".0")
    return text.replace("-", "−")


def _opening(title: str) -> str:
    return f"opening “{_cut(title, LONGEST_FILE)}”" if title else "opening a file"


def _small(title: str) -> str:
    """Return a title as it reads within a line."""
    return title[:1].lower() + title[1:]


def _cut(text: str, longest: int) -> str:
    """Return `text` on one line, its end left out where it is too long."""
    line = " ".join(text[: 4 * longest].split())
    whole = len(line) <= longest and len(text) <= 4 * longest
    return line if whole else line[: longest - 1] + "…"
