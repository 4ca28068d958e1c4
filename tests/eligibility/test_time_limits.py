"""Periods end on the right day, never silently a day late, and say how sure they are."""

import dataclasses
import os
from datetime import date
from pathlib import Path

import pytest

from eligibility import Certainty, Law, ParameterError, Span, UnknownPeriod, deadline
from eligibility.loading import check_matters_of_periods
from eligibility.time_limits import UNITS, Period, every_period, kinds, lines_of, periods_of_matter, read_periods
from hotline.working_days import is_working_day
from knowledge.check import periods as periods_in
from knowledge.statutes import Statutes, unverifiable

TODAY = date(2026, 11, 22)


def day_off(day: date) -> bool | None:
    """The country's own calendar; it knows 2026 only."""
    judged = is_working_day(day)
    return None if judged.provisional else not judged.is_working


@pytest.mark.parametrize(
    ("kind", "event", "start", "due"),
    [
        ("civil_appeal_judgment", "judgment_received", date(2026, 11, 2), date(2026, 11, 17)),
        ("civil_appeal_judgment", "judgment_received", date(2026, 9, 17), date(2026, 10, 8)),  # ends on 10-02
        ("civil_appeal_ruling", "ruling_received", date(2026, 9, 30), date(2026, 10, 10)),  # a make-up Saturday
        ("criminal_appeal_judgment", "judgment_received", date(2026, 11, 5), date(2026, 11, 16)),  # ends on a Sunday
        ("criminal_appeal_ruling", "ruling_received", date(2026, 11, 5), date(2026, 11, 10)),
        ("guarantee_period", "debt_due", date(2026, 5, 31), date(2026, 11, 30)),  # no 31 November
        ("guarantee_period", "debt_due", date(2026, 5, 1), date(2026, 11, 1)),  # a Sunday: this period is not moved
        ("arrest_request", "detained_on", date(2026, 11, 5), date(2026, 11, 8)),  # a Sunday: custody is not prolonged
        ("administrative_suit", "act_known", date(2026, 4, 30), date(2026, 10, 30)),
        ("labour_arbitration", "harm_known", date(2025, 12, 15), date(2026, 12, 15)),
        ("work_injury_by_worker", "injury", date(2025, 11, 23), date(2026, 11, 23)),
        ("enforcement", "performance_due", date(2024, 2, 29), date(2026, 2, 28)),  # a working Saturday
        ("reconsideration", "act_known", date(2026, 9, 1), date(2026, 11, 2)),  # 10-31 is a Saturday
        ("protection_order", "application_accepted", date(2026, 11, 20), date(2026, 11, 23)),
        ("family_notice", "detained_on", date(2026, 11, 20), date(2026, 11, 21)),  # hours run on Saturdays too
        ("labour_inspection", "application_accepted", date(2026, 8, 3), date(2026, 10, 30)),  # 60 working days
    ],
)
def test_the_first_day_does_not_count_and_a_day_off_moves_the_last(
    kind: str, event: str, start: date, due: date
) -> None:
    result = deadline(kind, {event: Span.day(start)}, on=date(2026, 11, 1), day_off=day_off)

    assert (result.due, result.latest_due, result.certainty) == (due, due, Certainty.EXACT)
    assert result.days_left == result.days_to_limitation == (due - date(2026, 11, 1)).days


MARCH_2025 = Span(date(2025, 3, 1), date(2025, 3, 31))


def dismissed_in_march(on: date) -> tuple[int | None, str]:
    """去年三月被辞退, asked about on a day: the days that count for 第四十四条, and what is said."""
    result = deadline("labour_arbitration", {"harm_known": MARCH_2025}, on=on, day_off=day_off)
    assert result.certainty is Certainty.RANGE
    assert (result.due, result.latest_due) == (date(2026, 3, 2), date(2026, 3, 31))
    return result.days_to_limitation, result.warning


