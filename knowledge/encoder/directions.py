"""The directions of the reviewed answers: those that were fitted with the encoder, and those of answers written since."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from knowledge.answers import Answer
from knowledge.encoder import FOLDER, Encoder
from knowledge.postings import Array

DIRECTIONS = FOLDER / "directions.npz"


def directions(answers: Sequence[Answer], encoder: Encoder) -> Array:
    """One row an answer, each of length 1.

    An answer whose question was not there when the encoder was fitted gets the mean direction of its own texts, which
    costs some milliseconds a text.
    """
    with np.load(DIRECTIONS) as kept:
        fitted = dict(zip(kept["questions"].tolist(), kept["directions"].astype(np.float32), strict=True))
        rows: Array = np.empty((len(answers), kept["directions"].shape[1]), np.float32)
    for place, answer in enumerate(answers):
        kept_row = fitted.get(_key(answer))
        rows[place] = _mean(answer, encoder) if kept_row is None else kept_row
    return rows


def write(answers: Sequence[Answer], fitted: Array) -> None:
    """Keep the directions that were fitted, one row an answer."""
    np.savez_compressed(
        DIRECTIONS,
        questions=np.array([_key(answer) for answer in answers], np.uint32),
        directions=fitted.astype(np.float16),
    )


def texts_of(answer: Answer) -> tuple[str, ...]:
    """What the encoder learns an answer from: every way to ask, and the question with what is answered."""
    return (answer.question, *answer.variants, *answer.stories, f"{answer.question} {answer.conclusion}")


def _mean(answer: Answer, encoder: Encoder) -> Array:
    middle = encoder.encode(texts_of(answer)).mean(0)
    direction: Array = middle / np.linalg.norm(middle)
    return direction


def _key(answer: Answer) -> int:
    return crc32(f"{answer.id} {answer.question}".encode())
