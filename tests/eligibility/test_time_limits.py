"""Periods end on the right day, never silently a day late, and say how sure they are."""

from datetime import date

import pytest

from eligibility import Certainty, Span, UnknownPeriod, deadline
from eligibility.time_limits import kinds

NATIONAL_DAY_2026 = {date(2026, 10, day) for day in range(1, 8)}


def day_off(day: date) -> bool | None:
    """Know 2026 and its National Day only."""
    if day.year != 2026:
        return None
    return day in NATIONAL_DAY_2026 or (day.weekday() >= 5 and day != date(2026, 10, 10))


@pytest.mark.parametrize(
    ("kind", "event", "start", "due"),
    [
        ("civil_appeal_judgment", "judgment_received", date(2026, 11, 2), date(2026, 11, 17)),
        ("civil_appeal_judgment", "judgment_received", date(2026, 9, 17), date(2026, 10, 8)),  # ends on 10-02
        ("civil_appeal_ruling", "ruling_received", date(2026, 9, 30), date(2026, 10, 10)),  # a make-up Saturday
        ("criminal_appeal_judgment", "judgment_received", date(2026, 11, 5), date(2026, 11, 16)),  # ends on a Sunday
        ("criminal_appeal_ruling", "ruling_received", date(2026, 11, 5), date(2026, 11, 10)),
        ("guarantee_period", "debt_due", date(2026, 5, 31), date(2026, 11, 30)),  # no 31 November
        ("administrative_suit", "act_known", date(2026, 4, 30), date(2026, 10, 30)),
        ("labour_arbitration", "harm_known", date(2025, 12, 15), date(2026, 12, 15)),
        ("work_injury_by_worker", "injury", date(2025, 11, 23), date(2026, 11, 23)),
        ("enforcement", "performance_due", date(2024, 2, 29), date(2026, 3, 2)),  # 28 February is a Saturday
        ("reconsideration", "act_known", date(2026, 9, 1), date(2026, 11, 2)),  # 10-31 is a Saturday
    ],
)
def test_the_first_day_does_not_count_and_a_day_off_moves_the_last(
    kind: str, event: str, start: date, due: date
) -> None:
    result = deadline(kind, {event: Span.day(start)}, on=date(2026, 11, 1), day_off=day_off)

    assert (result.due, result.latest_due, result.certainty) == (due, due, Certainty.EXACT)
    assert result.days_left == (due - date(2026, 11, 1)).days


def test_last_march_becomes_a_stretch_of_days_and_a_warning() -> None:
    march = Span(date(2025, 3, 1), date(2025, 3, 31))
    past = deadline("labour_arbitration", {"harm_known": march}, on=date(2026, 11, 22), day_off=day_off)
    between = deadline("labour_arbitration", {"harm_known": march}, on=date(2026, 3, 15), day_off=day_off)
    before = deadline("labour_arbitration", {"harm_known": march}, on=date(2026, 2, 25), day_off=day_off)

    assert past.certainty is Certainty.RANGE
    assert (past.due, past.latest_due) == (date(2026, 3, 2), date(2026, 3, 31))
    assert "可能已经过了" in past.warning
    assert "重新计算" in past.warning
    assert "也可能还没过" in between.warning
    assert (before.days_left, "最早2026年3月2日" in before.warning) == (5, True)


def test_wages_owed_in_a_running_job_have_no_deadline_yet() -> None:
    result = deadline("wage_arbitration", {"still_employed": True}, on=date(2026, 11, 22))

    assert (result.certainty, result.due) == (Certainty.NOT_RUNNING, None)


def test_without_a_start_the_length_and_its_beginning_are_told() -> None:
    result = deadline("civil_appeal_judgment", {}, on=date(2026, 11, 22))

    assert (result.certainty, result.days_left) == (Certainty.NOT_KNOWN, None)
    assert result.warning == "民事判决上诉是15日，从判决书送达之日起算（依据《民事诉讼法》第一百七十一条）。"


def test_a_year_without_a_calendar_is_provisional() -> None:
    result = deadline("civil_limitation", {"harm_known": Span.day(date(2024, 12, 30))}, on=date(2026, 1, 1))

    assert (result.certainty, result.due) == (Certainty.PROVISIONAL, date(2027, 12, 30))


def test_the_last_day_itself_still_counts() -> None:
    received = {"judgment_received": Span.day(date(2026, 11, 2))}

    assert deadline("civil_appeal_judgment", received, on=date(2026, 11, 17), day_off=day_off).days_left == 0
    gone = deadline("civil_appeal_judgment", received, on=date(2026, 11, 18), day_off=day_off)
    assert gone.days_left == -1
    assert "可能已经过了" in gone.warning


@pytest.mark.parametrize("kind", kinds())
def test_every_period_names_its_article_and_its_start(kind: str) -> None:
    period = deadline(kind, {}, on=date(2026, 11, 22)).period

    assert period.article.startswith("第")
    assert period.article.endswith("条")
    assert period.starts
    assert period.exceptions


def test_an_unknown_period_is_refused_with_a_remedy() -> None:
    with pytest.raises(UnknownPeriod, match=r"periods\.yaml"):
        deadline("patience", {}, on=date(2026, 11, 22))
    with pytest.raises(UnknownPeriod):
        deadline("reconsideration", {}, on=date(1990, 1, 1))