def test_去年三月被辞退_是一段日子_也是一句警告() -> None:
    days, words = dismissed_in_march(TODAY)
    assert days == -265
    assert "劳动仲裁时效到2026年3月31日，可能已经过了" in words
    assert "向单位要过" in words and "重新计算" in words and "先不要放弃" in words

    days, words = dismissed_in_march(date(2026, 2, 25))
    assert days == 5
    assert "最早2026年3月2日到期，最晚2026年3月31日。请按最早的日子办" in words


@pytest.mark.parametrize("on", [date(2026, 3, 3), date(2026, 3, 15), date(2026, 3, 31)])
def test_可能刚过也可能没过_当作今天到期(on: date) -> None:
    days, words = dismissed_in_march(on)

    assert days == 0
    assert "可能刚过，也可能还没过（2026年3月2日到2026年3月31日之间到期）" in words


def test_最后可能的一天也过了_才算过了() -> None:
    assert dismissed_in_march(date(2026, 4, 1))[0] == -30
    assert dismissed_in_march(date(2026, 3, 2))[0] == 0


def test_wages_owed_in_a_running_job_have_no_deadline_yet() -> None:
    result = deadline("wage_arbitration", {"still_employed": True}, on=TODAY, day_off=day_off)

    assert (result.certainty, result.due, result.days_to_limitation) == (Certainty.NOT_RUNNING, None, None)
    assert result.period.kind == "wage_arbitration"
    assert result.warning == "还在单位上班的，欠工资不受一年限制（《劳动争议调解仲裁法》第二十七条）。"

    left: dict[str, Span | bool] = {"still_employed": False, "employment_ended": Span.day(date(2026, 6, 1))}
    assert deadline("wage_arbitration", left, on=TODAY, day_off=day_off).due == date(2027, 6, 1)


def test_without_a_start_the_length_and_its_beginning_are_told() -> None:
    result = deadline("civil_appeal_judgment", {}, on=TODAY, day_off=day_off)

    assert (result.certainty, result.days_left, result.days_to_limitation) == (Certainty.NOT_KNOWN, None, None)
    assert result.warning == (
        "民事判决的上诉期：15日，从判决书送达之日起算；裁定的上诉期是十日（《民事诉讼法》第一百七十一条）。"
    )


def test_a_year_without_a_notice_is_provisional_and_no_holiday_is_relied_on() -> None:
    saturday = deadline("civil_limitation", {"harm_known": Span.day(date(2024, 12, 18))}, on=TODAY, day_off=day_off)
    assert (saturday.due, saturday.latest_due) == (date(2027, 12, 18), date(2027, 12, 20))
    assert saturday.certainty is Certainty.PROVISIONAL
    assert "2027年的放假安排待国务院通知确认" in saturday.warning

    weekday = deadline("civil_limitation", {"harm_known": Span.day(date(2024, 12, 30))}, on=TODAY, day_off=day_off)
    assert (weekday.due, weekday.latest_due) == (date(2027, 12, 30), date(2027, 12, 30))
    assert "待国务院通知确认" in weekday.warning

    working = {"application_accepted": Span.day(date(2026, 12, 1))}
    inspected = deadline("labour_inspection", working, on=TODAY, day_off=day_off)
    assert (inspected.certainty, inspected.due) == (Certainty.PROVISIONAL, date(2027, 2, 23))

    over_new_year = Span(date(2025, 12, 25), date(2026, 1, 5))
    half_known = deadline("labour_arbitration", {"harm_known": over_new_year}, on=TODAY, day_off=day_off)
    assert "2027年的放假安排待国务院通知确认" in half_known.warning

    last = deadline("civil_limitation", {"harm_known": Span.day(date(2024, 12, 30))}, date(2027, 12, 30), day_off)
    assert "待国务院通知确认" in last.warning

    past = deadline("labour_arbitration", {"harm_known": Span.day(date(2024, 8, 1))}, on=TODAY, day_off=day_off)
    assert "待国务院通知确认" not in past.warning  # what is over needs no notice


