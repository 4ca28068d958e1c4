"""A minimal reader of the national statutes as Markdown: the current text of an article, by the names people use."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CODE = "民法典"  # one law, kept as a folder with a file a book
EDITION = re.compile(r"\((\d{4})-(\d{2})-(\d{2})\)$")
DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
ARTICLE = re.compile(r"^(第[一二三四五六七八九十百千零]+条(?:之[一二三四五六七八九十]+)?)[ 　]*(.*)$")


@dataclass(frozen=True, slots=True)
class Superseded:
    """A law without force `since` a day, what to cite instead, and where that is said."""

    since: date
    use: str
    source: str


def law_name(name: str) -> str:
    """Write a law's name the plain way: no 中华人民共和国, no date of an edition, no marks around quoted names.

    Short names of `laws.yaml` become the full ones, so that one law has one name.
    """
    plain = EDITION.sub("", name.strip()).replace("中华人民共和国", "").replace("(", "（").replace(")", "）")
    plain = re.sub(r"[《》〈〉\s]", "", plain)
    return str(_laws()["short_names"].get(plain, plain))


def superseded(law: str) -> Superseded | None:
    """Tell since when a law may no longer be cited, or None while it may."""
    entry = _laws()["superseded"].get(law_name(law))
    return Superseded(entry["from"], entry["use"], entry["source"]) if entry else None


def unverifiable(law: str) -> str | None:
    """Say why no text of the collection can confirm what is cited from a law, or None where one can."""
    name = law_name(law)
    for reason, laws in (("younger than the collection", "later"), ("not in the collection", "absent")):
        if entry := _laws()[laws].get(name):
            return "，".join(filter(None, (reason, f"in force from {entry['from'] or '?'}", entry.get("note"))))
    return None


@cache
def _laws() -> dict[str, Any]:
    return dict(yaml.safe_load((Path(__file__).parent / "laws.yaml").read_text("utf-8")))


class Statutes:
    """The statutes of a folder, each file read when first asked for; every law answers from its latest edition."""

    def __init__(self, directory: Path) -> None:
        """List the files below a folder; raises FileNotFoundError where there are none."""
        self._editions: dict[str, dict[date, list[Path]]] = defaultdict(lambda: defaultdict(list))
        for file in sorted(directory.rglob("*.md")):
            law = CODE if file.parent.name == CODE else law_name(file.stem)
            self._editions[law][_edition(file)].append(file)
        if not self._editions:
            raise FileNotFoundError(f"no statutes (*.md) below {directory}; name the folder that holds them")
        self._texts: dict[str, dict[str, str]] = {}

    def __contains__(self, law: str) -> bool:
        return law_name(law) in self._editions

    def edition(self, law: str) -> date:
        """The date of the current edition; KeyError if the law is not in the collection."""
        return max(self._current(law_name(law)))

    def article(self, law: str, article: str) -> str | None:
        """The current text of an article, its paragraphs on lines of their own; None if there is no such article."""
        return self.articles(law).get(article)

    def articles(self, law: str) -> dict[str, str]:
        """The current articles of a law, empty if the law is not in the collection."""
        name = law_name(law)
        if name not in self._texts and name in self._editions:
            editions = self._current(name)
            self._texts[name] = dict(
                pair for file in editions[max(editions)] for pair in parse(file.read_text("utf-8"))
            )
        return self._texts.get(name, {})

    def _current(self, name: str) -> dict[date, list[Path]]:
        return self._editions.get(name, {})


def parse(markdown: str) -> Iterator[tuple[str, str]]:
    """Give (number, text) of each article of one file, leaving out the head, headings and what follows no article."""
    number, lines = "", list[str]()
    for line in markdown.partition("<!-- INFO END -->")[2].splitlines():
        if found := ARTICLE.match(line.strip()):
            if number:
                yield number, "\n".join(lines)
            number, lines = found[1], [found[2]]
        elif line.strip() and not line.startswith("#"):
            lines.append(line.strip())
    if number:
        yield number, "\n".join(lines)


def _edition(file: Path) -> date:
    """The date in the file name, else the last one in the head of the file, else the beginning of time."""
    if found := EDITION.search(file.stem):
        return date(*map(int, found.groups()))
    if file.parent.name == CODE:
        return date(2020, 5, 28)
    days = DAY.findall(file.read_text("utf-8").partition("<!-- INFO END -->")[0])
    return max((date(int(y), int(m), int(d)) for y, m, d in days), default=date.min)
