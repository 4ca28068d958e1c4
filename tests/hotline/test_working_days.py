"""Working days follow the State Council's notice, and say so when there is none yet."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from hotline import working_days
from hotline.working_days import WorkingDay, YearInvalid, is_working_day, next_working_day, years_missing


def test_全年每一天都和独立来源一致() -> None:
    days = (date(2026, 1, 1) + timedelta(days=ahead) for ahead in range(365))
    ours_and_theirs = {day: (is_working_day(day).is_working, chinese_calendar.is_workday(day)) for day in days}
    assert {day: pair for day, pair in ours_and_theirs.items() if pair[0] != pair[1]} == {}


@pytest.mark.parametrize("day", ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_调休的周末要上班(day: str) -> None:
    assert is_working_day(date.fromisoformat(day)) == WorkingDay(is_working=True, provisional=False)


@pytest.mark.parametrize(
    ("day", "working"),
    [("2026-02-13", True), ("2026-02-16", False), ("2026-02-24", True), ("2026-10-07", False), ("2026-10-08", True), ("2026-11-22", False)],
)  # fmt: skip
def test_节前节后的那一天(day: str, working: bool) -> None:
    assert is_working_day(date.fromisoformat(day)).is_working is working


def test_没有通知的年份只按星期算_并注明待确认() -> None:
    assert is_working_day(date(2027, 1, 4)) == WorkingDay(is_working=True, provisional=True)
    assert is_working_day(date(2027, 1, 2)) == WorkingDay(is_working=False, provisional=True)


def test_下一个工作日跳过长假_跨到未公布的年份就注明() -> None:
    assert next_working_day(date(2026, 9, 30)) == (date(2026, 10, 8), WorkingDay(True, provisional=False))
    assert next_working_day(date(2026, 2, 13)) == (date(2026, 2, 14), WorkingDay(True, provisional=False))
    assert next_working_day(date(2026, 12, 31)) == (date(2027, 1, 1), WorkingDay(True, provisional=True))


def test_十一月起提醒缺明年的通知() -> None:
    assert years_missing(date(2026, 10, 31)) == ()
    assert years_missing(date(2026, 11, 1)) == (2027,)


def test_自相矛盾的年表不收() -> None:
    holiday = {"name": "元旦", "first": date(2026, 1, 1), "last": date(2026, 1, 3)}
    with pytest.raises(YearInvalid, match="2026-01-03"):
        working_days._exceptions({"holidays": [holiday], "make_up_workdays": [date(2026, 1, 3)]}, 2026)
    with pytest.raises(YearInvalid, match="another year"):
        working_days._exceptions({"holidays": [holiday], "make_up_workdays": []}, 2027)


def test_本机构自己的安排最优先() -> None:
    closed = {"day": date(2026, 3, 9), "working": False, "why": "停电检修"}
    days = working_days._exceptions({"holidays": [], "make_up_workdays": [], "local_overrides": [closed]}, 2026)
    assert days == {date(2026, 3, 9): False}
