"""What every user-set model shares: frozen pydantic models whose fields describe themselves.

A field's title, help text, limits and unit stand here once; the form, the error messages and the
documentation all read them from the field.
"""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class Frozen(BaseModel):
    """An immutable model that refuses fields it does not know, NaN and infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Described(Frozen):
    """One entry of an index: a scheme, a source.

    Attributes
    ----------
    title : str
        What the user reads in the list.
    sentence : str
        One sentence that says what it does.
    common : bool
        Whether it stands in the first part of the list; the rest comes after a line.
    from_file : bool
        Whether its numbers are those of a file, which has to be opened first.
    """

    title: ClassVar[str]
    sentence: ClassVar[str]
    common: ClassVar[bool] = False
    from_file: ClassVar[bool] = False

    def idle_fields(self) -> frozenset[str]:
        """Return the fields that mean nothing as the others are."""
        return frozenset()

    def about(self) -> str:
        """Return a sentence about this one, with what its fields say."""
        return self.sentence


def whole(
    default: int, title: str, description: str, *, low: int, high: int, **hints: object
) -> Any:
    """Describe an integer field; ``True`` and ``4.0`` are refused.

    Parameters
    ----------
    default : int
    title, description : str
        The label and the help text.
    low, high : int
        The limits, both allowed.
    **hints
        For the form: ``suffix`` (unit behind the number), ``special`` (how the lowest value
        reads), ``fold=True`` (shown under "More").
    """
    return Field(
        default=default,
        title=title,
        description=description,
        ge=low,
        le=high,
        strict=True,
        json_schema_extra=_hints(hints),
    )


def real(
    default: float, title: str, description: str, *, low: float, high: float, **hints: object
) -> Any:
    """Describe a field that holds a real number; see `whole` (also ``decimals``)."""
    return Field(
        default=default,
        title=title,
        description=description,
        ge=low,
        le=high,
        json_schema_extra=_hints(hints),
    )


def choice(default: str, title: str, description: str, labels: dict[str, str], **h: object) -> Any:
    """Describe a ``Literal`` field; `labels` says how each value reads to the user."""
    return Field(
        default=default,
        title=title,
        description=description,
        json_schema_extra=_hints({"labels": labels, **h}),
    )


def other(default: object, title: str, description: str, **hints: object) -> Any:
    """Describe a field of any other type (a flag, a text, a table)."""
    return Field(
        default=default, title=title, description=description, json_schema_extra=_hints(hints)
    )


def hints_of(model: type[BaseModel], field: str) -> dict[str, Any]:
    """Return what the form needs to know of a field beyond its type and limits."""
    extra = model.model_fields[field].json_schema_extra
    return extra if isinstance(extra, dict) else {}


def limits_of(model: type[BaseModel], field: str) -> tuple[float | None, float | None]:
    """Return the lowest and the highest value that a field allows (None: no limit)."""
    low = high = None
    for constraint in model.model_fields[field].metadata:
        low = getattr(constraint, "ge", low)
        high = getattr(constraint, "le", high)
    return low, high


def sentence_of(error: ValidationError) -> str:
    """Return the first thing that is wrong, in one sentence without pydantic's prefixes."""
    message = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
    return message[:1].upper() + message[1:]


def _hints(hints: dict[str, object]) -> Any:
    return dict(hints)
