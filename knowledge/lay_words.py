"""What people say for what the statutes say: by article in `lay_words/`, by word in `legal_terms.yaml`, `spoken.yaml`.

A file of `lay_words/` holds, for each law in one edition, `article: how people ask about it`, the ways parted by ；. The
article is its number: 1079, or 133之一. The edition stands in the name of the law, as in the names of the collection's
files: a newer edition may number its articles anew, so it gets no words until somebody has read it and changed the date.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from knowledge.citations import article_number
from knowledge.statutes import EDITION, law_name

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class LayWords:
    """How people ask about one article."""

    law: str
    adopted: date
    article: str
    asked: str


def lay_words(folder: Path = HERE / "lay_words") -> Iterator[LayWords]:
    """Give the words of every file.

    Raises:
        ValueError: a law without its edition, or an article that is no number; names the file and the law.
    """
    for file in sorted(folder.glob("*.yaml")):
        for law, articles in yaml.load(file.read_text("utf-8"), yaml.CSafeLoader).items():
            edition = EDITION.search(law)
            if not edition:
                raise ValueError(f"{file.name}: {law}: write the edition behind the name, such as (2020-12-29)")
            adopted = date(*map(int, edition.groups()))
            for number, asked in articles.items():
                if not (found := re.fullmatch(r"(\d+)(?:之([一二三四五六七八九十]+))?", str(number))):
                    raise ValueError(f"{file.name}: {law}: {number}: write the article's number, such as 85 or 133之一")
                yield LayWords(law_name(law), adopted, article_number(*found.groups()), asked.replace("；", "\n"))


@cache
def _terms() -> tuple[Mapping[str, frozenset[str]], re.Pattern[str]]:
    said: dict[str, set[str]] = defaultdict(set)
    for file in ("legal_terms.yaml", "spoken.yaml"):
        for term, words in yaml.load((HERE / file).read_text("utf-8"), yaml.CSafeLoader).items():
            for word in words:
                said[word.lower()].add(term)
    longest_first = "|".join(map(re.escape, sorted(said, key=len, reverse=True)))
    # Looked for at every character: 不发工资 holds 不发 and 工资.
    return {word: frozenset(terms) for word, terms in said.items()}, re.compile(f"(?=({longest_first}))")


def legal_terms(question: str) -> list[str]:
    """The statutes' words for what stands in a question, each once."""
    terms, words = _terms()
    plain = unicodedata.normalize("NFKC", question).lower()
    return list(dict.fromkeys(term for word in words.findall(plain) for term in sorted(terms[word])))
