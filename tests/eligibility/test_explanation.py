"""The explanation is made from the assessment's own trace and is fit to be read to a citizen."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eligibility import Explanation, Law, Outcome, assess, explain, read_case
from eligibility.explanation import LABEL
from tests.eligibility.test_upkeep import NEW_STANDARD
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
        ("G27", "如果您本人每月的收入达到或者高于 2,100 元，初步看就可能不符合。"),
        ("G16", "如果对方是和您一起生活的家人，结果可能不一样。"),
        ("G16", "如果您受到过家庭暴力、虐待或者遗弃，初步看就可能符合。"),
        ("G04", "如果您是军人、军属或者烈属，初步看就可能符合。"),
        ("G19", "如果您没有固定的生活来源，又是未成年人、老年人或者残疾人，初步看就可能符合。"),
    ],
)
def test_it_says_what_would_change_the_result(law: Law, id_: str, change: str) -> None:
    changes = explained(law, golden(id_)).changes

    assert any(line.startswith(change) for line in changes), changes


AS_SAID = {
    "G02": "当地的经济困难标准算下来是 2,100 元，您说的家里平均每人每月的收入正好等于它，规定要低于它才算。",
    "G03": "当地的经济困难标准算下来是 1,970 元，您说的家里平均每人每月的收入比它高。",
    "G06": "当地的经济困难标准算下来是 1,762 元或者 1,848 元，您说的家里平均每人每月的收入比它低。",
    "G07": "您说的家里平均每人每月的收入正好等于它。您的收入正好等于标准，规定没有写明算不算。",
    "G30": "您说的家里平均每人每月的收入在两个数中间。当地有两个低保数，按哪个算没有写明。",
    "G08": "要由工作人员帮您核定。安徽从2025年7月起用新的规定，新标准我们还没有拿到。想现在就找人工",
    "G17": "当地的经济困难标准现在算不出来。用来比较的金额我们没有资料。",
    "G26": "法律援助帮的是公民个人，公司、单位打官司一般不在范围内。单位可以免费咨询",
}


@pytest.mark.parametrize("id_", AS_SAID)
def test_the_sentence_read_aloud(law: Law, id_: str) -> None:
    assert AS_SAID[id_] in explained(law, golden(id_)).citizen


def test_a_matter_of_a_draft_is_not_said_to_be_covered(law: Law) -> None:
    told = explained(law, CASES[next(name for name in CASES if "chengdu/matters" in name and "征求意见稿" in name)])

    assert told.reasons == (
        "您问的是「老年人继承、住房、医疗、保险、赡养」。",
        "这类事项只在征求意见稿里写过，还不能当依据。",
    )


def test_a_standard_that_an_agency_has_added_is_no_longer_said_to_be_missing(tmp_path: Path) -> None:
    (tmp_path / "hardship_standards.yaml").write_text(NEW_STANDARD, encoding="utf-8")
    own = Law.load(tmp_path)
    told = explained(own, golden("G08"))

    assert told.label == LABEL[Outcome.LIKELY]
    assert told.reasons == ("当地的经济困难标准算下来是 2,000 元，您说的家里平均每人每月的收入比它低。",)
    assert any("理由 AH-2025：示例文件" in line for line in told.operator)
    assert told.changes == ("如果家里平均每人每月的收入高于 2,000 元，初步看就可能不符合。",)

    poorer = explained(own, golden("G08") | {"income_yuan_per_person_month": "2000.01"})
    assert poorer.changes[0] == "如果家里平均每人每月的收入不高于 2,000 元，初步看就可能符合。"


def test_an_operator_reads_the_arithmetic_and_what_would_change_it(law: Law) -> None:
    lines = explained(law, golden("G02")).operator

    assert lines[0] == "结果 unlikely：初步看，可能不符合法律援助条件（按 2024-06-01 的规定）"
    assert "比较 家里平均每人每月的收入 2100，标准 2100（低于才算）" in lines
    assert any(line.startswith("变化 如果家里平均每人每月的收入低于 2,100 元") for line in lines)
    assert any(line.startswith("期限 一般诉讼时效：3年") for line in lines)


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
