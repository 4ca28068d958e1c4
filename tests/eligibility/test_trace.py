"""An assessment shows what it rests on: the rows, the arithmetic, the place to apply; enough to check it by hand."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from eligibility import CHOICES, Assessment, Comparison, Facts, Law, Outcome, Question, assess, next_questions
from eligibility.case import Case
from eligibility.explanation import reason_basis
from eligibility.interview import reachable
from tests.eligibility.test_parameters import HEAD

NOBODY: dict[str, Any] = {
    "assistance_recipient": False,
    "no_fixed_income": False,
    "military_status": "none",
    "local_list": "none",
}


def traffic(law: Law, on: date, region: str, income: str | None = None, **more: Any) -> Assessment:
    """A traffic injury of somebody without any status."""
    money: dict[str, Any] = {"income_yuan_per_person_month": Decimal(income)} if income else {}
    return assess(Facts(matter="M07B", region=region, **NOBODY, **money, **more), on, law)


def cited(assessment: Assessment) -> list[tuple[str, str]]:
    return [(row.key, row.value) for row in assessment.rows]


def test_every_figure_that_was_compared_is_a_row_with_file_day_and_source(law: Law) -> None:
    told = traffic(law, date(2024, 3, 1), "340104", "1750")

    assert cited(told) == [("hefei.urban_districts: 2023-07-01", "924"), ("hefei.counties: 2023-07-01", "881")]
    assert {row.file for row in told.rows} == {"subsistence_allowance_month.yaml"}
    assert {row.valid_from for row in told.rows} == {date(2023, 7, 1)}
    assert all("市场星报" in row.source for row in told.rows)
    assert told.comparison == Comparison(
        "AH-2017", "income_yuan_per_person_month", (Decimal(1762), Decimal(1848)), False
    )


def test_a_strict_standard_says_so(law: Law) -> None:
    told = traffic(law, date(2024, 6, 1), "510105", "2099.99")

    assert told.comparison == Comparison("SC-CD-2017-DRAFT", "income_yuan_per_person_month", (Decimal(2100),), True)
    assert cited(told) == [("chengdu.group_a: 2022-04-01", "2100")]


def test_what_is_known_to_be_missing_is_a_row_without_a_value(law: Law) -> None:
    assert cited(traffic(law, date(2025, 8, 1), "340104")) == [("AH-2025", "null")]
    assert cited(traffic(law, date(2024, 8, 1), "340104")) == [("hefei.all: 2024-07-01", "null")]
    assert cited(traffic(law, date(2024, 3, 1), "340207")) == [("wuhu: 2022-01-01", "null")]


def test_a_figure_that_cannot_be_relied_on_is_still_a_row_to_check(law: Law) -> None:
    expired = traffic(law, date(2022, 3, 1), "340402")
    assert (expired.reasons, cited(expired)) == (
        ("AH-2017", "amount_expired"),
        [("huainan.districts_and_fengtai: 2020-07-01", "642")],
    )

    uncertain = traffic(law, date(2025, 7, 1), "530102", household="urban")
    assert uncertain.reasons == ("YN-2016-URBAN", "amount_uncertain")
    assert ("kunming: 2025-07-01", "744") in cited(uncertain)


@pytest.mark.parametrize("region", ["340400", "340422"])
def test_a_missing_figure_of_one_county_leaves_the_whole_city_open(law: Law, region: str) -> None:
    """寿县 has a standard of its own that nobody has obtained, so Huainan as a whole cannot be answered."""
    told = traffic(law, date(2022, 8, 1), region, "1000")

    assert (told.outcome, told.reasons) == (Outcome.REVIEW, ("AH-2017", "amount_missing"))
    assert ("shouxian: 2022-01-01", "null") in cited(told)


def test_the_districts_of_huainan_have_their_own_figures(law: Law) -> None:
    told = traffic(law, date(2022, 8, 1), "340402", "1000")

    assert told.outcome is Outcome.LIKELY
    assert cited(told) == [
        ("huainan.districts.urban: 2022-07-01", "725"),
        ("huainan.districts.rural: 2022-07-01", "708"),
    ]


def test_a_conflict_of_two_levels_shows_both_figures(law: Law) -> None:
    told = traffic(law, date(2025, 2, 10), "510105", "2200")

    assert told.reasons == ("SC-2025", "amount_conflict_2100_vs_2330")
    assert cited(told) == [("SC-2025", "null")]
    assert reason_basis(law, "SC-2025").endswith("标准条文未取得")


def test_a_local_list_and_a_local_privilege_are_cited_as_rows(law: Law) -> None:
    loan = assess(Facts(matter="X00", region="510104"), date(2024, 12, 31), law)
    assert [(row.file, row.key, row.value) for row in loan.rows] == [
        ("matter_lists.yaml", "510000: 2022-01-01", "closed")
    ]

    family = assess(Facts(matter="M07B", region="510104", military_status="soldier"), date(2025, 1, 1), law)
    (row,) = family.rows
    assert (row.file, row.key, row.value) == ("military_families.yaml", "510000: 2025-01-01", "SC02")
    assert family.reasons == ("SC02",)
    assert family.flags == ("hardship_not_required", "secondary_source")


def test_help_that_no_law_named_yet_hides_the_arithmetic_behind_a_person(law: Law) -> None:
    told = assess(
        Facts(
            matter="M07B", region="510105", assistance_recipient=True, assistance_kind="subsistence_margin",
            no_fixed_income=False, military_status="none", income_yuan_per_person_month=Decimal(3000),
        ),
        date(2024, 6, 1), law,
    )  # fmt: skip
    assert (told.outcome, told.reasons) == (Outcome.REVIEW, ("category_not_listed_before_2026_07_01",))
    assert (told.flags, told.comparison) == ((), None)


def test_an_early_finding_asks_neither_matter_nor_place(law: Law) -> None:
    before = date(2021, 12, 31)
    assert assess(Facts(), before, law).reasons == ("before_legal_aid_law",)
    assert assess(Facts(matter="X00"), before, law).reasons == ("before_legal_aid_law",)
    company = Facts(matter="X00", region="510104", organisation=True)
    assert assess(company, date(2025, 8, 1), law).reasons == ("art_2",)


def overlay(folder: Path, **files: str) -> Law:
    for name, body in files.items():
        (folder / f"{name}.yaml").write_text(HEAD + body, encoding="utf-8")
    return Law.load(folder)


NEW_IN_YUNNAN = 'values:\n  YN-2026: {region: "530000", valid_from: 2026-01-01, blocks_older: true, source: 示例文件}\n'


@pytest.mark.parametrize(
    ("household", "income", "direction"),
    [
        ("urban", "1487.99", Outcome.LIKELY),
        ("urban", "1488.01", Outcome.UNLIKELY),
        ("urban", "1488", None),
        (None, "1", None),
    ],
)
def test_behind_a_new_unknown_standard_the_older_one_of_the_household_gives_the_direction(
    tmp_path: Path, household: str | None, income: str, direction: Outcome | None
) -> None:
    law = overlay(tmp_path, hardship_standards=NEW_IN_YUNNAN)
    told = traffic(law, date(2026, 8, 1), "530113", income, household=household)

    assert (told.outcome, told.reasons, told.indicative) == (Outcome.REVIEW, ("YN-2026",), direction)


def test_the_newest_standard_that_replaces_the_older_ones_decides(tmp_path: Path) -> None:
    law = overlay(
        tmp_path,
        hardship_standards='values:\n  SC-2026: {region: "510000", valid_from: 2026-01-01, amount: "2400", operator: lt, '
        "blocks_older: true, source: 示例文件}\n",
    )
    eve, day = (traffic(law, on, "510105", "2399.99") for on in (date(2025, 12, 31), date(2026, 1, 1)))

    assert (eve.outcome, eve.reasons) == (Outcome.REVIEW, ("SC-2025",))
    assert (day.outcome, day.reasons, cited(day)) == (Outcome.LIKELY, ("SC-2026",), [("SC-2026", "2400")])


def test_two_figures_that_ought_to_be_equal_leave_a_known_standard_to_a_person(tmp_path: Path) -> None:
    law = overlay(
        tmp_path,
        hardship_standards='values:\n  SC-2025: {region: "510000", valid_from: 2025-01-01, measure: minimum_wage_month, '
        "operator: lt, source: 示例文件}\n",
    )
    told = traffic(law, date(2025, 1, 1), "510105", "100")

    assert (told.outcome, told.reasons) == (Outcome.REVIEW, ("SC-2025", "amount_conflict_2100_vs_2330"))
    assert [value for _, value in cited(told)] == ["2100", "2330"]


@pytest.mark.parametrize(("income", "outcome"), [("7999.99", Outcome.LIKELY), ("8000.01", Outcome.UNLIKELY)])
def test_a_rural_household_in_yunnan_is_measured_by_the_year(tmp_path: Path, income: str, outcome: Outcome) -> None:
    law = overlay(
        tmp_path,
        rural_net_income_year='values:\n  yunnan:\n    2026-01-01: {amount: "16000", source: 示例文件}\n',
    )
    told = traffic(law, date(2026, 8, 1), "530128", household="rural", income_yuan_per_person_year=Decimal(income))

    assert told.outcome is outcome
    assert told.comparison == Comparison("YN-2016-RURAL", "income_yuan_per_person_year", (Decimal(8000),), False)


def test_an_unlisted_matter_is_never_cited_as_listed(tmp_path: Path) -> None:
    law = overlay(
        tmp_path,
        hardship_standards='values:\n  SC-2025: {region: "510000", valid_from: 2025-01-01, amount: "2000", operator: le, '
        "cites_matter: true, source: 示例文件}\n",
    )
    loan = Facts(
        matter="X00", region="510104", income_yuan_per_person_month=Decimal(1500), opponent_in_household=False, **NOBODY
    )
    told = assess(loan, date(2026, 1, 1), law)

    assert (told.outcome, told.reasons) == (Outcome.LIKELY, ("SC01", "SC-2025"))


def test_ceilings_are_said_without_empty_decimals(tmp_path: Path) -> None:
    law = overlay(
        tmp_path,
        hardship_standards='values:\n  BJ-1: {region: "110000", valid_from: 2026-01-01, amount: "1500.00", factor: "1.5", '
        "operator: le, source: 示例文件}\n",
    )
    told = traffic(law, date(2026, 8, 1), "110000", "2250")

    assert (told.outcome, cited(told)) == (Outcome.LIKELY, [("BJ-1", "1500.00")])
    assert told.comparison and f"{told.comparison.ceilings[0]:f}" == "2250"


def test_where_to_apply_names_the_place_that_was_told(law: Law) -> None:
    def agency(**told: Any) -> tuple[str, str | None, str | None, str]:
        found = assess(Facts(**told), date(2025, 8, 1), law).agency
        assert found is not None
        return found.rule, found.region, found.name, found.why

    assert agency(matter="M07B") == (
        "art_38_tort", None, None, "损害赔偿的事，可以向事情发生地或者对方住所地的法律援助机构申请。",
    )  # fmt: skip
    assert agency(matter="M07B", region="340104")[3] == agency(matter="M07B")[3]
    assert agency(matter="M07B", region="340104")[:3] == ("art_38_tort", "340104", "安徽省合肥市蜀山区")
    assert agency(matter="M05A", region="340104", organisation=True)[:3] == ("none", None, None)
    assert agency(matter="M02", proceeding="arbitration")[0] == "art_38_labour"
    assert agency(matter="M07B", proceeding="criminal")[0] == "art_38_criminal"
    assert agency(matter="M02", proceeding="reconsideration")[0] == "art_38_reconsideration"
    assert agency(matter="M02", proceeding="none")[0] == "art_38_handling_authority"
    assert agency(matter="CD02")[0] == "art_38_civil"
    assert "对方住所地" in agency(matter="M04", region="340104")[3]


@pytest.mark.parametrize(
    ("region", "on", "nearby"),
    [
        ("510105", date(2025, 1, 1), True),
        ("510105", date(2024, 12, 31), False),
        ("500000", date(2026, 1, 1), True),
        ("340104", date(2026, 1, 1), False),
    ],
)
def test_川渝可以就近申请_只是据报道(law: Law, region: str, on: date, nearby: bool) -> None:
    agency = assess(Facts(matter="M05A", region=region), on, law).agency

    assert agency and ("据报道" in agency.why) is nearby


def test_追索赡养费抚恤金和见义勇为_提示可以免交诉讼费(law: Law) -> None:
    def relief(matter: str) -> bool:
        told = assess(Facts(matter=matter, region="340104", abuse_victim=False, **NOBODY), date(2026, 1, 1), law)
        return any("免交诉讼费" in remedy for remedy in told.remedies)

    assert [relief(matter) for matter in ("M03", "M04", "N02", "M07B")] == [True, True, True, False]


def test_期限随事项给_单位和还没问完的不给(law: Law) -> None:
    worker = assess(Facts(matter="M05A", migrant_worker=True), date(2026, 11, 22), law)
    assert [limit.split("：")[0] for limit in worker.time_limits] == ["欠薪的劳动仲裁时效", "向劳动监察投诉的期限"]
    assert assess(Facts(matter="M05A", organisation=True), date(2026, 11, 22), law).time_limits == ()
    assert assess(Facts(matter="M05A"), date(2026, 11, 22), law).time_limits == ()


def test_a_number_nobody_has_obtained_is_none_not_a_guess(law: Law) -> None:
    assert law.number("national.objection_filing_days", date(2026, 1, 1)) is None
    assert law.number("national.objection_filing_days", date(2022, 1, 1)) is None
    assert law.number("national.decision_days", date(2026, 1, 1)) == 7


@pytest.mark.parametrize(
    ("told", "served_first"),
    [
        ({}, ()),
        ({"age": 59}, ()),
        ({"age": 60}, ("P16",)),
        ({"military_status": "soldier"}, ("P09",)),
        ({"military_status": "military_family"}, ("P09",)),
        ({"military_status": "bereaved_family"}, ("P09",)),
        ({"military_status": "veteran"}, ()),
        ({"assistance_recipient": True, "assistance_kind": "preferential_treatment"}, ("P04",)),
        ({"assistance_recipient": True, "assistance_kind": "extreme_poverty"}, ()),
        ({"age": 80, "military_status": "soldier"}, ("P09", "P16")),
    ],
)
def test_who_is_served_first_changes_no_outcome(law: Law, told: dict[str, Any], served_first: tuple[str, ...]) -> None:
    for on in (date(2022, 1, 1), date(2026, 11, 22)):
        assessment = assess(Facts(matter="N04", **told), on, law)
        assert (assessment.outcome, assessment.priority) == (Outcome.LIKELY, served_first)


def test_an_assessment_carries_the_facts_the_day_and_the_law_it_was_made_with(law: Law) -> None:
    facts, on = Facts(matter="N04"), date(2026, 11, 22)
    told = assess(facts, on, law)

    assert (told.facts, told.on, told.law is law) == (facts, on, True)


@pytest.mark.parametrize(
    ("told", "outcomes"),
    [
        ({}, {Outcome.REVIEW}),
        ({"matter": "N04"}, {Outcome.LIKELY}),
        ({"matter": "M07B", "region": "510105", **NOBODY}, {Outcome.LIKELY, Outcome.UNLIKELY}),
        ({"matter": "M07B", "region": "510105"}, {Outcome.LIKELY, Outcome.UNLIKELY, Outcome.REVIEW}),
    ],
)
def test_what_the_open_facts_can_still_lead_to(law: Law, told: dict[str, Any], outcomes: set[Outcome]) -> None:
    assert reachable(Case(Facts(**told), date(2024, 6, 1), law)) == outcomes


def test_a_question_says_how_it_is_answered(law: Law) -> None:
    on = date(2024, 6, 1)

    assert next_questions(Facts(), on, law) == [Question("matter", "choice", tuple(law.matters))]
    assert next_questions(Facts(matter="M05A"), on, law)[0] == Question("migrant_worker", "yes_no")
    helped = Facts(matter="M07B", region="340104", assistance_recipient=True)
    assert next_questions(helped, on, law)[0] == Question("assistance_kind", "choice", CHOICES["assistance_kind"])
    income = Facts(matter="M07B", region="510105", **NOBODY)
    assert next_questions(income, on, law) == [Question("income_yuan_per_person_month", "money")]
