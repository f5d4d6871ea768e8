"""Sequences of symbols, each a unit that is 1 while the others are 0."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import field_validator

from rnnviz.fields import choice, other, whole
from rnnviz.limits import MAX_LENGTH, MAX_SYMBOLS
from rnnviz.literals import text_lines
from rnnviz.sequences.base import Fixed, Source
from rnnviz.sequences.words import words_code, words_of
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
    unit: Literal["characters", "words"] = choice(
        "characters",
        "Read by",
        "What a step reads. Words end at white space; each mark of punctuation is one of its own.",
        {"characters": "Letters", "words": "Words"},
    )
    alphabet: str = other(
        "",
        "Alphabet",
        "The letters in the order of the input units, or the words with spaces between them; "
        "if empty, in the order they appear.",
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

    def about(self) -> str:
        return self.sentence.replace("letter", self._noun())

    def own_length(self) -> int:
        return len(self._symbols())

    def needs_inputs(self) -> int:
        return len(self._units())

    def following(self, previous: Source) -> Text:
        """Let a given alphabet grow with a text that was typed: what is new comes last.

        One of letters says nothing of words, nor does one of words of letters.
        """
        typed = isinstance(previous, Text) and previous.alphabet == self.alphabet
        if not (typed and self.alphabet):
            return self
        if isinstance(previous, Text) and previous.unit != self.unit:
            return self.model_copy(update={"alphabet": ""})
        between = " " if self.unit == "words" else ""
        grown = between.join(dict.fromkeys((*self._alphabet(), *self._symbols())))
        return self.model_copy(update={"alphabet": grown})

    def misfit(self, length: int, input_size: int) -> str | None:
        return self._misfit_alphabet() or self._misfit_size(input_size)

    def labels(self) -> tuple[str, ...]:
        return tuple(map(_visible, self._symbols()))

    def unit_names(self) -> tuple[str, ...]:
        return tuple(map(_visible, self._units()))

    def _noun(self) -> str:
        return "word" if self.unit == "words" else "letter"

    def _symbols(self) -> Sequence[str]:
        """Return what is read, step by step."""
        return words_of(self.text) if self.unit == "words" else self.text

    def _alphabet(self) -> Sequence[str]:
        return self.alphabet.split() if self.unit == "words" else self.alphabet

    def _units(self) -> dict[str, int]:
        """Return each letter's or word's unit."""
        unique = dict.fromkeys(self._alphabet() or self._symbols())
        return {symbol: unit for unit, symbol in enumerate(unique)}

    def _misfit_alphabet(self) -> str | None:
        """Return a sentence if the text cannot be read by the alphabet, or None."""
        noun, units, symbols = self._noun(), self._units(), self._symbols()
        if not symbols:
            return "There is no word in the text."
        if len(self._alphabet()) > len(units):
            twice = next(s for s, count in Counter(self._alphabet()).items() if count > 1)
            return f'The {noun} "{_visible(twice)}" is in the alphabet twice.'
        missing = next((symbol for symbol in symbols if symbol not in units), None)
        if missing is None:
            return None
        which = f' "{self.alphabet}"' if self.unit == "characters" else ""
        return f'The {noun} "{_visible(missing)}" is not in the alphabet{which} (under More).'

    def _misfit_size(self, input_size: int) -> str | None:
        """Return a sentence if there are not enough input units, or None."""
        different = counted(self.needs_inputs(), f"different {self._noun()}")
        owner = "alphabet" if self._alphabet() else "text"
        if self.needs_inputs() > MAX_SYMBOLS:
            return f"The {owner} has {different}; at most {MAX_SYMBOLS:,} are possible."
        if self.needs_inputs() <= input_size:
            return None
        return (
            f"The {owner} has {different} and the input {counted(input_size, 'unit')}: "
            f"set the input size to {self.needs_inputs()}."
        )

    def _one(self, length: int, input_size: int) -> torch.Tensor:
        import torch

        units = self._units()
        return _one_hot(torch.tensor([units[symbol] for symbol in self._symbols()]), input_size)

    def _one_code(self, length: int, input_size: int) -> list[str]:
        alphabet = text_lines("alphabet", self.alphabet) if self._alphabet() else []
        own = self._words_code if self.unit == "words" else self._letters_code
        return [*text_lines("text", self.text), *alphabet, *own(), _one_hot_code(input_size)]

    def _letters_code(self) -> list[str]:
        appearing = ['alphabet = "".join(dict.fromkeys(text))  # in the order they appear']
        return [
            *(appearing if not self._alphabet() else []),
            "units = torch.tensor([alphabet.index(letter) for letter in text])",
        ]

    def _words_code(self) -> list[str]:
        unique = "alphabet.split()" if self._alphabet() else "dict.fromkeys(words)"
        return [
            *words_code(),
            f"places = {{word: place for place, word in enumerate({unique})}}",
            "units = torch.tensor([places[word] for word in words])",
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
