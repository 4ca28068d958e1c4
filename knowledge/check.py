"""Holds the answers against the statutes: does each cited article exist, does each period stand in it?"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from knowledge.answers import Answer, Deadline, Problem
from knowledge.statutes import Statutes, unverifiable

DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
NUMBER = r"(?:[0-9]+|[零〇一二两三四五六七八九十百千万]+)"
PERIOD = re.compile(rf"({NUMBER})(?:[至到~～—-]({NUMBER}))?(?:个)?(年|月|工作日|日|天|周|星期|小时|分钟)")
SAME_UNIT = {"天": "日", "星期": "周"}


def check_answers(answers: Iterable[Answer], statutes_dir: Path) -> list[Problem]:
    """List what the statutes do not bear out, in the order of the answers.

    A law that is younger than the collection or missing from it for a known reason gives a problem of the kind
    `unverifiable`, to be shown but not to fail on; everything else is an error.
    """
    statutes = Statutes(statutes_dir)
    return [problem for answer in answers for problem in _check(answer, statutes)]


def _check(answer: Answer, statutes: Statutes) -> Iterator[Problem]:
    file = f"{answer.topic}.yaml"
    for cited in answer.cited:
        name = cited.law + cited.article
        if reason := unverifiable(cited.law):
            yield Problem(file, answer.id, f"{name}: cannot be compared with a text ({reason})", "unverifiable")
        elif cited.law not in statutes:
            yield Problem(file, answer.id, f"{name}: no such law in the statutes; write its full name or see laws.yaml")
        elif statutes.article(cited.law, cited.article) is None:
            edition = statutes.edition(cited.law)
            yield Problem(file, answer.id, f"{name}: the edition of {edition} has no such article; correct the number")
    for deadline in answer.deadlines:
        text = None if unverifiable(deadline.law) else statutes.article(deadline.law, deadline.article)
        if text and (lacking := missing_periods(deadline, text)):
            where = deadline.law + deadline.article
            yield Problem(file, answer.id, f"{deadline.name}: {lacking} does not stand in {where}; cite where it does")


def missing_periods(deadline: Deadline, text: str) -> str:
    """Give what of a deadline's period its article does not say, "" when all of it stands there.

    Numerals may be Chinese or Arabic; a period without a number must stand there word for word.
    """
    stated, wanted = dict(periods(text)), dict(periods(deadline.period))
    if not wanted:
        return "" if deadline.period in text else deadline.period
    return "、".join(words for period, words in wanted.items() if period not in stated)


def periods(text: str) -> Iterator[tuple[tuple[int, str], str]]:
    """Find periods as ((number, unit), words); both ends of “三日至七日” and “三至七日”, half a year as six months."""
    for found in PERIOD.finditer(text.replace(" ", "").replace("半年", "六个月")):
        for number in filter(None, found.groups()[:2]):
            yield (_number(number), SAME_UNIT.get(found[3], found[3])), found[0]


def _number(words: str) -> int:
    if words.isdecimal():
        return int(words)
    total = digit = 0
    for character in words:
        if character in DIGITS:
            digit = DIGITS[character]
        else:
            total, digit = total + (digit or 1) * UNITS[character], 0
    return total + digit
