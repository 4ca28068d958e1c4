"""Lengths of time: how long somebody worked, waited or was not paid."""

import re
from decimal import Decimal

from bot.extraction import numerals
from bot.extraction.numerals import Amount
from bot.extraction.spans import Span, without_overlaps

_UNITS = {
    "年": "year",
    "个月": "month",
    "个多月": "month",
    "个来月": "month",
    "周": "week",
    "个星期": "week",
    "星期": "week",
    "个礼拜": "week",
    "礼拜": "week",
    "天": "day",
    "日": "day",
    "个小时": "hour",
    "小时": "hour",
    "个钟头": "hour",
    "个钟": "hour",
}
_UNIT = r"(?:个[多来]?月|年|个星期|星期|个礼拜|礼拜|周|天|个小时|小时|个钟头|个钟(?!头))"
_COUNT = re.compile(
    rf"(?P<n>(?:[一二两三四五六七八九][二两三四五六七八九]|{numerals.NUMBER}\s*(?:到|至|[-~—～])\s*{numerals.NUMBER}|{numerals.NUMBER}[多几来余]?|[两三四五六七八九](?=个来月)))\s*"
    rf"(?P<unit>{_UNIT})(?P<more>半|多)?"
)
_YEAR_MONTHS = re.compile(rf"(?P<years>{numerals.NUMBER})年零?(?P<months>{numerals.NUMBER})个月")
_HALF = re.compile(
    r"(?P<size>小|大|将近|快)?(?<!年)(?<!月)(?<!天)半(?P<unit>年|个月|个多月|天|个小时|小时)(?P<more>多)?|(?P<n>"
    + numerals.NUMBER
    + r")个半(?P<unit2>月|小时|星期)"
)
_ABOUT_ONE = re.compile(r"个把(?P<unit>月|星期|小时|礼拜)")
# A point in time, a rate or an ordinal, not a length.
_NOT_BEFORE = re.compile(r"(?:第|每|[\d.．:：]|[上下这本]|星期|周|礼拜|\d年|[今去前明]年|20\d\d)$")
_NOT_AFTER = re.compile(
    r"\s*(?:以?前(?!后)|之前|以?后|之后|以内|级|[底初]|度|生|制|[春夏秋冬]|假|岁|份|代|前夕|头|龄|薪|收入|终|利|息|无理由)"
)
_CALENDAR_YEAR = re.compile(r"(?:19|20)\d\d|[一二][九〇零][〇零一二三四五六七八九]{2}")


def find(text: str) -> list[Span]:
    """Find the lengths of time in a sentence.

    Returns:
        spans of kind `duration`; value {"value": number, "unit": year|month|week|day|hour}, the least the words allow.
        Extras: low and high when the caller gave bounds, approximate.
    """
    spans: list[Span] = []
    for match in _YEAR_MONTHS.finditer(text):
        years, months = numerals.read(match["years"]), numerals.read(match["months"])
        if years is not None and months is not None and years < 100 and _stands_alone(text, match):
            spans.append(_span(match, Amount(years * 12 + months), "month"))
    for match in _HALF.finditer(text):
        if _stands_alone(text, match):
            spans.append(_half(match))
    for match in _ABOUT_ONE.finditer(text):
        spans.append(_span(match, Amount(Decimal(1), approximate=True), _UNITS["个" + match["unit"]]))
    for match in _COUNT.finditer(text):
        if (span := _count(text, match)) is not None:
            spans.append(span)
    return without_overlaps(spans)


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    return not _NOT_BEFORE.search(text[: match.start()]) and not _NOT_AFTER.match(text, match.end())


def _count(text: str, match: re.Match[str]) -> Span | None:
    said, unit = match["n"], match["unit"]
    if not _stands_alone(text, match) or (unit == "年" and _CALENDAR_YEAR.fullmatch(said)) or said[-1] in "万亿":
        return None
    spoken = next(numerals.find(said + unit), None)
    if spoken is None or spoken.start != 0 or spoken.end < len(said):
        return None
    amount = spoken.amount
    if amount.value == 0 or amount.value > 400 or (unit == "年" and amount.value > 60):
        return None
    name = _UNITS[unit]
    if match["more"] == "多" or unit == "个多月":
        amount = Amount(amount.value, amount.value, amount.value + 1, True)
    elif match["more"] == "半":
        if name == "year":
            return _span(match, Amount(amount.value * 12 + 6), "month")
        amount = Amount(amount.value + Decimal("0.5"))
    return _span(match, amount, name)


def _half(match: re.Match[str]) -> Span:
    if match["n"]:  # 两个半月
        whole = numerals.read(match["n"]) or Decimal(0)
        return _span(match, Amount(whole + Decimal("0.5")), _UNITS["个" + match["unit2"]])
    length = {"年": (6, "month"), "个月": (15, "day"), "个多月": (15, "day"), "天": (12, "hour")}.get(
        match["unit"], (30, "minute")
    )
    value = Decimal(length[0])
    if match["size"] in ("小", "将近", "快"):  # just short of half: the upper bound is known, the lower is not
        return _span(match, Amount(value, None, value, True), length[1])
    if match["size"] == "大" or match["more"] or match["unit"] == "个多月":
        return _span(match, Amount(value, value, None, True), length[1])
    return _span(match, Amount(value), length[1])


def _span(match: re.Match[str], amount: Amount, unit: str) -> Span:
    extras: dict[str, object] = {
        "low": _plain(amount.low),
        "high": _plain(amount.high),
        "approximate": amount.approximate,
    }
    return Span("duration", match.start(), match.end(), {"value": _plain(amount.value), "unit": unit}, extras)


def _plain(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)
