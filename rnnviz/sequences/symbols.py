"""Sequences of symbols, each a unit that is 1 while the others are 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import field_validator

from rnnviz.fields import other, whole
from rnnviz.literals import text_lines
from rnnviz.sequences.base import MAX_LENGTH, Fixed, Source
from rnnviz.tables import counted

if TYPE_CHECKING:
    import torch

_VISIBLE = {" ": "␣", "\n": "↵", "\t": "⇥"}


class OneHot(Fixed):
    title: ClassVar[str] = "One-hot walk"
    sentence: ClassVar[str] = "Unit after unit is 1 while the others are 0, round and round."
    name: Literal["one_hot"] = "one_hot"
    stay: int = whole(
        1,
        "Stay",
        "For how many steps each unit is 1.",
        low=1,
        high=MAX_LENGTH,
        suffix=" steps",
    )

    def _one(self, length: int, input_size: int) -> torch.Tensor:
        import torch

        return _one_hot(torch.arange(length) // self.stay % input_size, input_size)

    def _one_code(self, length: int, input_size: int) -> list[str]:
        stay = f" // {self.stay}" if self.stay > 1 else ""
        return [
            f"units = torch.arange({length}){stay} % {input_size}",
            _one_hot_code(input_size),
        ]


class Text(Fixed):
    title: ClassVar[str] = "Text"
    sentence: ClassVar[str] = "One letter a step; each letter has an input unit of its own."
    common: ClassVar[bool] = True
    name: Literal["text"] = "text"
    text: str = other(
        "hellohello",
        "Text",
        f"The letters to read, at most {MAX_LENGTH:,}; spaces and line breaks count as well.",
        editor="text",
    )
    alphabet: str = other(
        "",
        "Alphabet",
        "The letters in the order of the input units; if empty, in the order they appear.",
        fold=True,
    )

    @field_validator("text")
    @classmethod
    def _length(cls, text: str) -> str:
        if not text:
            raise ValueError("Type at least one letter.")
        if len(text) > MAX_LENGTH:
            raise ValueError(
                f"The text has {len(text):,} letters; at most {MAX_LENGTH:,} are possible."
            )
        return text

    @field_validator("alphabet")
    @classmethod
    def _different(cls, alphabet: str) -> str:
        seen: set[str] = set()
        for letter in alphabet:
            if letter in seen:
                raise ValueError(f'The letter "{_visible(letter)}" is in the alphabet twice.')
            seen.add(letter)
        return alphabet

    def own_length(self) -> int:
        return len(self.text)

    def needs_inputs(self) -> int:
        return len(self._letters())

    def following(self, previous: Source) -> Text:
        """Let a given alphabet grow with a text that was typed: new letters come last."""
        typed = isinstance(previous, Text) and previous.alphabet == self.alphabet
        if not (typed and self.alphabet):
            return self
        return self.model_copy(
            update={"alphabet": "".join(dict.fromkeys(self.alphabet + self.text))}
        )

    def misfit(self, length: int, input_size: int) -> str | None:
        letters = self._letters()
        for letter in self.text:
            if letter not in letters:
                return (
                    f'The letter "{_visible(letter)}" is not in the alphabet '
                    f'"{self.alphabet}" (under More).'
                )
        if len(letters) <= input_size:
            return None
        owner = "alphabet" if self.alphabet else "text"
        return (
            f"The {owner} has {len(letters):,} different letters and the input "
            f"{counted(input_size, 'unit')}: set the input size to {len(letters)}."
        )

    def labels(self) -> tuple[str, ...]:
        return tuple(map(_visible, self.text))

    def unit_names(self) -> tuple[str, ...]:
        return tuple(map(_visible, self._letters()))

    def _letters(self) -> dict[str, int]:
        """Return each letter's unit."""
        unique = dict.fromkeys(self.alphabet or self.text)
        return {letter: unit for unit, letter in enumerate(unique)}

    def _one(self, length: int, input_size: int) -> torch.Tensor:
        import torch

        letters = self._letters()
        return _one_hot(torch.tensor([letters[letter] for letter in self.text]), input_size)

    def _one_code(self, length: int, input_size: int) -> list[str]:
        alphabet = (
            text_lines("alphabet", self.alphabet)
            if self.alphabet
            else ['alphabet = "".join(dict.fromkeys(text))  # in the order they appear']
        )
        return [
            *text_lines("text", self.text),
            *alphabet,
            "units = torch.tensor([alphabet.index(letter) for letter in text])",
            _one_hot_code(input_size),
        ]


def _one_hot(units: torch.Tensor, input_size: int) -> torch.Tensor:
    """Return (T, I) from each step's unit; torch's own one_hot is int64, eight bytes a number."""
    import torch

    x = torch.zeros(len(units), input_size, dtype=torch.float32)
    return x.scatter_(1, units.unsqueeze(1), 1.0)


def _one_hot_code(input_size: int) -> str:
    return f"sequence = nn.functional.one_hot(units, {input_size}).float()"


def _visible(letter: str) -> str:
    return _VISIBLE.get(letter, letter)
