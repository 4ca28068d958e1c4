"""Sums of money in yuan, with the period and the person they are said for."""

import re
from decimal import Decimal

from bot.extraction import numerals
from bot.extraction.numerals import Amount, Spoken
from bot.extraction.spans import Span, clause_after, clause_before, whole_message

# Words after which, or before which, a bare sum is money.
_CUES = (
    "工资|薪|底薪|工钱|工程款|货款|劳务费|欠|借|还了|还我|没还|偿还|归还|得还|要还|让[他她你我]还|月供|赔|补偿|补助|押金|定金|订金|首付|房租|租金|月租|彩礼|存款|积蓄|收入|挣|赚|"
    "罚|交了|付了|花了|花掉|转了|转给|转账|汇|骗|贷|本金|利息|欠条|借条|退休金|养老金|养老钱|低保|抚养费|赡养费|生活费|学费|医药费|医疗费|手术费|住院费|"
    "律师费|诉讼费|中介费|物业费|加班费|奖金|提成|价|卖|买|钱|到手|拿到|领|发了|发我|只给|给我|给了|扣|少发|垫|投|充|退|损失|金额|总共|一共|合计|共计|人均|平均|每人|改成|改为|更正|说错了|应该是|不到"
)
_CUE_BEFORE = re.compile(rf"(?:{_CUES})[^\d，。！？；,!?;]{{0,8}}$")
_CORRECTION_BEFORE = re.compile(r"(?:说错了|更正一?下|不是[^，,]{1,8})[，,]?\s*(?:应该)?是$")
_CUE_AFTER = re.compile(
    r"^[^\d，。！？；,!?;]{0,2}(?:的)?(?:工资|工钱|薪水|欠款|货款|彩礼|押金|定金|房租|存款|积蓄|债|钱|没还|不还|没给|不给|没发|不发)"
)
_UNIT = re.compile(
    r"\s*(?P<unit>万?元|块钱|块|圆|人民币|rmb|RMB|(?<=[万千百])钱)(?P<tail>整|[一二三四五六七八九](?![\d百千万年月天个岁小钟次斤]))?"
)
_NOT_BLOCKS = re.compile(r"[地田土林宅石砖骨玻肉表布牌]|儿|去|来|走")
# After a number these say that it counts something else.
_OTHER_UNIT = re.compile(
    r"\s*(?:个|年|月|日|号|天|周|星期|礼拜|小时|钟|分|点|岁|周岁|人|口|名|位|户|平|亩|公里|里|米|厘|公分|斤|公斤|吨|克|升|次|回|遍|条|款|项|章|编|件|"
    r"本|张|套|间|栋|楼|层|室|弄|路|线|座|辆|台|部|箱|瓶|包|盒|字|页|度|级|期|倍|成|%|％|折|步|公|家|所|处|棵|头|只|届|班|代|集|批|种|样|多个|多人|多岁|来个|分之|[:：/\-])"
)
_PERIODS = (
    ("month", r"每个?月|(?<![\d一二三四五六七八九十])一个?月|(?<!个)月(?:工资|薪|收入|租|均|供|平均)?|/月"),
    ("year", r"每年|(?<![\d二三四五六七八九十])一年|年(?:收入|薪|租|均)|/年"),
    ("day", r"每天|(?<![\d二三四五六七八九十])一天|日(?:工资|薪|结)|/天|/日"),
    ("once", r"一次性"),
)
_PERIOD_AFTER = re.compile(
    r"^(?:左右|上下|的样子|吧)?\s*(?:(?P<month>一个月|每个?月|[/／每]月)|(?P<year>一年|每年|[/／]年)|(?P<day>一天|每天|[/／][天日]))"
)
_PERIOD_BEFORE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PERIODS))
_PER_PERSON = re.compile(r"人均|人平|每个?人|(?<![\d一二三四五六七八九十])一个?人(?:一个?月|每月|平均)")
_APPROXIMATE = re.compile(r"大概|大约|差不多|左右|上下|将近|接近|约")
# Numbers of public lines; nobody is owed 12348 yuan without saying 元. 120 may be a day's pay, unless somebody rings it.
_HOTLINE = re.compile(r"12110|12123|123(?:05|09|1[35]|3[378]|45|48|5[01568]|6[6-9]|78|8[589])|96110")
_RINGS = re.compile(r"[打拨报叫喊]$")


def find(text: str) -> list[Span]:
    """Find the sums of money in a sentence.

    Returns:
        spans of kind `money`; value in yuan with two decimals, the least the words allow. Extras: low and high when
        the caller gave bounds, else None; period month, year, day, once or None; per_person; approximate; bare when
        the whole message is an unmarked number, to be believed only if money was asked for.
    """
    return [span for spoken in numerals.find(text) if (span := _as_money(text, spoken)) is not None]


