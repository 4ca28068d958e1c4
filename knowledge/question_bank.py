"""Reads a hotline's questions with their right articles, one JSON object a line."""

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from knowledge.citations import LawNames
from knowledge.statute_search import Asked

LONGEST = 500  # characters of a question


@dataclass(frozen=True, slots=True)
class BankedQuestion:
    """A question and what answers it: articles as (law, 第…条), or the id of a reviewed answer."""

    question: str
    articles: tuple[tuple[str, str], ...]
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was not taken, why, and how to put it right (Chinese, for operators)."""

    number: int
    message: str


class _Wrong(ValueError):
    """What is wrong with one line, in words for the operator."""


def read_questions(
    lines: Iterable[str], names: LawNames, has: Callable[[str, str], bool], answers: Collection[str]
) -> tuple[list[BankedQuestion], list[BadLine]]:
    """Read what can be read, and say of every other line why not.

    Args:
        names: the laws that are stored, by their usual names.
        has: whether a law, by its full name, has an article.
        answers: the ids of the reviewed answers.
    """
    good, bad = list[BankedQuestion](), list[BadLine]()
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                question, unknown = _read(line, names, has, answers)
            except _Wrong as error:
                bad.append(BadLine(number, str(error)))
                continue
            good.append(question)
            bad += [BadLine(number, f"{message}（其余条文已导入）") for message in unknown]
    return good, bad


def _read(
    line: str, names: LawNames, has: Callable[[str, str], bool], answers: Collection[str]
) -> tuple[BankedQuestion, list[str]]:
    """The question of a line with the articles that exist, and what is wrong with its other articles."""
    try:
        row = json.loads(line.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        raise _Wrong(f"不是一个完整的 JSON 对象（第 {error.colno} 个字符处）；一行写一个 {{…}}") from None
    if not isinstance(row, dict):
        raise _Wrong('要写成 {"question": "…", "articles": [{"law": "…", "article": "第…条"}]}')
    question = row.get("question")
    if not isinstance(question, str) or not question.strip():
        raise _Wrong("缺少 question；写上市民的问题")
    if len(question.strip()) > LONGEST:
        raise _Wrong(f"question 有 {len(question.strip())} 个字；缩短到 {LONGEST} 个字以内")
    answer, cited = row.get("answer"), row.get("articles")
    if answer is not None and answer not in answers:
        raise _Wrong(f"没有编号为 {answer} 的审定答复；用 yuanxian answers check 查看编号")
    if answer is None and (not isinstance(cited, list) or not cited):
        raise _Wrong("缺少 articles；至少写一条 {law, article}，或者写 answer（审定答复的编号）")
    known, unknown = list[tuple[str, str]](), list[str]()
    for article in cited or ():
        try:
            known.append(_article(article, names, has))
        except _Wrong as error:
            unknown.append(str(error))
    if unknown and not known and answer is None:
        raise _Wrong("；".join(unknown))
    return BankedQuestion(question.strip(), tuple(dict.fromkeys(known)), answer), unknown


def _article(cited: Any, names: LawNames, has: Callable[[str, str], bool]) -> tuple[str, str]:
    if not isinstance(cited, dict) or not all(isinstance(cited.get(key), str) for key in ("law", "article")):
        raise _Wrong('articles 里的每一项都要写成 {"law": "法名", "article": "第…条"}')
    law = names.law(cited["law"])
    if law is None:
        raise _Wrong(f"没有《{cited['law']}》这部法；核对法名，或者先用 yuanxian statutes import 导入")
    named = names.citations(law + cited["article"])
    if len(named) != 1:
        raise _Wrong(f"《{law}》的条号“{cited['article']}”看不懂；写成 第八十五条 或者 85条")
    if not has(law, named[0].article):
        raise _Wrong(f"《{law}》没有{named[0].article}；核对条号")
    return law, named[0].article


def asked(questions: Iterable[BankedQuestion], cited_by: Callable[[str], tuple[tuple[str, str], ...]]) -> list[Asked]:
    """What the search learns from: an answer's articles stand for the answer."""
    return [
        Asked(q.question, tuple(dict.fromkeys((*q.articles, *(cited_by(q.answer) if q.answer else ())))))
        for q in questions
    ]
