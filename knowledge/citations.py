"""Reads the names of laws and articles as people write them: 「劳动合同法85条」, 《刑诉法》第三十四条第二款."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.statutes import short_names

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
NUMBER = r"(?:[0-9]+|[零〇一二两三四五六七八九十百千]+)"
MENTION = re.compile(
    rf"第?(?P<article>{NUMBER})条(?:之(?P<of>{NUMBER}))?(?:第?(?P<paragraph>{NUMBER})款)?(?:第?(?P<item>{NUMBER})项)?"
)
# What stands between a law's name and the number: marks, and the little words of speech.
BETWEEN = re.compile(r"[的中里内第上]+$"), re.compile(r"的?规定[的中里内第上]*$")
NOISE = re.compile(r"中华人民共和国|[\s《》〈〉<>「」『』“”\"'‘’\[\]【】、,，.。:：;；·\-—]")


@dataclass(frozen=True, slots=True)
class Citation:
    """One article somebody named; `paragraph` counts from 1, None when only the article was named."""

    law: str
    article: str
    paragraph: int | None = None


class LawNames:
    """The laws that can be named, by every usual spelling of their names."""

    def __init__(self, laws: Iterable[str]) -> None:
        """Learn full names, names without the issuing court, and the short names whose law is there."""
        known = set(laws)
        self._laws = {_key(law): law for law in sorted(known)}
        for law in sorted(known):  # without brackets too; with them 解释（三）七条 cannot be read as 37
            self._laws.setdefault(re.sub(r"[()]", "", _key(law)), law)
        for law in sorted(known):
            self._laws.setdefault(_key(re.sub(r"^(?:最高人民(?:法院|检察院)、?)+关于", "", law)), law)
        for short, law in short_names().items():
            if law in known:
                self._laws.setdefault(_key(short), law)
        self._with_number = [name for name in self._laws if MENTION.search(name)]  # …适用刑法第十二条几个问题的解释
        self._lengths = sorted({len(name) for name in self._laws}, reverse=True)

    def law(self, name: str) -> str | None:
        """The law of exactly this name."""
        return self._laws.get(_key(name))

    def citations(self, text: str) -> list[Citation]:
        """Every article named in a text together with its law, in the order written, each once.

        A second number after the same law counts too: 「劳动法第五十条和第五十一条」.
        """
        plain = _key(text)
        found: dict[Citation, None] = {}
        law, end = None, 0
        inside = [range(place, place + len(name)) for name in self._with_number if (place := plain.find(name)) >= 0]
        for mention in MENTION.finditer(plain):
            if any(mention.start() in name for name in inside):
                continue
            before = plain[end : mention.start()]
            shorter = [pattern.sub("", before) for pattern in BETWEEN]
            ending = (self._ending(words) for words in (before, *shorter))
            same = law if min(map(len, shorter)) <= 1 else None
            law = next(filter(None, ending), None) or same or self._starting(plain[mention.end() :])
            end = mention.end()
            if law:
                paragraph = mention["paragraph"]
                found[Citation(law, article_number(mention["article"], mention["of"]), to_number(paragraph))] = None
        return list(found)

    def _ending(self, text: str) -> str | None:
        return next((self._laws[text[-n:]] for n in self._lengths if text[-n:] in self._laws and len(text) >= n), None)

    def _starting(self, text: str) -> str | None:
        return next((self._laws[text[:n]] for n in self._lengths if text[:n] in self._laws and len(text) >= n), None)


def article_number(number: str | int, of: str | None = None) -> str:
    """Write an article as the statutes do: 85 is 第八十五条, 133 of 一 is 第一百三十三条之一."""
    value = number if isinstance(number, int) else to_number(number)
    suffix = to_number(of)
    return f"第{in_words(value or 0)}条" + (f"之{in_words(suffix)}" if suffix else "")


def to_number(words: str | None) -> int | None:
    """Read a number below ten thousand in Arabic or Chinese numerals, 一百零八 as well as 一〇八; None for None."""
    if words is None:
        return None
    if words.isdecimal():
        return int(words)
    if not UNITS.keys() & set(words):
        return int("".join(str(DIGITS[character]) for character in words))
    total = digit = 0
    for character in words:
        if character in DIGITS:
            digit = DIGITS[character]
        else:
            total, digit = total + (digit or 1) * UNITS[character], 0
    return total + digit


def in_words(number: int) -> str:
    """Write a number below ten thousand as articles are numbered: 十五, 一百一十, 一千零七."""
    words, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            words += ("零" if gap and words else "") + "零一二三四五六七八九"[digit] + name
        gap = not digit
    return words.removeprefix("一") if words.startswith("一十") else words


def paragraph(text: str, number: int) -> str | None:
    """One paragraph (款) of an article with the items (项) that belong to it; None if there are fewer."""
    paragraphs: list[str] = []
    for line in text.splitlines():
        if paragraphs and re.match(r"[（(][一二三四五六七八九十]+[)）]", line):
            paragraphs[-1] += "\n" + line
        else:
            paragraphs.append(line)
    return paragraphs[number - 1] if 0 < number <= len(paragraphs) else None


def _key(text: str) -> str:
    return NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()
