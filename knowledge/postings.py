"""An inverted index over runs of one and two characters, held in arrays: no word list, no loop over articles."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np

type Array = np.ndarray[Any, Any]
type Weigh = Callable[[Counts, Array], Array]

PIECE = 2000  # texts counted at a time: bounds the memory of a build
KEPT: Array = np.zeros(1 << 16, bool)  # the characters that count; all others end a run
KEPT[[*range(0x30, 0x3A), *range(0x61, 0x7B), *range(0x4E00, 0xA000)]] = True


def grams(text: str) -> Array:
    """The codes of every kept character and every pair of neighbours, repeats included; width and case are levelled."""
    plain = unicodedata.normalize("NFKC", text).lower()
    letters: Array = np.frombuffer(plain.encode("utf-16-le", "surrogatepass"), np.uint16).astype(np.uint32)
    kept = KEPT[letters]
    pairs = (letters[:-1] << np.uint32(16)) | letters[1:]
    both: Array = np.concatenate((letters[kept], pairs[kept[:-1] & kept[1:]]))
    return both


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each gram stands in each text, one entry a pair, and what a weighting needs of it."""

    gram: Array
    """Place of the gram among the index's codes."""
    text: Array
    count: Array
    lengths: Array
    """Grams of each text."""
    found_in: Array
    """Texts that hold each gram."""


@dataclass(frozen=True, slots=True)
class Postings:
    """For each gram the texts that hold it and its weight in each; the arrays may be memory-mapped files."""

    codes: Array
    starts: Array
    texts: Array
    weights: Array
    rarity: Array
    """Of each gram, from hardly above 0 for one that stands everywhere."""
    size: int

    @classmethod
    def build(cls, texts: Iterable[str], weigh: Weigh, cap: "Postings | None" = None) -> "Postings":
        """Count the grams of the texts and weigh them.

        Args:
            weigh: from the counts and the grams' rarity, the weight of each pair of gram and text.
            cap: another index; no gram is taken to be rarer than it is there.
        """
        entries, lengths = _count(texts)
        size = len(lengths)
        text = ((entries >> np.uint64(8)) & np.uint64(0xFFFFFF)).astype(np.int32)
        count = (entries & np.uint64(0xFF)).astype(np.float32)
        entries >>= np.uint64(32)
        codes, first, found_in = np.unique(entries.astype(np.uint32), return_index=True, return_counts=True)
        del entries
        rarity = np.log(1 + (size - found_in + 0.5) / (found_in + 0.5)).astype(np.float32)
        if cap is not None:
            rarity = np.minimum(rarity, cap.rarity_of(codes, unknown=float(rarity.max(initial=0))))
        gram: Array = np.repeat(np.arange(len(codes), dtype=np.int32), found_in)
        weights: Array = weigh(Counts(gram, text, count, lengths, found_in), rarity).astype(np.float32)
        return cls(codes, np.append(first, len(text)).astype(np.int64), text, weights, rarity, size)

    def rarity_of(self, codes: Array, unknown: float) -> Array:
        """The rarity of each code here, `unknown` for one that stands in no text."""
        if not len(self.codes):
            return np.full(len(codes), unknown, np.float32)
        place = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        rarity: Array = np.where(self.codes[place] == codes, self.rarity[place], np.float32(unknown))
        return rarity

    def score(self, codes: Array, weights: Array) -> Array:
        """Add up, for each text, the weights of the codes it holds; codes must not repeat."""
        scores: Array = np.zeros(self.size, np.float32)
        if not len(self.codes):
            return scores
        places = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        for place, code, weight in zip(places, codes, weights, strict=True):
            if self.codes[place] == code:
                here = slice(self.starts[place], self.starts[place + 1])
                scores[self.texts[here]] += self.weights[here] * weight  # a text stands once in a slice
        return scores


def bm25(saturation: float, length: float) -> Weigh:
    """Okapi BM25: how soon repeats stop counting, and how much longer texts are held back, 0 not at all to 1."""

    def weigh(counts: Counts, rarity: Array) -> Array:
        share = counts.lengths / max(float(counts.lengths.mean()) if len(counts.lengths) else 1.0, 1.0)
        damping = saturation * (1 - length + length * share)
        damped: Array = counts.count * (saturation + 1) / (counts.count + damping[counts.text])
        damped *= rarity[counts.gram]
        return damped

    return weigh


def unit(counts: Counts, rarity: Array) -> Array:
    """Weights whose squares add up to one in each text, so that texts of any length compare."""
    weights: Array = rarity[counts.gram] * np.sqrt(counts.count)
    weights /= np.sqrt(np.bincount(counts.text, weights**2, len(counts.lengths)))[counts.text]
    return weights


def _count(texts: Iterable[str]) -> tuple[Array, Array]:
    """Every pair of gram and text, sorted, and the length of each text.

    An entry is one number, so that millions sort in place: 32 bits of gram, 24 of text, 8 of how often (at most 255).
    """
    pieces, lengths = list[Array](), list[int]()
    rest = iter(texts)
    while piece := [grams(text) for text in islice(rest, PIECE)]:
        sizes = [len(codes) for codes in piece]
        numbers: Array = np.repeat(np.arange(len(lengths), len(lengths) + len(piece), dtype=np.uint64), sizes)
        pairs = (np.concatenate(piece).astype(np.uint64) << np.uint64(24)) | numbers
        pairs, count = np.unique(pairs, return_counts=True)
        pieces.append((pairs << np.uint64(8)) | np.minimum(count, 255).astype(np.uint64))
        lengths += sizes
    entries: Array = np.concatenate(pieces) if pieces else np.empty(0, np.uint64)
    pieces.clear()
    entries.sort()
    return entries, np.array(lengths, np.float32)


def best(scores: Array, count: int) -> Sequence[int]:
    """The places of the highest scores, highest first; of equal ones the earlier first."""
    count = min(count, len(scores))
    found = np.argpartition(-scores, count - 1)[:count] if count else np.empty(0, int)
    return [int(place) for place in found[np.lexsort((found, -scores[found]))]]
