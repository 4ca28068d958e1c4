"""The reviewed answers: what one looks like, and how a set of files becomes a set that can be trusted."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from knowledge.statutes import superseded

FOLDER = Path(__file__).parent / "answers"
STORIES = "stories"  # folder beside the answers: what people tell when they want one of them, id by id
TOPICS = frozenset(
    {
        *("wages", "labour_contract", "labour_arbitration", "work_injury"),
        *("divorce", "child_support", "support_of_elderly", "domestic_violence", "marriage_property", "inheritance"),
        *("loans", "housing", "consumer", "traffic", "medical", "personal_injury", "environment"),
        *("land", "administrative", "criminal", "court", "legal_aid", "minors"),
        *("business", "finance", "civil_affairs"),
    }
)
# Numbers read in an official text or in a named secondary source; uncertain ones never reach a caller.
SISTER_HOTLINES = frozenset(
    {
        *("110", "119", "120", "122", "12309", "12315", "12333", "12338"),
        *("12345", "12348", "12351", "12355", "12356", "12368", "96110"),
    }
)
TRAFFIC_APP = "12123"  # the traffic police's application 交管12123, no telephone number
HOTLINE = re.compile(r"(?<![0-9])(?:12[0-9]{3}|96[0-9]{3}|95[0-9]{3})(?![0-9元])")
MAX_CONCLUSION, MIN_VARIANTS = 80, 6
ARTICLE_NUMBER = re.compile(r"第[一二三四五六七八九十百千零]+条(之[一二三四五六七八九十]+)?")


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a law, named as citizens read it: `law` without 中华人民共和国, `article` as 第…条."""

    law: str
    article: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A period set by law: how long, from when, and what makes it otherwise."""

    name: str
    period: str
    starts: str
    exceptions: str | None
    law: str
    article: str

    @property
    def source(self) -> Article:
        """The article the period stands in."""
        return Article(self.law, self.article)


@dataclass(frozen=True, slots=True)
class Answer:
    """One reviewed answer to one question, right from `valid_from` to `valid_to` (last day; None while it holds)."""

    id: str
    topic: str
    question: str
    variants: tuple[str, ...]
    conclusion: str
    explanation: str
    steps: tuple[str, ...]
    deadlines: tuple[Deadline, ...]
    evidence: tuple[str, ...]
    articles: tuple[Article, ...]
    matter: str | None
    sister_hotline: str | None
    reviewed_on: date
    valid_from: date
    valid_to: date | None
    stories: tuple[str, ...] = ()
    """The same question as people put it who tell what happened; searched, never shown."""

    @property
    def cited(self) -> tuple[Article, ...]:
        """Every article the answer rests on, those of its deadlines included, each once."""
        return tuple(dict.fromkeys((*self.articles, *(deadline.source for deadline in self.deadlines))))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one entry of one file, and how to put it right. `unverifiable` ones are no errors."""

    file: str
    entry: str
    message: str
    kind: str = "error"

    def __str__(self) -> str:
        return f"{self.file}: {self.entry}: {self.message}"


class InvalidAnswers(ValueError):
    """Some entries cannot be served; the set that was in service before should stay."""

    code = "invalid_answers"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def load_answers(directory: Path | None = None) -> tuple[Answer, ...]:
    """Give every answer of a folder, by file and in the order written.

    Raises:
        InvalidAnswers: anything at all is wrong; carries every problem found, not only the first.
    """
    answers, problems = read_answers(directory)
    if problems:
        raise InvalidAnswers(problems)
    return answers


def read_answers(directory: Path | None = None) -> tuple[tuple[Answer, ...], tuple[Problem, ...]]:
    """Give the sound answers of a folder and the problems of the others, for those who repair them."""
    answers: dict[str, Answer] = {}
    problems: list[Problem] = []
    folder = directory or FOLDER
    files = sorted(folder.glob("*.yaml"))
    if not files:
        problems.append(Problem(folder.name, "-", "no answer files here; expected <topic>.yaml"))
    for file in files:
        for place, entry in enumerate(_entries(file, problems), start=1):
            if _is_draft(entry):
                continue
            name = str(entry.get("id") or f"entry {place}") if isinstance(entry, Mapping) else f"entry {place}"
            found = list(_faults(entry, file.stem.split(".")[0]))  # criminal.yaml, criminal.offences.yaml
            if not found and name in answers:
                found = [
                    f"id is already used by a question of {answers[name].topic}.yaml; ids are unique over all files"
                ]
            problems += [Problem(file.name, name, fault) for fault in found]
            if not found:
                answers[name] = _answer(entry)
    for file in sorted((folder.parent / STORIES).glob("*.yaml")):
        for name, stories in _stories(file, answers.keys(), problems).items():
            answers[name] = replace(answers[name], stories=stories)
    return tuple(answers.values()), tuple(problems)


