"""For whoever keeps the parameters: which lines have run out, and what a change would do to past assessments."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from eligibility.cases import summary
from eligibility.errors import EligibilityError, UnknownFact
from eligibility.explanation import AID, DIRECTION, LABEL, reason_basis
from eligibility.facts import Facts
from eligibility.interview import assess
from eligibility.law import Law


def overdue(law: Law, on: date) -> Iterator[str]:
    """Name every amount that was due to change before a day and has no newer line, with the remedy."""
    for measure, areas in law.measures.items():
        for area in areas.values():
            newest = area.amounts[-1]
            if newest.expired(on) and newest.period.covers(on):
                yield (
                    f"{measure}.yaml: {newest.period.key}: expected to change after {newest.expected_until}; "
                    f"add a dated line with the new amount and its source, or a later expected_until"
                )


@dataclass(frozen=True)
class PastAssessment:
    """An assessment as it was kept: facts without identity, the day, and what came out (as `cases.summary` gives it)."""

    facts: Mapping[str, Any]
    on: date
    result: Mapping[str, Any]

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> "PastAssessment":
        """Read one from JSON: {"facts": {…}, "on": "2025-07-01", "result": {…}}.

        Raises:
            UnknownFact: something else was written.
        """
        try:
            return cls(dict(data["facts"]), date.fromisoformat(data["on"]), dict(data["result"]))
        except (KeyError, TypeError, ValueError) as error:
            raise UnknownFact(f"not a past assessment ({error!r}); write facts, on and result") from error


@dataclass(frozen=True)
class Difference:
    """A past assessment that would come out otherwise under other parameters; `times` it was made just so."""

    past: PastAssessment
    now: Mapping[str, Any]
    times: int


@dataclass(frozen=True)
class Replay:
    """How many past assessments were made again, and which of them come out otherwise."""

    count: int
    differences: tuple[Difference, ...]


def replay(past: Iterable[PastAssessment], law: Law) -> Replay:
    """Assess past cases again under another set of parameters and give every difference, for a lawyer to read."""
    times: Counter[str] = Counter()
    first: dict[str, PastAssessment] = {}
    for one in past:
        alike = repr((sorted(one.facts.items()), one.on, sorted(one.result.items())))
        times[alike] += 1
        first.setdefault(alike, one)
    again = ((one, _again(one, law), times[alike]) for alike, one in first.items())
    changed = tuple(Difference(one, now, n) for one, now, n in again if now != dict(one.result))
    return Replay(times.total(), changed)


def _again(past: PastAssessment, law: Law) -> Mapping[str, Any]:
    """Assess once more; what can no longer be assessed, as when a matter was struck out, is a difference too."""
    try:
        return summary(assess(Facts.from_mapping(past.facts), on=past.on, law=law))
    except EligibilityError as error:
        return {"outcome": "review", "error": f"{error.code}: {error}"}


def in_words(difference: Difference, law: Law) -> Iterator[str]:
    """Say a difference in Chinese: the case, what came out, what comes out now, and why."""
    past = difference.past
    place = law.name_of(str(past.facts.get("region") or "")) or "地点没有说"
    matter = law.matters.get(str(past.facts.get("matter")))
    yield f"{past.on} {place} {matter.name if matter else '事项没有说'}（一样的 {difference.times} 件）"
    rest = {name: value for name, value in past.facts.items() if name not in ("region", "matter", "unknown")}
    told = [f"{law.fact_names.get(name, name)}：{_answer(value)}" for name, value in rest.items()]
    told += [f"{law.fact_names.get(name, name)}：不清楚" for name in past.facts.get("unknown", ())]
    yield f"  事实：{'；'.join(told) or '没有别的'}"
    yield f"  原来：{_result_in_words(past.result)}"
    yield f"  现在：{_result_in_words(difference.now)}"
    for code in sorted(set(difference.now.get("reasons", ())) - set(past.result.get("reasons", ()))):
        yield f"  新的依据 {code}：{reason_basis(law, code)}"


def _answer(value: Any) -> str:
    return ("是" if value else "否") if isinstance(value, bool) else str(value)


def _result_in_words(result: Mapping[str, Any]) -> str:
    label = _in_chinese(LABEL, result.get("outcome"))
    codes = "、".join([*result.get("reasons", ()), *result.get("flags", ())])
    more = [f"方式：{_in_chinese(AID, result['aid'])}"] if result.get("aid") else []
    more += [f"参考：{_in_chinese(DIRECTION, result['indicative'])}"] if result.get("indicative") else []
    more += [str(result["error"])] if result.get("error") else []
    return "；".join([f"{label}（{codes}）", *more])


def _in_chinese(words: Mapping[Any, str], code: Any) -> str:
    """Give the words for a code, or the code itself, as what was kept long ago may have one we no longer know."""
    return words.get(code, str(code))