def _as_money(text: str, spoken: Spoken) -> Span | None:
    start, end, amount = spoken.start, spoken.end, spoken.amount
    said = text[start:end]
    if said in ("百八十", "千八百", "万八千"):  # about so much: no figure was told
        return None
    if re.search(r"[第\-./:：A-Za-z#]$", text[:start]):
        return None
    unit = _UNIT.match(text, end)
    if unit and _is_currency(text, said, unit):
        amount, end = _with_unit(amount, unit), unit.end()
        if unit["unit"] == "块" and text[end : end + 1] in ("毛", "角"):
            end += 1
    elif re.search(r"[¥￥]\s*$", text[:start]):
        pass
    elif not _is_bare_money(text, spoken):
        return None
    return Span(
        "money", start, end, _yuan(amount.value), {**_details(text, start, end, amount), **_bare(text, spoken, unit)}
    )


def _is_currency(text: str, said: str, unit: re.Match[str]) -> bool:
    """一块 is often 'together' and 两块地 are fields: 块 counts as yuan only where it can."""
    if unit["unit"] != "块" or unit["tail"]:
        return True
    after = text[unit.end() :]
    if said == "一":
        return False
    return not _NOT_BLOCKS.match(after) or _is_large(said)


def _is_large(said: str) -> bool:
    """A count of pieces is small; hundreds of 块 are money."""
    value = numerals.read(re.sub("[多来几余把]", "", said))
    return value is not None and value >= 100


def _with_unit(amount: Amount, unit: re.Match[str]) -> Amount:
    if unit["unit"] == "万元":
        amount = amount.times(Decimal(10_000))
    if unit["tail"] and unit["tail"] != "整":  # 三块五
        amount = Amount(amount.value + Decimal(numerals.DIGITS[unit["tail"]]) / 10)
    return amount


def _is_bare_money(text: str, spoken: Spoken) -> bool:
    """A number without 元 is money when the words around it speak of money and nothing else is counted."""
    start, end, said = spoken.start, spoken.end, text[spoken.start : spoken.end]
    value = spoken.amount.value
    digits_only = said.isascii() and said.isdigit()
    if (
        _HOTLINE.fullmatch(said)
        or (len(said) == 3 and _RINGS.search(text[:start]))
        or (digits_only and (len(said) >= 7 or (said.startswith("0") and value != 0)))
    ):
        return False
    after = text[end:]
    if _OTHER_UNIT.match(after) and not _PERIOD_AFTER.match(after):
        return False
    names_something = re.search(
        r"[年月日号楼栋路街巷室弄院]$|尾号|手机|电话|编号|号码|后四位", clause_before(text, start)[-8:]
    )
    if names_something and not re.search(r"(?:每个?|一个?)月$|(?:每|一)年$", text[:start]):
        return False
    if value == 0:
        return whole_message(text, start, end)
    if not re.search(r"[百千万亿佰仟kKwW]|\d{3}", said):
        return False
    if whole_message(text, start, end):
        return True
    before = clause_before(text, start)
    return bool(
        _CUE_BEFORE.search(before)
        or _CORRECTION_BEFORE.search(text[:start])
        or re.search(r"(?:(?:每个?|一个?)月|[每一][年天])[^\d，。！？；,!?;]{0,4}$", before)
        or _CUE_AFTER.match(after)
        or _PERIOD_AFTER.match(after)
    )


def _details(text: str, start: int, end: int, amount: Amount) -> dict[str, object]:
    before, after = clause_before(text, start), clause_after(text, end)
    return {
        "low": None if amount.low is None else _yuan(amount.low),
        "high": None if amount.high is None else _yuan(amount.high),
        "period": _period(before, after),
        "per_person": bool(_PER_PERSON.search(before)),
        "approximate": amount.approximate or bool(_APPROXIMATE.search(before[-4:] + "|" + after[:3])),
    }


def _period(before: str, after: str) -> str | None:
    """The period said right behind the sum, else the last one said before it in the clause and after any other sum."""
    if behind := _PERIOD_AFTER.match(after):
        return behind.lastgroup
    sums = re.split(r"\d{3,}|[百千万](?:元|块)?", before)
    since_last_sum = (
        sums[-1] if len(sums) == 1 else _PERIOD_AFTER.sub("", sums[-1])
    )  # in 1500一个月押金… that month is taken
    said = [match.lastgroup for match in _PERIOD_BEFORE.finditer(since_last_sum)]
    return said[-1] if said else None


def _bare(text: str, spoken: Spoken, unit: re.Match[str] | None) -> dict[str, object]:
    return {"bare": True} if unit is None and whole_message(text, spoken.start, spoken.end) else {}


def _yuan(value: Decimal) -> str:
    return f"{value:.2f}"