def test_working_days_of_an_unknown_year_make_the_end_unsure_even_in_a_known_one() -> None:
    filed = {"application_accepted": Span.day(date(2025, 12, 1))}
    result = deadline("labour_inspection", filed, on=date(2026, 1, 1), day_off=day_off)

    assert (result.due, result.certainty) == (date(2026, 3, 2), Certainty.PROVISIONAL)


def test_a_day_off_that_only_the_weekday_suggests_is_not_relied_on() -> None:
    def from_2023(day: date) -> bool | None:
        return None if day.year < 2023 else day <= date(2023, 1, 2)

    received = {"judgment_received": Span.day(date(2022, 12, 16))}  # ends on Saturday 2022-12-31
    result = deadline("civil_appeal_judgment", received, on=date(2022, 12, 20), day_off=from_2023)
    assert (result.due, result.latest_due) == (date(2022, 12, 31), date(2023, 1, 3))
    assert result.certainty is Certainty.PROVISIONAL


def test_the_warning_of_a_sure_day_read_aloud() -> None:
    received = {"judgment_received": Span.day(date(2026, 11, 2))}
    law = "裁定的上诉期是十日（《民事诉讼法》第一百七十一条）。"

    assert [deadline("civil_appeal_judgment", received, date(2026, 11, d), day_off).warning for d in (16, 17, 18)] == [
        f"按您说的日期算，民事判决的上诉期到2026年11月17日为止，还有1天。请尽快办，不要等我们的回复。{law}",
        f"按您说的日期算，民事判决的上诉期到2026年11月17日为止，今天是最后一天。请尽快办，不要等我们的回复。{law}",
        "按您说的日期算，民事判决的上诉期到2026年11月17日，可能已经过了。有特殊原因的，也许还有办法。"
        f"请马上问律师，先不要放弃。{law}",
    ]


def test_the_last_day_itself_still_counts() -> None:
    received = {"judgment_received": Span.day(date(2026, 11, 2))}
    last = deadline("civil_appeal_judgment", received, on=date(2026, 11, 17), day_off=day_off)
    assert (last.days_left, "今天是最后一天" in last.warning) == (0, True)

    eve = deadline("civil_appeal_judgment", received, on=date(2026, 11, 16), day_off=day_off)
    assert "到2026年11月17日为止，还有1天" in eve.warning

    gone = deadline("civil_appeal_judgment", received, on=date(2026, 11, 18), day_off=day_off)
    assert gone.days_left == -1
    assert "可能已经过了。有特殊原因的，也许还有办法" in gone.warning


def test_what_an_authority_owes_is_said_as_something_to_ask_for() -> None:
    heard = {"application_accepted": Span.day(date(2026, 11, 20))}
    before = deadline("protection_order", heard, on=TODAY, day_off=day_off).warning
    assert before.startswith("按您说的日期算，法院作出人身安全保护令，最晚应当在2026年11月23日以前")
    assert "可以去催" in deadline("protection_order", heard, on=date(2026, 11, 24), day_off=day_off).warning
    assert "以前就应当办好" in deadline("protection_order", heard, on=date(2026, 11, 24), day_off=day_off).warning
    assert "以前就应当办好" not in deadline("protection_order", heard, on=date(2026, 11, 23), day_off=day_off).warning


def test_what_has_to_pass_first_is_no_deadline_for_the_citizen() -> None:
    apart = {"judgment_effective": Span.day(date(2026, 3, 1))}
    waiting = deadline("divorce_again_after_separation", apart, on=TODAY, day_off=day_off).warning
    assert "的一年，2027年3月1日才满。" in waiting
    on_the_day = deadline("divorce_again_after_separation", apart, on=date(2027, 3, 1), day_off=day_off).warning
    assert "2027年3月1日才满。" in on_the_day
    passed = deadline("divorce_again_after_separation", apart, on=date(2027, 3, 2), day_off=day_off).warning
    assert "的一年，2027年3月1日已经满了。" in passed


def test_the_first_event_that_has_a_date_counts() -> None:
    both = {"diagnosis": Span.day(date(2026, 6, 1)), "injury": Span.day(date(2026, 1, 5))}

    assert deadline("work_injury_by_worker", both, on=TODAY, day_off=day_off).due == date(2027, 1, 5)


