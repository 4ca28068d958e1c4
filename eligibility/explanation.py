"""Say an assessment in Chinese, from its own trace: for the citizen, for the operator, and what would change it."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from eligibility.assessment import Aid, Assessment, Comparison, Outcome
from eligibility.case import Case
from eligibility.interview import TRIED, reachable
from eligibility.law import Law

FEN = Decimal("0.01")
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
ORGANISATION = "单位可以免费咨询，也可以问当地公共法律服务中心有没有公益法律服务。最后以法律援助机构的决定为准；想找人工，请说「转人工」。"
SCOPE = "以上按中国公民个人的情况来看；如果是单位或者外国人，请告诉我。"
AID: dict[Aid, str] = {
    "urgent": "紧急的可以先提供、后补手续（第四十四条）",
    "notice": "由办案机关通知指派，不用申请",
    "consult_only": "只提供咨询",
}
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
    law, comparison = assessment.law, assessment.comparison
    if comparison and comparison.standard == code:
        return _compared(assessment, comparison)
    if line := law.reasons.get(code):
        return line.citizen
    for prefix, line in law.reasons.items():
        if code.startswith(f"{prefix}_"):
            fact = code.removeprefix(f"{prefix}_")
            return line.citizen.replace("{value}", law.fact_names.get(fact, fact))
    if code in law.matters:
        listed = "draft_matter" not in assessment.reasons
        return (
            f"「{law.matters[code].name}」在法律援助的事项范围里。"
            if listed
            else f"您问的是「{law.matters[code].name}」。"
        )
    return "当地的经济困难标准现在算不出来。"


def _compared(assessment: Assessment, comparison: Comparison) -> str:
    """Say the standard, and on which side of it the income stands."""
    limits = "或者 ".join(f"{yuan:,f} 元" for yuan in comparison.ceilings)
    income: Decimal = getattr(assessment.facts, comparison.fact)
    if income in comparison.ceilings:
        side = "正好等于它，规定要低于它才算" if comparison.strict else "正好等于它"
    elif income < min(comparison.ceilings):
        side = "比它低"
    else:
        side = "比它高" if income > max(comparison.ceilings) else "在两个数中间"
    return f"当地的经济困难标准算下来是 {limits}，您说的{assessment.law.fact_names[comparison.fact]}{side}。"


def reason_basis(law: Law, code: str) -> str:
    """Give the article or document behind a reason code, for operators."""
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
    yield ORGANISATION if assessment.facts.organisation else CLOSING[assessment.outcome]


def _operator(assessment: Assessment) -> Iterator[str]:
    names = assessment.law.fact_names
    yield f"结果 {assessment.outcome.value}：{LABEL[assessment.outcome]}（按 {assessment.on} 的规定）"
    for code in assessment.reasons:
        yield f"理由 {code}：{reason_basis(assessment.law, code)}"
    for row in assessment.rows:
        yield f"参数 {row.file} {row.key} = {row.value}（{row.valid_from} 起；{row.source}）"
    if comparison := assessment.comparison:
        limits = " / ".join(f"{yuan:f}" for yuan in comparison.ceilings)
        equal = "低于才算" if comparison.strict else "文件没有写明或者写明含本数，见标准"
        yield f"比较 {names[comparison.fact]} {getattr(assessment.facts, comparison.fact)}，标准 {limits}（{equal}）"
    for flag in assessment.flags:
        yield f"标记 {flag}：{assessment.law.flags[flag].operator}"
    if assessment.aid:
        yield f"方式 {assessment.aid}：{AID[assessment.aid]}"
    if assessment.indicative:
        yield f"参考（不得说成结论）：{DIRECTION[assessment.indicative]}"
    for fact in assessment.missing:
        yield f"还缺 {fact}：{names[fact]}"
    if agency := assessment.agency:
        yield f"受理 {agency.rule}：{agency.why}"
    for limit in assessment.time_limits:
        yield f"期限 {limit}"
    for change in _changes(assessment):
        yield f"变化 {change}"


def _changes(assessment: Assessment) -> Iterator[str]:
    """Try the answers that were not given, one at a time, under the same rules."""
    if assessment.outcome is Outcome.MORE_FACTS:
        return
    yield from _income_changes(assessment)
    phrases = assessment.law.fact_changes
    for fact, answer in assessment.facts.answered().items():
        if fact not in phrases or fact in ("organisation", "foreign_national"):  # SCOPE speaks of the last two
            continue
        effects = (
            _effect(assessment, {fact: other, **TOGETHER.get(fact, {})}) for other in _other_answers(fact, answer)
        )
        if effect := next(filter(None, effects), None):
            yield f"{phrases[fact]}，{effect}"


# What the phrase of a fact says besides the fact itself (parameters/facts.yaml).
TOGETHER: dict[str, dict[str, Any]] = {
    "no_fixed_income": {"disabled": True},
    "disabled": {"no_fixed_income": True},
    "assistance_recipient": {"assistance_kind": "subsistence_allowance"},
}


def _income_changes(assessment: Assessment) -> Iterator[str]:
    """Say where the result turns, at the ceiling itself or one 分 beyond it."""
    comparison = assessment.comparison
    if comparison is None:
        return
    name, fact = assessment.law.fact_names[comparison.fact], comparison.fact
    low, high = min(comparison.ceilings), max(comparison.ceilings)
    income: Decimal = getattr(assessment.facts, fact)
    if income >= low and (effect := _effect(assessment, {fact: low - FEN})):
        also = "不高于" if _effect(assessment, {fact: low}) == effect else "低于"
        yield f"如果{name}{also} {low:,f} 元，{effect}"
    if income <= high and (effect := _effect(assessment, {fact: high + FEN})):
        also = "达到或者高于" if _effect(assessment, {fact: high}) == effect else "高于"
        yield f"如果{name}{also} {high:,f} 元，{effect}"


def _other_answers(fact: str, answer: Any) -> tuple[Any, ...]:
    if isinstance(answer, bool):
        return () if answer else (True,)  # 「如果您有……」 is worth saying, 「如果您没有……」 is not
    return tuple(a for a in TRIED.get(fact, ()) if a != answer and a != "none")


def _effect(assessment: Assessment, answers: dict[str, Any]) -> str | None:
    """Say what other answers would lead to, None when to the same."""
    facts = assessment.facts
    for fact, answer in answers.items():
        facts = facts.with_answer(fact, answer)
    outcomes = reachable(Case(facts, assessment.on, assessment.law))
    if outcomes == {assessment.outcome}:
        return None
    return BECOMES[outcomes.pop()] if len(outcomes) == 1 else "结果可能不一样。"


BECOMES = {
    Outcome.LIKELY: "初步看就可能符合。",
    Outcome.UNLIKELY: "初步看就可能不符合。",
    Outcome.REVIEW: "就要由工作人员核定。",
}
