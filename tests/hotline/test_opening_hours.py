"""When the door is open, read from the notice on it."""

from datetime import UTC, datetime

import pytest

from hotline.opening_hours import HoursUnreadable, opening, parse, sessions_from

TWICE = "工作日 9:00-12:00、14:30-17:30；周六 9:00-11:30"
SEASONS = "5月1日至9月30日 工作日 8:30-12:00；10月1日至4月30日 工作日 9:00-12:00"


def words(notice: str, moment: str) -> str:
    """What is said at a moment of Shanghai's clock."""
    at = datetime.strptime(f"{moment} +0800", "%Y-%m-%d %H:%M %z").astimezone(UTC)
    return opening(sessions_from(parse(notice), at), at).words


@pytest.mark.parametrize(
    ("notice", "moment", "said"),
    [
        (TWICE, "2026-11-24 10:00", "现在开着，到12:00"),
        (TWICE, "2026-11-24 08:59", "现在不开，下次11月24日（周二）上午9:00"),
        (TWICE, "2026-11-24 12:00", "现在不开，下次11月24日（周二）下午2:30"),
        (TWICE, "2026-11-27 17:30", "现在不开，下次11月28日（周六）上午9:00"),
        (TWICE, "2026-11-28 11:30", "现在不开，下次11月30日（周一）上午9:00"),
        (TWICE, "2026-09-30 18:00", "现在不开，下次10月8日（周四）上午9:00"),
        (TWICE, "2026-10-10 15:00", "现在开着，到17:30"),
        (SEASONS, "2026-08-03 08:40", "现在开着，到12:00"),
        (SEASONS, "2026-11-24 08:40", "现在不开，下次11月24日（周二）上午9:00"),
        (SEASONS, "2026-01-05 08:40", "现在不开，下次1月5日（周一）上午9:00"),
        ("每天 8:00-20:00", "2026-10-01 09:00", "现在开着，到20:00"),
        ("周一至周五 9:00-12:00", "2026-10-01 09:30", "现在不开，下次10月8日（周四）上午9:00"),
        ("星期一、星期三 9：00－12：00", "2026-11-24 09:00", "现在不开，下次11月25日（周三）上午9:00"),
    ],
    ids=["开着", "还没开", "午休", "周五下班，周六开", "周六关门，跳过周日", "国庆", "调休的星期六按工作日", "夏令", "冬令", "冬令跨年", "每天连节日", "周几遇上节日不开", "全角和星期"],
)  # fmt: skip
def test_现在开不开_下次什么时候(notice: str, moment: str, said: str) -> None:
    assert words(notice, moment) == said


@pytest.mark.parametrize(
    "notice",
    ["", "看情况", "9:00-12:00", "工作日", "工作日 9点到12点", "工作日 25:00-26:00", "工作日 12:00-9:00", "工作日 9:00-12:00；随时"],
)  # fmt: skip
def test_看不懂的不收_并给例子(notice: str) -> None:
    with pytest.raises(HoursUnreadable, match=r"请写成|9:00-12:00"):
        parse(notice)
