"""Say an assessment in Chinese, from its own trace: for the citizen, for the operator, and what would change it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from eligibility.assessment import Assessment, Outcome
from eligibility.case import Case
from eligibility.facts import CHOICES
from eligibility.interview import FEN, TRIED, reachable

LABEL = {
    Outcome.LIKELY: "初步看，可能符合法律援助条件",
    Outcome.UNLIKELY: "初步看，可能不符合法律援助条件",
    Outcome.MORE_FACTS: "还需要再了解一点情况",
    Outcome.REVIEW: "要由工作人员帮您核定",
}
CLOSING = {
    Outcome.LIKELY: "给不给援助，以法律援助机构的决定为准。想找人工，请说「转人工」。",
    Outcome.UNLIKELY: "您仍然可以免费咨询，也可以提交申请，以法律援助机构的决定为准。想让人工再看一看，请说「转人工」。",
    Outcome.MORE_FACTS: "不方便说的可以不说；想找人工，请说「转人工」。",
    Outcome.REVIEW: "想现在就找人工，请说「转人工」；最后以法律援助机构的决定为准。",
}
SCOPE = "以上按中国公民个人的情况来看；如果是单位或者外国人，请告诉我。"
DIRECTION = {Outcome.LIKELY: "按旧标准看，大致符合", Outcome.UNLIKELY: "按旧标准看，大致不符合"}


@dataclass(frozen=True)
class Explanation:
    """An assessment in words: `label` and `reasons` for a card, whole texts for the citizen and the operator."""

    label: str
    reasons: tuple[str, ...]
    citizen: str
    operator: tuple[str, ...]
    changes: tuple[str, ...]  # 什么会改变结果


def explain(assessment: Assessment) -> Explanation:
    """Put an assessment into words; every sentence follows from a code, a row or a trial of the same rules."""
    reasons = tuple(reason_sentence(assessment, code) for code in assessment.reasons)
    return Explanation(
        label=LABEL[assessment.outcome],
        reasons=reasons,
        citizen="".join(_citizen(assessment, reasons)),
        operator=tuple(_operator(assessment)),
        changes=tuple(_changes(assessment)),
    )


def reason_sentence(assessment: Assessment, code: str) -> str:
    """Say one reason to a citizen: its own sentence, or the name of the standard or matter it stands for."""
    law = assessment.law
    if line := law.reasons.get(code):
        return line.citizen
    for prefix, line in law.reasons.items():
        if code.startswith(f"{prefix}_"):
            fact = code.removeprefix(f"{prefix}_")
            return line.citizen.replace("{value}", law.fact_names.get(fact, fact))
    comparison = assessment.comparison
    if comparison and comparison.standard == code:
        limits = "、".join(f"{yuan:,f} 元" for yuan in comparison.ceilings)
        return f"当地的经济困难标准算下来是 {limits}，比的是{law.fact_names[comparison.fact]}。"
    if code in law.matters:
        return f"「{law.matters[code].name}」在法律援助的事项范围里。"
    return "当地的经济困难标准要由工作人员核定。"


def reason_basis(assessment: Assessment, code: str) -> str:
    """Give the article or document behind a reason code, for operators."""
    law = assessment.law
    named = {prefix: line.basis for prefix, line in law.reasons.items()}
    named |= {standard.id: standard.period.source for standard in law.standards}
    named = {code: matter.basis for code, matter in law.matters.items()} | named
    return named.get(code) or next((text for prefix, text in named.items() if code.startswith(f"{prefix}_")), code)


def _citizen(assessment: Assessment, reasons: tuple[str, ...]) -> Iterator[str]:
    yield f"{LABEL[assessment.outcome]}。"
    yield from reasons
    for flag in assessment.flags:
        yield assessment.law.flags[flag].citizen or ""
    if assessment.outcome is not Outcome.MORE_FACTS and assessment.facts.organisation is None:
        yield SCOPE if assessment.facts.foreign_national is None else ""
    yield CLOSING[assessment.outcome]


def _operator(assessment: Assessment) -> Iterator[str]:
    yield f"结果 {assessment.outcome.value}（申请日 {assessment.on}）"
    for code in assessment.reasons:
        yield f"理由 {code}：{reason_basis(assessment, code)}"
    for row in assessment.rows:
        yield f"参数 {row.file} {row.key} = {row.value}（{row.valid_from} 起；{row.source}）"
    if comparison := assessment.comparison:
        income = getattr(assessment.facts, comparison.fact)
        sign = "<" if comparison.strict else "对比（含不含本数未写明）"
        limits = " / ".join(f"{yuan:f}" for yuan in comparison.ceilings)
        yield f"比较 {comparison.fact} {income} {sign} {limits}"
    for flag in assessment.flags:
        yield f"标记 {flag}：{assessment.law.flags[flag].operator}"
    if assessment.aid:
        yield f"方式 {assessment.aid}"
    if assessment.indicative:
        yield f"参考（不得说成结论）：{DIRECTION[assessment.indicative]}"
    for fact in assessment.missing:
        yield f"还缺 {fact}：{assessment.law.fact_names[fact]}"
    if agency := assessment.agency:
        yield f"受理 {agency.rule}：{agency.why}"


def _changes(assessment: Assessment) -> Iterator[str]:
    """Try the answers that were not given, one at a time, under the same rules."""
    if assessment.outcome is Outcome.MORE_FACTS:
        return
    yield from _income_changes(assessment)
    phrases = assessment.law.fact_changes
    for fact, answer in assessment.facts.answered().items():
        if fact in ("organisation", "foreign_national"):  # SCOPE says so already
            continue
        for other in _other_answers(fact, answer):
            if fact in phrases and (outcome := _try(assessment, fact, other)):
                yield f"{phrases[fact]}，{_becomes(outcome)}"
                break


def _income_changes(assessment: Assessment) -> Iterator[str]:
    comparison = assessment.comparison
    if comparison is None:
        return
    name = assessment.law.fact_names[comparison.fact]
    low, high = min(comparison.ceilings), max(comparison.ceilings)
    income: Decimal = getattr(assessment.facts, comparison.fact)
    if income >= low and (outcome := _try(assessment, comparison.fact, low - FEN)):
        yield f"如果{name}低于 {low:,f} 元，{_becomes(outcome)}"
    if income <= high and (outcome := _try(assessment, comparison.fact, high + FEN)):
        yield f"如果{name}高于 {high:,f} 元，{_becomes(outcome)}"


def _other_answers(fact: str, answer: Any) -> tuple[Any, ...]:
    if fact in ("region", "matter", "age") or (fact in CHOICES and fact not in TRIED):
        return ()
    if isinstance(answer, bool):
        return () if answer else (True,)  # 「如果您有……」 is worth saying, 「如果您没有……」 is not
    return tuple(a for a in TRIED.get(fact, ()) if a != answer and a != "none")


def _try(assessment: Assessment, fact: str, answer: Any) -> Outcome | None:
    """Give the best outcome another answer can lead to, if it is a different one."""
    facts = assessment.facts.with_answer(fact, answer)
    outcomes = reachable(Case(facts, assessment.on, assessment.law))
    best = next(o for o in (Outcome.LIKELY, Outcome.REVIEW, Outcome.UNLIKELY) if o in outcomes)
    return best if best is not assessment.outcome else None


def _becomes(outcome: Outcome) -> str:
    return {
        Outcome.LIKELY: "初步看就可能符合。",
        Outcome.UNLIKELY: "初步看就可能不符合。",
        Outcome.REVIEW: "就要由工作人员核定。",
    }[outcome]
