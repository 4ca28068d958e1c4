"""The national statutes as Markdown: which text of a law holds on a day, and by which names it is found."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import yaml

CODE, CODE_ADOPTED = "民法典", date(2020, 5, 28)  # one law, kept as a folder with a file a book
EDITION = re.compile(r"\((\d{4})-(\d{2})-(\d{2})\)$")
DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
ARTICLE = re.compile(r"^(第[一二三四五六七八九十百千零]+条(?:之[一二三四五六七八九十]+)?)[ 　]*(.*)$")
HEAD_ENDS = "<!-- INFO END -->"
IN_FORCE = re.compile(r"自(\d{4})年(\d{1,2})月(\d{1,2})日起(?:施行|实施|执行)")
REPEALED = re.compile(r"[^。；]*(?:同时废止|即行废止|予以废止)")
NAMED = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》(?!第)")


@dataclass(frozen=True, slots=True)
class Superseded:
    """A law without force `since` a day, what to cite instead, and where that is said."""

    since: date
    use: str
    source: str


class ArticleText(NamedTuple):
    """One article: its number as 第…条, the headings above it, and its text, a line a paragraph."""

    number: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a law. `in_force_from` is the day the text names, None where it names none."""

    law: str
    kind: str
    adopted: date
    in_force_from: date | None
    repeals: tuple[str, ...]
    articles: tuple[ArticleText, ...]


class Unreadable(ValueError):
    """A file holds no statute that can be read; says what to repair."""


def law_name(name: str) -> str:
    """Write a law's name the plain way: no 中华人民共和国, no date of an edition, no marks around quoted names.

    Short names of `laws.yaml` become the full ones, so that one law has one name.
    """
    plain = EDITION.sub("", name.strip()).replace("中华人民共和国", "").replace("(", "（").replace(")", "）")
    plain = re.sub(r"[《》〈〉\s]", "", plain).replace("法院最高人民检察院", "法院、最高人民检察院")
    return short_names().get(plain, plain)


def short_names() -> dict[str, str]:
    """What people call a law, and its full plain name."""
    return {short: law for law, shorts in _laws()["short_names"].items() for short in shorts}


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
        self._editions: dict[str, dict[date, list[Path]]] = defaultdict(dict)
        for (law, adopted), files in editions_in(directory).items():
            self._editions[law][adopted] = files
        self._texts: dict[str, dict[str, str]] = {}

    @property
    def laws(self) -> tuple[str, ...]:
        """The plain names of the laws that have articles."""
        return tuple(law for law in self._editions if self.articles(law))

    def __contains__(self, law: str) -> bool:
        return law_name(law) in self._editions

    def edition(self, law: str) -> date:
        """The date of the current edition; KeyError if the law is not in the collection."""
        return max(self._editions.get(law_name(law), {}))

    def article(self, law: str, article: str) -> str | None:
        """The current text of an article, its paragraphs on lines of their own; None if there is no such article."""
        return self.articles(law).get(article)

    def articles(self, law: str) -> dict[str, str]:
        """The current articles of a law, empty if the law is not in the collection."""
        name = law_name(law)
        if name not in self._texts and name in self._editions:
            editions = self._editions[name]
            self._texts[name] = {a.number: a.text for file in editions[max(editions)] for a in parse(_text(file))}
        return self._texts.get(name, {})


def editions_in(directory: Path) -> dict[tuple[str, date], list[Path]]:
    """The files below a folder by law and edition; raises FileNotFoundError where there are none."""
    found: dict[tuple[str, date], list[Path]] = defaultdict(list)
    for file in sorted(directory.rglob("*.md")):
        law = CODE if file.parent.name == CODE else law_name(file.stem)
        found[law, _adopted(file)].append(file)
    if not found:
        raise FileNotFoundError(f"no statutes (*.md) below {directory}; name the folder that holds them")
    return dict(found)