def test_环境损害的时效_2026年8月15日起改为五年() -> None:
    known = {"harm_known": Span.day(date(2026, 8, 15))}
    before = deadline("environment_limitation", known, on=date(2026, 8, 14), day_off=day_off)
    after = deadline("environment_limitation", known, on=date(2026, 8, 15), day_off=day_off)

    assert (before.period.length, after.period.length) == (3, 5)
    assert (before.period.law, after.period.law) == ("环境保护法", "生态环境法典")


EVERY_LINE = every_period()
NAMES = [f"{line.kind} {line.valid_from}" for line in EVERY_LINE]


@pytest.mark.parametrize("line", EVERY_LINE, ids=NAMES)
def test_every_period_names_its_article_and_its_start(line: Period, law: Law) -> None:
    assert line.article.startswith("第") and line.article.endswith("条")
    assert line.starts and line.exceptions and line.events
    assert set(line.matters) <= law.matters.keys()
    assert line.rule.endswith("）。")


UNIT_IN_STATUTES = {"hour": "小时", "day": "日", "working_day": "工作日", "month": "月", "year": "年"}


def statutes() -> Statutes | None:
    """The statutes named by YUANXIAN_STATUTES_DIR or beside the project, if there are any."""
    named = os.environ.get("STATUTES_DIR") or os.environ.get("YUANXIAN_STATUTES_DIR")
    folder = Path(named) if named else Path(__file__).parents[3] / "shared" / "statutes"
    return Statutes(folder) if folder.is_dir() else None


@pytest.fixture(scope="module")
def shelf() -> Statutes:
    if found := statutes():
        return found
    pytest.skip("NO STATUTES FOUND: the lengths in deadlines/periods.yaml were NOT checked; set YUANXIAN_STATUTES_DIR")


@pytest.mark.parametrize("line", EVERY_LINE, ids=NAMES)
def test_the_length_stands_in_the_cited_article(shelf: Statutes, line: Period) -> None:
    if reason := unverifiable(line.law):
        pytest.skip(f"{line.basis} was NOT compared with a text ({reason})")
    text = shelf.article(line.law, line.article)

    assert text is not None, f"{line.basis}: no such article"
    stated = dict(periods_in(text))
    assert (line.length, UNIT_IN_STATUTES[line.unit]) in stated, f"{line.basis} says {', '.join(stated.values())}"


def test_every_period_that_no_text_confirms_is_known_by_name() -> None:
    assert {line.law for line in EVERY_LINE if unverifiable(line.law)} == {"生态环境法典", "治安管理处罚法"}


def test_the_numbers_of_procedure_yaml_agree_with_the_periods(law: Law) -> None:
    twice = {
        "national.reconsideration_filing_days": "reconsideration",
        "national.admin_suit_months_direct": "administrative_suit",
        "national.admin_suit_days_after_reconsideration": "suit_after_reconsideration",
        "dv.protection_order_hours": "protection_order",
        "dv.protection_order_urgent_hours": "protection_order_urgent",
        "dv.protection_order_max_months": "protection_order_validity",
    }
    assert {key: law.number(key, TODAY) for key in twice} == {k: lines_of(kind)[-1].length for k, kind in twice.items()}


def test_an_applicant_is_told_the_periods_of_the_matter() -> None:
    wages = [period.kind for period in periods_of_matter("M05A", TODAY)]
    assert wages == ["wage_arbitration", "labour_inspection_complaint"]
    assert periods_of_matter("M04", TODAY) == ()  # 《民法典》第一百九十六条: no limitation
    assert [p.length for p in periods_of_matter("M08", date(2026, 8, 14))] == [3]
    assert [p.length for p in periods_of_matter("M08", date(2026, 8, 15))] == [5]


