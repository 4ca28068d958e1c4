"""Whoever keeps the parameters sees what has run out and what a change would do."""

from datetime import date
from pathlib import Path

from eligibility import Law
from eligibility.upkeep import PastAssessment, overdue, replay

NEW_STANDARD = (
    "description: 测试\nunit: text\nlegal_basis: 测试\nvalues:\n"
    '  AH-2025: {region: "340000", valid_from: 2025-07-01, amount: "2000", operator: le, source: 示例文件}\n'
)
ADULT = {"matter": "M07B", "region": "340104", "assistance_recipient": False, "no_fixed_income": False}
REVIEW = {"outcome": "review", "reasons": ["AH-2025"], "flags": [], "aid": None, "indicative": "likely"}


def test_an_amount_past_its_expected_change_is_named_with_its_remedy(law: Law) -> None:
    lines = list(overdue(law, date(2026, 11, 22)))

    dongchuan = next(line for line in lines if "dongchuan" in line)
    assert dongchuan.startswith("subsistence_allowance_month_urban.yaml: dongchuan: 2025-07-01: expected to change")
    assert "add a dated line" in dongchuan
    assert not any("group_a" in line for line in lines)


def test_replay_shows_only_what_a_change_would_alter(tmp_path: Path, law: Law) -> None:
    (tmp_path / "hardship_standards.yaml").write_text(NEW_STANDARD, encoding="utf-8")
    changed = PastAssessment({**ADULT, "income_yuan_per_person_month": "1000"}, date(2025, 7, 1), REVIEW)
    same = PastAssessment({"matter": "M05A", "migrant_worker": True}, date(2025, 7, 1), {
        "outcome": "likely", "reasons": ["art_42_3"], "flags": ["hardship_check_exempt"], "aid": None,
        "indicative": None,
    })  # fmt: skip
    assert list(replay([changed, same], law)) == []

    differences = list(replay([changed, same], Law.load(tmp_path)))
    assert [(d.past, d.now["outcome"]) for d in differences] == [(changed, "likely")]
