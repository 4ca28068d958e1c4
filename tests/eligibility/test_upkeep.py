"""Whoever keeps the parameters sees what has run out and what a change would do."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from eligibility import Law, PastAssessment, UnknownFact, replay
from eligibility.upkeep import in_words, overdue

NEW_STANDARD = (
    "description: 测试\nunit: text\nlegal_basis: 测试\nvalues:\n"
    '  AH-2025: {region: "340000", valid_from: 2025-07-01, amount: "2000", operator: le, source: 示例文件}\n'
)
REVIEW = {"outcome": "review", "reasons": ["AH-2025"], "flags": [], "aid": None, "indicative": "likely"}
INJURED = PastAssessment(
    {
        "matter": "M07B", "region": "340104", "assistance_recipient": False, "no_fixed_income": False,
        "income_yuan_per_person_month": "1000", "unknown": ["age"],
    },
    date(2025, 7, 1), REVIEW,
)  # fmt: skip
WORKER = PastAssessment({"matter": "M05A", "migrant_worker": True}, date(2025, 7, 1), {
    "outcome": "likely", "reasons": ["art_42_3"], "flags": ["hardship_check_exempt"], "aid": None, "indicative": None,
})  # fmt: skip


@pytest.fixture
def changed_law(tmp_path: Path) -> Law:
    (tmp_path / "hardship_standards.yaml").write_text(NEW_STANDARD, encoding="utf-8")
    return Law.load(tmp_path)


def test_an_amount_past_its_expected_change_is_named_with_its_remedy(law: Law) -> None:
    lines = list(overdue(law, date(2026, 11, 22)))

    dongchuan = next(line for line in lines if "dongchuan" in line)
    assert dongchuan.startswith("subsistence_allowance_month_urban.yaml: dongchuan: 2025-07-01: expected to change")
    assert "add a dated line" in dongchuan
    assert not any("group_a" in line for line in lines)
    assert not any("dongchuan" in line for line in overdue(law, date(2026, 6, 30)))


def test_replay_shows_only_what_a_change_would_alter(law: Law, changed_law: Law) -> None:
    assert replay([INJURED, WORKER], law).differences == ()

    found = replay([INJURED, WORKER, INJURED], changed_law)
    assert found.count == 3
    assert [(d.past, d.now["outcome"], d.times) for d in found.differences] == [(INJURED, "likely", 2)]


def test_a_lawyer_reads_the_case_both_results_and_the_new_ground(changed_law: Law) -> None:
    (difference,) = replay([INJURED], changed_law).differences

    assert list(in_words(difference, changed_law)) == [
        "2025-07-01 安徽省合肥市蜀山区 交通事故人身损害赔偿（一样的 1 件）",
        "  事实：有没有社会救助、司法救助或者优抚身份：否；是不是没有固定生活来源：否；家里平均每人每月的收入：1000；年龄：不清楚",
        "  原来：要由工作人员帮您核定（AH-2025）；参考：按旧标准看，大致符合",
        "  现在：初步看，可能符合法律援助条件（AH-2025）",
    ]


def test_a_case_that_can_no_longer_be_assessed_is_a_difference_too(law: Law) -> None:
    gone = PastAssessment({"matter": "ZZ9", "region": "999999"}, date(2024, 3, 1), REVIEW)

    (difference,) = replay([gone], law).differences
    assert difference.now["error"].startswith("unknown_region")
    words = list(in_words(difference, law))
    assert words[0] == "2024-03-01 地点没有说 事项没有说（一样的 1 件）"
    assert "unknown_region" in words[-1]


def test_the_form_of_help_is_said_in_chinese_and_an_old_code_stays_readable(law: Law) -> None:
    before = PastAssessment({"matter": "C03"}, date(2024, 3, 1), {**REVIEW, "outcome": "maybe", "aid": "urgent"})

    (difference,) = replay([before], law).differences
    words = list(in_words(difference, law))
    assert (
        "  原来：maybe（AH-2025）；方式：紧急的可以先提供、后补手续（第四十四条）；参考：按旧标准看，大致符合" in words
    )
    assert "  现在：要由工作人员帮您核定（art_25_2）；方式：由办案机关通知指派，不用申请" in words


def test_the_new_ground_is_cited_with_its_source(law: Law) -> None:
    before = PastAssessment({"matter": "N04"}, date(2024, 3, 1), REVIEW)

    (difference,) = replay([before], law).differences
    assert "  新的依据 art_32_4：《法律援助法》第三十二条第四项" in in_words(difference, law)


def test_a_kept_assessment_is_read_from_json() -> None:
    data: dict[str, Any] = {"facts": {"matter": "N04"}, "on": "2024-03-01", "result": REVIEW}

    assert PastAssessment.from_mapping(data) == PastAssessment({"matter": "N04"}, date(2024, 3, 1), REVIEW)


@pytest.mark.parametrize("data", [{}, {"facts": {}, "on": "yesterday", "result": {}}, {"facts": 5, "on": "2024-03-01"}])
def test_what_is_no_kept_assessment_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(UnknownFact, match="write facts, on and result"):
        PastAssessment.from_mapping(data)
