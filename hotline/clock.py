"""The hotline's time: stored as UTC, spoken as Asia/Shanghai."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"


def local(moment: datetime) -> datetime:
    """The same moment on a clock in Shanghai."""
    return moment.astimezone(SHANGHAI)


def midnight(day: date) -> datetime:
    """When the day begins in Shanghai, in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def day_in_words(day: date) -> str:
    """11月23日（周一）"""
    return f"{day.month}月{day.day}日（周{WEEKDAYS[day.weekday()]}）"


def in_words(moment: datetime) -> str:
    """11月23日（周一）上午9:00"""
    there = local(moment)
    half = "上午" if there.hour < 12 else "下午"
    hour = there.hour if there.hour <= 12 else there.hour - 12
    return f"{day_in_words(there.date())}{half}{hour}:{there.minute:02d}"