def read_drafts(directory: Path | None = None) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """The ids of the drafts in a folder, which are never served, and what keeps them from being read as such."""
    drafts, problems = list[str](), list[Problem]()
    for file in sorted((directory or FOLDER).glob("*.yaml")):
        for entry in filter(_is_draft, _entries(file, [])):
            drafts.append(str(entry.get("id")))
            wrong = [
                key for key in ("id", "topic", "question") if not isinstance(entry.get(key), str) or not entry[key]
            ]
            wrong += [] if entry.get("topic") in TOPICS else ["topic"]
            problems += [
                Problem(file.name, drafts[-1], f"a draft needs {key}; see the other entries")
                for key in dict.fromkeys(wrong)
            ]
    return tuple(drafts), tuple(problems)


def _is_draft(entry: Any) -> bool:
    return isinstance(entry, Mapping) and entry.get("draft") is True


def in_force(answers: Iterable[Answer], on: date) -> tuple[Answer, ...]:
    """Keep the answers that are right on a day in Asia/Shanghai, first and last day included."""
    return tuple(a for a in answers if a.valid_from <= on and (a.valid_to is None or on <= a.valid_to))


def _entries(file: Path, problems: list[Problem]) -> list[Any]:
    try:
        entries = yaml.load(file.read_text("utf-8"), _EachKeyOnce)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append(Problem(file.name, "-", f"cannot be read as UTF-8 YAML: {' '.join(str(error).split())}"))
        return []
    if isinstance(entries, list) and entries:
        return entries
    problems.append(Problem(file.name, "-", "must be a list of answers, each starting with “- id:”"))
    return []


