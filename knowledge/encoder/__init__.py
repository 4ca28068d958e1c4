"""Turns a text into a direction, so that texts which mean the same point the same way though they share no word.

How it was made, from what, and under which licence: README.md beside this file.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime

from knowledge.postings import Array

FOLDER = Path(__file__).parent
MODEL, CHARACTERS = FOLDER / "encoder.onnx", FOLDER / "characters.txt"
LONGEST = 96  # characters read; the encoder was fitted on no more
BATCH = 64


class Encoder:
    """A small transformer that reads characters."""

    def __init__(self, model: Path = MODEL, characters: Path = CHARACTERS) -> None:
        options = onnxruntime.SessionOptions()
        # A turn is a few milliseconds on one core; the other core belongs to the next citizen.
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._places = vocabulary(characters)

    def encode(self, texts: Sequence[str]) -> Array:
        """The directions of some texts: one row a text, each of length 1."""
        rows = [read(text, self._places) for text in texts]
        order = sorted(range(len(rows)), key=lambda place: len(rows[place]))  # alike lengths: little padding
        batches = [order[begin : begin + BATCH] for begin in range(0, len(order), BATCH)]
        found = [(batch, self._run([rows[place] for place in batch])) for batch in batches]
        sorted_: Array = np.concatenate([vectors for _, vectors in found])
        directions: Array = sorted_[np.argsort([place for batch, _ in found for place in batch])]
        return directions

    def _run(self, rows: Sequence[list[int]]) -> Array:
        padded: Array = np.zeros((len(rows), max(map(len, rows))), np.int64)
        for row, places in zip(padded, rows, strict=True):
            row[: len(places)] = places
        (vectors,) = self._session.run(None, {"characters": padded})
        directions: Array = vectors
        return directions


def read(text: str, vocabulary: Mapping[str, int]) -> list[int]:
    """The places of a text's first characters in the vocabulary, between its marks for beginning and end."""
    levelled = unicodedata.normalize("NFKC", text[: 2 * LONGEST]).lower()
    unknown = vocabulary["[UNK]"]
    places = [vocabulary.get(character, unknown) for character in levelled if not character.isspace()]
    return [vocabulary["[CLS]"], *places[: LONGEST - 2], vocabulary["[SEP]"]]


def vocabulary(file: Path) -> dict[str, int]:
    """The characters that the encoder knows, one a line, with their places; 0 stands for none."""
    return {line: place for place, line in enumerate(file.read_text("utf-8").split("\n"))}


@cache
def encoder() -> Encoder:
    """The encoder of this checkout, read once."""
    return Encoder()
