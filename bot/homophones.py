"""Repairs what voice input wrote with other characters of the same sound: 劳动种裁 is 劳动仲裁.

Only near-certain slips are touched. A run of characters becomes a legal term when every syllable sounds like the term's,
at least one character is the term's own, the run is no word by itself, and no word reaches over its edges: in
「他要保护另外一个人」 the 另 belongs to 另外.
"""

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from pathlib import Path

import jieba

os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # single characters are enough; the phrases cost memory and time
from pypinyin.constants import PINYIN_DICT

DICTIONARY = Path(__file__).parent / "dictionary" / "law.txt"
SHORTEST_TERM = 3
# Two syllables sound alike too often; these are said so often, and written so oddly, that they are worth it.
SHORT_TERMS = ("仲裁", "离婚", "赡养", "欠薪", "讨薪", "遗嘱", "彩礼")
# Written on purpose, not misheard: 承包的山林 is no 承包地.
NEVER_A_SLIP = frozenset("的有在了我你他她这那人是")
_TONES = str.maketrans("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ", "aaaaeeeeiiiioooouuuuvvvvnnnm")

Trie = dict[str, "Trie | list[str]"]  # syllable → further syllables; the terms of that sound stand under ""


class Homophones:
    """The legal terms by their sound."""

    def __init__(self, terms: Iterable[str]) -> None:
        """Take the terms to listen for; those shorter than three characters only if they are in SHORT_TERMS."""
        self._terms = {term for term in terms if len(term) >= SHORTEST_TERM or term in SHORT_TERMS}
        self._trie: Trie = {}
        for term in sorted(self._terms, key=len):
            for sound in _sounds_of(term):
                branch = self._trie
                for syllable in sound:
                    following = branch.setdefault(syllable, {})
                    assert isinstance(following, dict)
                    branch = following
                of_this_sound = branch.setdefault("", [])
                assert isinstance(of_this_sound, list)
                of_this_sound.append(term)

    @classmethod
    def load(cls, path: Path = DICTIONARY) -> "Homophones":
        """Read the terms of the tokenizer's dictionary."""
        lines = path.read_text(encoding="utf-8").splitlines()
        return cls([*(line.split()[0] for line in lines if line.strip()), *SHORT_TERMS])

    def repair(self, text: str) -> str:
        """Write the terms that were meant; the text keeps its length."""
        slips = [slip for start in range(len(text)) for slip in self._sounding_like(text, start)]
        if not slips:  # as nearly always: the words are needed only to judge a slip
            return text
        words = list(_words(text))
        for start, term in sorted(slips, key=lambda slip: -len(slip[1])):  # the longest term explains most
            if _is_slip(text, start, term, words):
                text = text[:start] + term + text[start + len(term) :]
        return text

    def _sounding_like(self, text: str, start: int) -> Iterator[tuple[int, str]]:
        """Every term that sounds like the text from here on and is written otherwise."""
        branches: list[Trie] = [self._trie]
        for place in range(start, len(text)):
            sounds = _syllables(text[place])
            branches = [
                following for branch in branches for sound in sounds if isinstance(following := branch.get(sound), dict)
            ]
            if not branches:
                return
            for branch in branches:
                written, terms = text[start : place + 1], branch.get("")
                if isinstance(terms, list) and written not in self._terms:
                    yield start, max(terms, key=lambda term: _same(written, term))


def _is_slip(text: str, start: int, term: str, words: list[tuple[int, int]]) -> bool:
    end = start + len(term)
    written = text[start:end]
    if _same(written, term) in (0, len(term)) or jieba.dt.FREQ.get(written):
        return False
    if any(a != b and a in NEVER_A_SLIP for a, b in zip(written, term, strict=True)):
        return False
    if any(first < edge < last for first, last in words for edge in (start, end)):
        return False
    # Two characters that are no word together must stand alone as well: 离昏, not 离|昏暗.
    return len(term) >= SHORTEST_TERM or all(last - first == 1 for first, last in words if start <= first < end)


def _same(written: str, term: str) -> int:
    return sum(a == b for a, b in zip(written, term, strict=True))


def _words(text: str) -> Iterator[tuple[int, int]]:
    for _, start, end in jieba.tokenize(text, HMM=False):
        yield start, end


def _sounds_of(term: str) -> Iterator[tuple[str, ...]]:
    yield from product(*(_syllables(character) for character in term))


@lru_cache(maxsize=8192)
def _syllables(character: str) -> tuple[str, ...]:
    """The two most usual sounds of a character, blurred; nothing for what is no Chinese character."""
    known = PINYIN_DICT.get(ord(character))
    return tuple(dict.fromkeys(_blurred(one.translate(_TONES)) for one in known.split(",")[:2])) if known else ()


def _blurred(syllable: str) -> str:
    """Without what many speakers, and so their transcripts, do not tell apart: zh z, ch c, sh s, ing in, eng en."""
    if syllable[:2] in ("zh", "ch", "sh"):
        syllable = syllable[0] + syllable[2:]
    return syllable.removesuffix("g") if syllable.endswith(("ing", "eng")) else syllable