def _stories(file: Path, answers: Collection[str], problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    """The stories of a file that belong to an answer; the problems of the others are added to the list."""
    where, sound = f"{STORIES}/{file.name}", dict[str, tuple[str, ...]]()
    try:
        told = yaml.load(file.read_text("utf-8"), _EachKeyOnce)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problems.append(Problem(where, "-", f"cannot be read as UTF-8 YAML: {' '.join(str(error).split())}"))
        return sound
    if not isinstance(told, dict):
        problems.append(Problem(where, "-", "must map the id of an answer to a list of stories"))
        return sound
    for name, stories in told.items():
        if name not in answers:
            problems.append(Problem(where, str(name), "no sound answer has this id; correct it or delete the stories"))
        elif not isinstance(stories, list) or not all(isinstance(text, str) and text.strip() for text in stories):
            problems.append(Problem(where, name, "must be a list of texts; quote lines with a colon or only digits"))
        else:
            sound[name] = tuple(stories)
    return sound


class _EachKeyOnce(yaml.CSafeLoader):
    """YAML keeps the last of two equal keys without a word; an editor's lost paragraph should be heard of."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for place, key in enumerate(keys):
            if key in keys[:place]:
                raise yaml.constructor.ConstructorError(None, None, f"{key} is written twice", node.start_mark)
        return super().construct_mapping(node, deep)


def _answer(entry: Mapping[str, Any]) -> Answer:
    """Build an answer from an entry without faults."""
    built: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    built["deadlines"] = tuple(Deadline(**deadline) for deadline in entry["deadlines"])
    built["articles"] = tuple(Article(**article) for article in entry["articles"])
    return Answer(**built)


_LISTS = ("variants", "steps", "deadlines", "evidence", "articles")
_SHAPE: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("id", "topic", "question", "conclusion", "explanation"), (str,)),
    **dict.fromkeys(_LISTS, (list,)),
    **dict.fromkeys(("matter", "sister_hotline"), (str, type(None))),
    **dict.fromkeys(("reviewed_on", "valid_from"), (date,)),
    "valid_to": (date, type(None)),
}
_ARTICLE_SHAPE: dict[str, tuple[type, ...]] = {"law": (str,), "article": (str,)}
_DEADLINE_SHAPE: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("name", "period", "starts"), (str,)),
    "exceptions": (str, type(None)),
    **_ARTICLE_SHAPE,
}


def _faults(entry: Any, topic: str) -> Iterable[str]:
    """Say everything that keeps an entry from being served; the shape first, as the rest needs it."""
    shape = list(_misshapen(entry, _SHAPE, ""))
    if not shape:
        for key, form in (("deadlines", _DEADLINE_SHAPE), ("articles", _ARTICLE_SHAPE)):
            for place, part in enumerate(entry[key], start=1):
                shape += _misshapen(part, form, f"{key} {place}: ")
        for key in ("variants", "steps", "evidence"):
            if not all(isinstance(text, str) and text.strip() for text in entry[key]):
                shape.append(f"{key}: every line must be text; quote lines with a colon or only digits")
    return shape or _unsound(entry, topic)


def _misshapen(entry: Any, shape: Mapping[str, tuple[type, ...]], where: str) -> Iterable[str]:
    if not isinstance(entry, Mapping):
        yield f"{where}must be a mapping with {', '.join(shape)}"
        return
    for key in entry.keys() - shape.keys():
        yield f"{where}unknown key {key}; the keys are {', '.join(shape)}"
    for key, kinds in shape.items():
        if key not in entry:
            yield f"{where}{key} is missing; add it{' (null if there is none)' if type(None) in kinds else ''}"
        elif type(entry[key]) not in kinds or entry[key] == "":
            wanted = " or ".join("null" if kind is type(None) else _KIND[kind] for kind in kinds)
            yield f"{where}{key} must be {wanted}, not {entry[key]!r}"


_KIND = {str: "text (quote it)", list: "a list", date: "a date such as 2026-11-22"}


def _unsound(entry: Mapping[str, Any], topic: str) -> Iterable[str]:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", entry["id"]):
        yield "id must be lower-case ascii such as wages_unpaid"
    if entry["topic"] not in TOPICS:
        yield f"unknown topic {entry['topic']}; one of {', '.join(sorted(TOPICS))}"
    elif entry["topic"] != topic:
        yield f"topic {entry['topic']} belongs in {entry['topic']}.yaml or {entry['topic']}.<part>.yaml"
    if (length := len(entry["conclusion"])) > MAX_CONCLUSION:
        yield f"conclusion has {length} characters; cut it to {MAX_CONCLUSION} and move the rest to explanation"
    if (count := len(set(entry["variants"]) - {entry["question"]})) < MIN_VARIANTS:
        yield f"only {count} different variants; write at least {MIN_VARIANTS} ways people ask this"
    if not 2 <= len(entry["steps"]) <= 5:
        yield f"{len(entry['steps'])} steps; give 2 to 5"
    if not entry["articles"]:
        yield "articles is empty; cite what the conclusion rests on"
    if entry["sister_hotline"] not in {None, *SISTER_HOTLINES}:
        yield f"sister_hotline {entry['sister_hotline']} is not a verified number; use one of them or null"
    for told in _texts(entry):
        for number in HOTLINE.findall(told):
            if number not in SISTER_HOTLINES | {TRAFFIC_APP}:
                yield f"{number} is not a verified number; name the office instead: {told}"
    if entry["valid_to"] and entry["valid_to"] < entry["valid_from"]:
        yield f"valid_to {entry['valid_to']} is before valid_from {entry['valid_from']}"
    for cited in (*entry["articles"], *entry["deadlines"]):
        yield from _miscited(cited["law"], cited["article"], entry["valid_to"])


def _texts(entry: Mapping[str, Any]) -> Iterable[str]:
    """What a citizen reads of an entry, without the articles."""
    return (entry["question"], entry["conclusion"], entry["explanation"], *entry["steps"], *entry["evidence"])


def _miscited(law: str, article: str, valid_to: date | None) -> Iterable[str]:
    if not ARTICLE_NUMBER.fullmatch(article):
        yield f"{law}{article}: write the article in Chinese numerals as 第…条, without 款 or 项"
    old = superseded(law)
    if old and (valid_to is None or valid_to >= old.since):
        yield f"{law} is not in force since {old.since} ({old.source}); cite {old.use}"