def test_an_unknown_period_is_refused_with_a_remedy() -> None:
    with pytest.raises(UnknownPeriod, match=r"periods\.yaml"):
        deadline("patience", {}, on=TODAY, day_off=day_off)
    with pytest.raises(UnknownPeriod):
        deadline("reconsideration", {}, on=date(2023, 12, 31), day_off=day_off)
    assert deadline("reconsideration", {}, on=date(2024, 1, 1), day_off=day_off).period.length == 60


GOOD = {
    "name": "期限", "length": "1", "unit": "year", "events": "[harm_known]", "starts": "某日", "exceptions": "没有",
    "law": "民法典", "article": "第一百八十八条",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": "week"}, f"unit of {', '.join(UNITS)}"),
        ({"length": "0"}, "whole length"),
        ({"length": '"3"'}, "whole length"),
        ({"means": "hope"}, "'hope' is not one of act_before, answer_due, wait_until"),
        ({"lenght": "1"}, "unknown key lenght"),
        ({"kind": "twice"}, "unknown key kind"),
        ({"valid_from": "2021-01-01"}, "unknown key valid_from"),
        ({"law": None}, "'law'"),
        ({"events": None}, "'events'"),
    ],
)
def test_a_wrong_line_is_refused_with_its_key(tmp_path: Path, change: dict[str, str | None], message: str) -> None:
    body = "".join(f"      {key}: {value}\n" for key, value in {**GOOD, **change}.items() if value is not None)
    file = tmp_path / "periods.yaml"
    file.write_text(f"values:\n  test_period:\n    2021-01-01:\n{body}", encoding="utf-8")

    with pytest.raises(ParameterError, match=r"periods\.yaml: test_period") as error:
        read_periods(file)
    assert message in str(error.value)


def test_a_file_of_periods_is_read_line_by_line_the_oldest_first(tmp_path: Path) -> None:
    body = "".join(f"      {key}: {value}\n" for key, value in GOOD.items())
    file = tmp_path / "periods.yaml"
    file.write_text(
        f"values:\n  p:\n    2024-01-01:\n{body}      matters: [M05A]\n    2021-01-01:\n{body}      valid_to: 2023-12-31\n",
        encoding="utf-8",
    )
    newer = Period(
        "p", "期限", 1, "year", ("harm_known",), "某日", "没有", "民法典", "第一百八十八条", date(2024, 1, 1)
    )

    assert read_periods(file) == {
        "p": (
            dataclasses.replace(newer, valid_from=date(2021, 1, 1), valid_to=date(2023, 12, 31)),
            dataclasses.replace(newer, matters=("M05A",)),
        )
    }


def test_every_kind_of_period_is_named() -> None:
    assert {"wage_arbitration", "civil_limitation"} <= set(kinds()) == {line.kind for line in EVERY_LINE}


def test_a_period_for_a_matter_that_does_not_exist_is_refused(law: Law) -> None:
    stray = dataclasses.replace(EVERY_LINE[0], matters=("M05A", "ZZ9"))

    with pytest.raises(ParameterError, match=f"{stray.kind}: matter ZZ9 is not in matters.yaml"):
        check_matters_of_periods([stray], law.matters)


def test_a_period_without_a_day_is_refused(tmp_path: Path) -> None:
    body = "".join(f"      {key}: {value}\n" for key, value in GOOD.items())
    file = tmp_path / "periods.yaml"
    file.write_text(f'values:\n  test_period:\n    "2021-01-01":\n{body}', encoding="utf-8")

    with pytest.raises(ParameterError, match=r"periods\.yaml: test_period: '2021-01-01' is not a date"):
        read_periods(file)


@pytest.mark.parametrize("end", ["", "      valid_to: 2024-01-01\n"])
def test_two_lines_of_one_period_never_hold_on_one_day(tmp_path: Path, end: str) -> None:
    body = "".join(f"      {key}: {value}\n" for key, value in GOOD.items())
    file = tmp_path / "periods.yaml"
    file.write_text(f"values:\n  p:\n    2024-01-01:\n{body}    2021-01-01:\n{body}{end}", encoding="utf-8")

    with pytest.raises(ParameterError, match="line before 2024-01-01 an earlier valid_to"):
        read_periods(file)
