"""The explanation is made from the assessment's own trace and is fit to be read to a citizen."""

import re
from datetime import date
from typing import Any

import pytest

from eligibility import Explanation, Law, Outcome, assess, explain, read_case
from tests.eligibility.test_written_cases import written

CASES = {case.id: case.values[0] for case in written()}


def explained(law: Law, case: dict[str, Any]) -> Explanation:
    return explain(assess(read_case(case, law), on=date.fromisoformat(case["as_of"]), law=law))


@pytest.mark.parametrize("name", CASES)
def test_a_citizen_reads_plain_chinese_with_a_next_step(law: Law, name: str) -> None:
    text = explained(law, CASES[name])

    assert not re.search(r"[A-Za-z_]", text.citizen), text.citizen
    assert "转人工" in text.citizen
    assert "以法律援助机构的决定为准" in text.citizen or text.label.startswith("还需要")
    assert not re.search("一定能|肯定|保证", text.citizen)


@pytest.mark.parametrize("name", [n for n in CASES if n.startswith("golden")])
def test_an_operator_sees_every_code_row_and_source(law: Law, name: str) -> None:
    case = CASES[name]
    assessment = assess(read_case(case, law), on=date.fromisoformat(case["as_of"]), law=law)
    text = "\n".join(explain(assessment).operator)

    assert all(f"理由 {code}：" in text for code in assessment.reasons)
    assert all(row.source in text for row in assessment.rows)
    assert all(f"标记 {flag}：" in text for flag in assessment.flags)


def golden(id_: str) -> dict[str, Any]:
    return next(case for name, case in CASES.items() if name.startswith("golden") and f" {id_} " in name)


@pytest.mark.parametrize(
    ("id_", "change"),
    [
        ("G02", "如果家里平均每人每月的收入低于 2,100 元，初步看就可能符合。"),
        ("G02", "如果您有低保、特困等证明，或者是优抚、司法救助对象，初步看就可能符合。"),
        ("G06", "如果家里平均每人每月的收入高于 1,848 元，初步看就可能不符合。"),
        ("G30", "如果家里平均每人每月的收入低于 1,762 元，初步看就可能符合。"),
        ("G27", "如果您本人每月的收入高于 2,100 元，初步看就可能不符合。"),
    ],
)
def test_it_says_what_would_change_the_result(law: Law, id_: str, change: str) -> None:
    changes = explained(law, golden(id_)).changes

    assert any(line.startswith(change) for line in changes), changes


def test_nothing_would_change_a_result_that_rests_on_no_answer(law: Law) -> None:
    assert explained(law, golden("G11")).changes == ()


def test_an_indicative_direction_is_for_operators_only(law: Law) -> None:
    text = explained(law, golden("G28"))

    assert any("按旧标准看，大致符合" in line for line in text.operator)
    assert "旧标准" not in text.citizen


def test_more_facts_says_what_is_missing(law: Law) -> None:
    case = golden("G23")
    assessment = assess(read_case(case, law), on=date.fromisoformat(case["as_of"]), law=law)

    assert assessment.outcome is Outcome.MORE_FACTS
    assert assessment.missing[0] == "age"
    assert explain(assessment).changes == ()
