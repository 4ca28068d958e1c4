"""Days, months, years and hours, relative ones too, as ISO dates and times.

`today` is given, never read from a clock: 明天 is different every day, and tests are not.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.extraction import numerals
from bot.extraction.spans import Span, clause_after, clause_before, whole_message

_C = "一二两三四五六七八九十〇零"
_MONTH = r"(?P<month>1[0-2]|0?[1-9](?!\d)|十[一二]?|[一二两三四五六七八九]|正|腊)月"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9](?!\d)|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])(?:号|日)(?!线|楼|院|厂|店|门|房|桌|文|窗|令|仓|库|馆|机)"
_WEEKDAY = r"(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天1-7])(?![\d个])"

_RELATIVE_DAYS = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_RELATIVE_YEARS = {"大前年": -3, "前年": -2, "去年": -1, "上一年": -1, "今年": 0, "本年": 0, "明年": 1, "后年": 2}
_WEEKS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_WEEKDAYS = {c: n for n, cs in enumerate(("一1", "二2", "三3", "四4", "五5", "六6", "日天7")) for c in cs}

_YEAR = r"(?:(?P<year>(?:19|20)\d\d|[一二][九〇零][〇零一二三四五六七八九]{2})年|(?P<short_year>\d\d|[〇零一二][〇零一二三四五六七八九])年(?=\s*(?:\d|[一二三四五六七八九十])[\d一二]?月|[底初春夏秋冬])|(?P<named_year>大前年|前年|去年|今年|本年|明年|后年|上一年))"
_PART_OF_YEAR = r"(?P<year_part>国庆节?|年?底|年?初|上半年|下半年|春节?后?|春天|夏天|秋天|冬天)?"
_PART_OF_MONTH = r"(?P<month_part>月?底|月?末|月?初|中旬|上旬|下旬|月?中(?!旬))?"

_DATES = [
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)[-/.](?P<month>1[0-2]|0?[1-9])[-/.](?P<day>3[01]|[12]\d|0?[1-9])(?!\d)"),
    re.compile(rf"{_YEAR}\s*{_MONTH}份?(?:的)?\s*(?:{_DAY}|{_PART_OF_MONTH})"),
    re.compile(rf"{_YEAR}(?:的)?{_PART_OF_YEAR}"),
    re.compile(
        rf"(?P<named_month>上上个?|上个?|这个?|本|下个?|下下个?)月(?!份?(?:工|牙|薪|租))(?:份)?(?:的)?\s*(?:{_DAY}|{_PART_OF_MONTH})"
    ),
    re.compile(rf"(?<![\d个年{_C}])(?<!\d[个年]){_MONTH}份?(?:的)?\s*(?:{_DAY}|{_PART_OF_MONTH})"),
    re.compile(r"(?<!\d)(?P<month>1[0-2]|[1-9])[./](?P<day>3[01]|[12]\d|[1-9])(?:号|日)"),
    re.compile(
        r"(?P<named_day>大前|前|昨|今|明|大后|后)(?:天|日(?!子|后|常)|儿个?)(?!照)|(?P<named_part>昨|今|明)(?P<half>晚|早)(?:上)?"
    ),
    re.compile(rf"(?P<week>上上|上|这|本|下下|下)?(?:一)?个?{_WEEKDAY}"),
    re.compile(r"(?P<week>上上|上|这|本|下下|下)?(?:一)?个?周末"),
    re.compile(r"(?P<week>上上|上|这|本|下下|下)(?:一)?个?(?:周|星期|礼拜)(?![一二三四五六日天\d末])"),
    re.compile(
        r"(?P<ago>半|\d+|[一二两三四五六七八九十]+)(?P<unit>天|个?星期|个?礼拜|周|个月|年)(?:多)?(?P<way>(?:之|以)?前|(?:之|以)?后)(?!面|悔|来)"
    ),
    re.compile(
        r"(?<![一二三四五六七八九十\d])过(?P<ago>两|几|[1-9]|三|四|五)(?P<unit>天)(?P<way>(?=后|再|来|去|办|吧|$)|)"
    ),
    re.compile(rf"(?<![月\d第路街巷弄幢栋座工编牌型楼{_C}]){_DAY}"),
    re.compile(r"(?<![年\d个一-九])(?P<bare_part>月底|月初|月中|年底|年初)"),
]

_PART = r"(?P<part>凌晨|大清早|清早|一早|早上|早晨|上午|中午|午后|下午|傍晚|晚上|夜里|半夜|晚(?=[\d一二两三四五六七八九十]))"
_HOUR = r"(?P<hour>2[0-4]|1\d|0?\d|十[一二]?|[一二两三四五六七八九])"
_CLOCK = rf"(?:(?P<h24>[01]?\d|2[0-3])[:：](?P<m24>[0-5]\d)(?!\d)|{_HOUR}(?:点钟?|时)(?:(?P<half>半)|(?P<quarter>[一三])刻|过?(?P<minute>[0-5]?\d(?!\d)|[一二三四五]?十[一二三四五六七八九]?|零?[一二三四五六七八九])分?|整|多)?)"
_TIME = re.compile(rf"(?:{_PART}的?\s*|(?<![\d.:：第])){_CLOCK}|{_PART.replace('<part>', '<alone>')}(?!好)")
_PARTS = {
    "凌晨": None,
    "半夜": "evening",
    "夜里": "evening",
    "晚上": "evening",
    "晚": "evening",
    "傍晚": "evening",
    "中午": "afternoon",
    "午后": "afternoon",
    "下午": "afternoon",
    "上午": "morning",
    "早上": "morning",
    "早晨": "morning",
    "一早": "morning",
    "清早": "morning",
    "大清早": "morning",
}
_BARE_HOUR_ENDS = re.compile(r"钟|半|整|分|刻")
_AFTER_BARE_HOUR = re.compile(
    r"$|[，。,.!！?？\s]|吧|行|可以|能|到|来|过来|去|左右|之前|以前|之后|方便|有|的时候|钟|见|好"
)

_FUTURE = re.compile(
    r"预约|约|改到|改成|改在|换到|来办|过来|来一趟|去办|能不能|可以吗|有空|有没有号|方便|想去|想来|打算|准备|要去|开庭|到期|截止|号可以|还有位|推迟|提前到|安排"
)
_PAST = re.compile(
    r"了|过(?!来|去|几|两)|被|欠|离职|辞退|开除|受伤|摔|撞|发生|进厂|入职|上班|来的|去的|签的|开始|至今|到现在|以来|借的|领的|办的|出的|没发|没给|没结|起就|出生|走的|结婚|打的"
)


@dataclass(frozen=True)
class _Days:
    """A stretch of days, both ends included; None when only an hour was said."""

    first: date | None
    last: date | None
    part: str | None = None
    time: str | None = None
    approximate: bool = False


def find(text: str, today: date) -> list[Span]:
    """Find dates and times.

    Args:
        today: the caller's day in Asia/Shanghai.
    Returns:
        spans of kind `date`; value {"from", "to": ISO dates, both included, or None when only an hour was said,
        "part": morning|afternoon|evening|None, "time": "09:30" or None}. Extra `approximate` for 月底 and the like.
    """
    spans: list[Span] = []
    position = 0
    while found := _next(text, position, today):
        start, end, days = found
        spans.append(_span(start, end, days))
        position = end
    return spans


def _next(text: str, position: int, today: date) -> tuple[int, int, _Days] | None:
    """The next date with its hour, or the hour that stands before it alone."""
    day = _longest_date(text, position, today)
    limit = day[0] if day else len(text)
    for hour in _TIME.finditer(text, position, limit):
        if (clock := _clock(text, hour)) is not None:
            return hour.start(), hour.end(), clock
    return (day[0], *_with_time(text, day[1], day[2])) if day else None


def _with_time(text: str, end: int, days: _Days) -> tuple[int, _Days]:
    hour = _TIME.match(text, end + (text[end : end + 1] in ("，", ",", "的", " ")))
    if not hour:
        return end, days
    clock = _clock(text, hour, after_date=days.part or "day")
    if clock is None:
        return end, days
    return hour.end(), replace(days, part=clock.part or days.part, time=clock.time)


def _longest_date(text: str, position: int, today: date) -> tuple[int, int, _Days] | None:
    matches: Iterator[re.Match[str] | None] = (pattern.search(text, position) for pattern in _DATES)
    best: tuple[int, int, _Days] | None = None
    for match in matches:
        if match is None or (best and (match.start(), -match.end()) >= (best[0], -best[1])):
            continue
        days = _days(text, match, today)
        if days is not None:
            best = (match.start(), match.end(), days)
        else:
            later = _longest_from(match.re, text, match.start() + 1, today)
            if later and (not best or (later[0], -later[1]) < (best[0], -best[1])):
                best = later
    return best


def _longest_from(pattern: re.Pattern[str], text: str, position: int, today: date) -> tuple[int, int, _Days] | None:
    while match := pattern.search(text, position):
        if (days := _days(text, match, today)) is not None:
            return match.start(), match.end(), days
        position = match.start() + 1
    return None


def _days(text: str, match: re.Match[str], today: date) -> _Days | None:
    said = match.groupdict()
    try:
        if said.get("ago"):
            return _distance(said, today)
        if said.get("named_day"):
            return _one(today + timedelta(_RELATIVE_DAYS[said["named_day"]]))
        if said.get("named_part"):
            half = "evening" if said["half"] == "晚" else "morning"
            return replace(_one(today + timedelta(_RELATIVE_DAYS[said["named_part"]])), part=half)
        if "week" in said:
            return _week(said, match, text, today)
        if said.get("bare_part"):
            return _bare_part(said["bare_part"], today)
        if said.get("named_month"):
            return _named_month(said, today)
        year = _year(said, today)
        if said.get("month"):
            return _month(said, year, text, match, today)
        if year is not None:
            return _whole_year(said, year, text, match)
        if said.get("day"):
            return _day_alone(said, text, match, today)
    except ValueError:  # 2月30号 and the like are no date
        return None
    return None


def _one(day: date) -> _Days:
    return _Days(day, day)


def _number(said: str) -> int:
    value = numerals.read({"正": "一", "腊": "十二"}.get(said, said))
    return int(value) if value is not None else 0


def _year(said: dict[str, str | None], today: date) -> int | None:
    if name := said.get("named_year"):
        return today.year + _RELATIVE_YEARS[name]
    if full := said.get("year"):
        return int(numerals.read(full) or 0)
    if short := said.get("short_year"):
        number = int(numerals.read(short) or 0)
        return 2000 + number if number <= today.year % 100 + 2 else 1900 + number
    return None


def _of_month(year: int, month: int, part: str | None) -> _Days:
    last = monthrange(year, month)[1]
    if not part:
        return _Days(date(year, month, 1), date(year, month, last))
    first_day, last_day = (1, 10) if part[-1] == "初" or part == "上旬" else (11, 20) if "中" in part else (21, last)
    return _Days(date(year, month, first_day), date(year, month, last_day), approximate=True)


def _month(said: dict[str, str | None], year: int | None, text: str, match: re.Match[str], today: date) -> _Days | None:
    month, day = _number(said["month"] or ""), said.get("day")
    if (
        year is None
        and not day
        and not said.get("month_part")
        and re.match(r"[租薪供嫂经饼亮子球]", text[match.end() :])
    ):
        return None
    if year is None:
        year = _likely_year(month, _number(day) if day else None, text, match, today)
    return _one(date(year, month, _number(day))) if day else _of_month(year, month, said.get("month_part"))


def _likely_year(month: int, day: int | None, text: str, match: re.Match[str], today: date) -> int:
    """The year nobody said: appointments lie ahead, wrongs lie behind; without a sign, a day within 60 days lies ahead."""
    around = clause_before(text, match.start()) + "|" + clause_after(text, match.end())
    this_year = date(today.year, month, day or monthrange(today.year, month)[1])
    ahead = this_year if this_year >= today else date(today.year + 1, month, day or 1)
    behind = date(today.year, month, day or 1)
    behind_year = today.year if behind <= today else today.year - 1
    future, past = bool(_FUTURE.search(around)), bool(_PAST.search(around))
    if future and not past:
        return ahead.year
    if past and not future:
        return behind_year
    return ahead.year if day and (ahead - today).days <= 60 else behind_year


def _whole_year(said: dict[str, str | None], year: int, text: str, match: re.Match[str]) -> _Days | None:
    part = said.get("year_part") or ""
    if (
        said.get("named_year") == "今年"
        and not part
        and re.match(
            r"\s*(?:刚满|虚岁|周岁)?\s*(?:\d|[一二三四五六七八九十]+(?:多|几)?岁|[一二三四五六七八九]十)",
            text[match.end() :],
        )
    ):
        return None  # 今年65 is an age
    months = {
        "底": (12, 12),
        "初": (1, 2),
        "国庆": (10, 10),
        "国庆节": (10, 10),
        "上半年": (1, 6),
        "下半年": (7, 12),
        "春天": (3, 5),
        "夏天": (6, 8),
        "秋天": (9, 11),
    }
    key = part.lstrip("年") if part not in months else part
    if key in months:
        first, last = months[key]
        return _Days(date(year, first, 1), date(year, last, monthrange(year, last)[1]), approximate=True)
    return _Days(date(year, 1, 1), date(year, 12, 31), approximate=bool(part))


def _named_month(said: dict[str, str | None], today: date) -> _Days:
    shift = _WEEKS[(said["named_month"] or "").removesuffix("个")]
    year, month = divmod(today.year * 12 + today.month - 1 + shift, 12)
    day = said.get("day")
    return _one(date(year, month + 1, _number(day))) if day else _of_month(year, month + 1, said.get("month_part"))


def _bare_part(part: str, today: date) -> _Days:
    if part[0] == "月":
        days = _of_month(today.year, today.month, part)
        if days.last and days.last < today:  # 月初, said on the 22nd, is next month's
            year, month = divmod(today.year * 12 + today.month, 12)
            days = _of_month(year, month + 1, part)
        return days
    months = (12, 12) if part == "年底" else (1, 2)
    year = today.year if part == "年底" or today.month <= 2 else today.year + 1
    return _Days(date(year, months[0], 1), date(year, months[1], monthrange(year, months[1])[1]), approximate=True)


def _day_alone(said: dict[str, str | None], text: str, match: re.Match[str], today: date) -> _Days | None:
    """15号: only with a sign that a day is meant, because houses, tickets and windows are 号 too."""
    before, after = clause_before(text, match.start()), clause_after(text, match.end())
    hinted = (
        whole_message(text, match.start(), match.end())
        or re.search(r"(?:约|到|在|改|是|等|就)$", before)
        or _TIME.match(after)
        or re.match(r"[那这]天|去|来|发工资|开庭|之?前|有", after)
    )
    if not hinted:
        return None
    day = _number(said["day"] or "")
    behind = bool(_PAST.search(before + after)) and not _FUTURE.search(before + after)
    for shift in range(4):
        year, month = divmod(today.year * 12 + today.month - 1 + (-shift if behind else shift), 12)
        if day <= monthrange(year, month + 1)[1]:
            then = date(year, month + 1, day)
            if then <= today if behind else then >= today:
                return _one(then)
    return None


def _week(said: dict[str, str | None], match: re.Match[str], text: str, today: date) -> _Days:
    named = said.get("week")
    monday = today - timedelta(today.weekday()) + timedelta(7 * _WEEKS.get(named or "这", 0))
    weekday = said.get("weekday")
    if weekday:
        day = monday + timedelta(_WEEKDAYS[weekday])
        if named is None and day < today and not _PAST.search(clause_after(text, match.end())):
            day += timedelta(7)
        return _one(day)
    if "末" in match.group():
        return _Days(monday + timedelta(5), monday + timedelta(6))
    return _Days(monday, monday + timedelta(6))


def _distance(said: dict[str, str | None], today: date) -> _Days | None:
    ago, unit, way = said["ago"] or "", said["unit"] or "", said.get("way") or "后"
    sign = -1 if way.endswith("前") else 1
    if ago == "几":
        return None
    if ago == "半":
        if unit not in ("年", "个月"):
            return None
        count, unit = (6, "个月") if unit == "年" else (15, "天")
    else:
        count = _number(ago)
    if unit == "天":
        return _one(today + timedelta(sign * count))
    if unit == "年":
        year = today.year + sign * count
        return _Days(date(year, 1, 1), date(year, 12, 31), approximate=True)
    if unit == "个月":
        year, month = divmod(today.year * 12 + today.month - 1 + sign * count, 12)
        return replace(_of_month(year, month + 1, None), approximate=True)
    day = today + timedelta(sign * 7 * count)
    return replace(_one(day), approximate=True)


def _clock(text: str, match: re.Match[str], after_date: str | None = None) -> _Days | None:
    """An hour or a part of the day; bare 三点 only where an hour can stand."""
    said = match.groupdict()
    word = said["part"] or said["alone"]
    part = _PARTS.get(word) if word else (after_date if after_date in ("morning", "afternoon", "evening") else None)
    if said["h24"]:
        hour, minute = int(said["h24"]), int(said["m24"])
    elif said["hour"]:
        if (
            not word
            and not after_date
            and not _BARE_HOUR_ENDS.search(match.group())
            and not _AFTER_BARE_HOUR.match(text, match.end())
        ):
            return None
        if said["hour"] == "一" and not word and not after_date and not _BARE_HOUR_ENDS.search(match.group()):
            return None
        if not word and not after_date and re.search(r"[有差早晚快慢多少这那第几]$", text[: match.start()]):
            return None
        hour = _number(said["hour"])
        minute = (
            30
            if said["half"]
            else 15 * _number(said["quarter"])
            if said["quarter"]
            else _number((said["minute"] or "零").lstrip("零") or "零")
        )
    else:
        return _Days(None, None, part) if part else None
    if hour < 12 and part in ("afternoon", "evening") and not (word == "中午" and hour >= 10):
        hour += 12
    elif 1 <= hour <= 6 and part is None and word is None and not said["h24"]:
        hour += 12  # nobody asks an office for three in the morning
    if hour > 23 or minute > 59:
        return None
    if part is None and word != "凌晨":
        part = "morning" if hour < 12 else "afternoon" if hour < 18 else "evening"
    return _Days(None, None, part, f"{hour:02d}:{minute:02d}")


def _span(start: int, end: int, days: _Days) -> Span:
    value = {
        "from": days.first.isoformat() if days.first else None,
        "to": days.last.isoformat() if days.last else None,
        "part": days.part,
        "time": days.time,
    }
    return Span("date", start, end, value, {"approximate": days.approximate})