def read_edition(law: str, adopted: date, files: Iterable[Path], root: Path) -> Edition:
    """Read one edition; of files that say the same law twice, each article counts once.

    Raises:
        Unreadable: no UTF-8, or not one article.
    """
    files, articles = list(files), dict[str, ArticleText]()
    for file in files:
        try:
            for article in parse(file.read_text("utf-8"), file.stem if law == CODE else ""):
                articles.setdefault(article.number, article)
        except UnicodeDecodeError as error:
            raise Unreadable(f"not UTF-8 at byte {error.start}; save the file as UTF-8") from None
    if not articles:
        raise Unreadable(f"no line starts with 第…条 after {HEAD_ENDS}; number the articles so")
    last = [article.text for article in articles.values()][-3:]
    stated = [date(*map(int, day)) for text in last for day in IN_FORCE.findall(text)]
    repeals = (law_name(name) for text in last for clause in REPEALED.findall(text) for name in NAMED.findall(clause))
    return Edition(
        law=law,
        kind=files[0].relative_to(root).parts[0],
        adopted=adopted,
        in_force_from=max((day for day in stated if day >= adopted), default=None),
        repeals=tuple(dict.fromkeys(name for name in repeals if name != law)),
        articles=tuple(articles.values()),
    )


def fingerprint(files: Iterable[Path]) -> str:
    """Changes when any byte of the files does."""
    return sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


@dataclass(frozen=True, slots=True)
class Standing:
    """From which day to which day an edition holds; `until` is its last day, None while it holds."""

    since: date
    until: date | None

    def holds(self, on: date) -> bool:
        """Whether the edition is the law on a day."""
        return self.since <= on and (self.until is None or on <= self.until)


def standings(editions: Iterable[tuple[str, date, date | None, Iterable[str]]]) -> dict[tuple[str, date], Standing]:
    """Work out when each edition holds, from law, adoption, the day named in the text, and the laws it repeals.

    An edition ends the day before the next one starts, or before a law that repeals it starts, or where laws.yaml says so
    of a law that was repealed or rewritten outside the collection. An edition that names no day counts from its adoption.
    """
    starts: dict[str, list[tuple[date, date]]] = defaultdict(list)
    repeals: dict[str, list[tuple[date, date]]] = defaultdict(list)
    for law, adopted, named, repealed in editions:
        starts[law].append((adopted, named or adopted))
        for name in repealed:
            repeals[name].append((adopted, named or adopted))
    found: dict[tuple[str, date], Standing] = {}
    for law, dated in starts.items():
        ordered = sorted(dated)
        for place, (adopted, start) in enumerate(ordered):
            ends = [since for _, since in ordered[place + 1 : place + 2]]
            ends += [since for by, since in repeals[law] if by >= adopted]
            ends += [day for day in (_ended(law),) if day and day > adopted]
            found[law, adopted] = Standing(start, min(ends) - timedelta(days=1) if ends else None)
    return found


def _ended(law: str) -> date | None:
    old, later = superseded(law), _laws()["later"].get(law)
    return old.since if old else later["from"] if later else None


def parse(markdown: str, part: str = "") -> Iterator[ArticleText]:
    """Give each article of one file, leaving out the head and what follows no article; `part` heads every heading."""
    number, lines, headings = "", list[str](), dict[int, str]()
    above = part
    for line in map(str.strip, markdown.partition(HEAD_ENDS)[2].splitlines()):
        if line.startswith("#"):
            if number:
                yield ArticleText(number, above, "\n".join(lines))
            number, level = "", len(line) - len(line.lstrip("#"))
            headings = {depth: words for depth, words in headings.items() if depth < level}
            headings[level] = re.sub(r"\s+", "", line.lstrip("#"))
        elif found := ARTICLE.match(line):
            if number:
                yield ArticleText(number, above, "\n".join(lines))
            number, lines = found[1], [found[2]]
            above = " ".join(filter(None, (part, *headings.values())))
        elif line:
            lines.append(line)
    if number:
        yield ArticleText(number, above, "\n".join(lines))


def _adopted(file: Path) -> date:
    """The date in the file name, else the last one in the head of the file, else the beginning of time."""
    if found := EDITION.search(file.stem):
        return date(*map(int, found.groups()))
    if file.parent.name == CODE:
        return CODE_ADOPTED
    days = DAY.findall(_text(file).partition(HEAD_ENDS)[0])
    return max((date(int(y), int(m), int(d)) for y, m, d in days), default=date.min)


def _text(file: Path) -> str:
    """What can be read of a file; `read_edition` is the one to complain."""
    return file.read_text("utf-8", errors="replace")
