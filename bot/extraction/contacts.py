"""Numbers that name a person, a case or a judgement: phones, reference numbers, stars, ages, heads."""

import re
from decimal import Decimal

from bot.extraction import numerals
from bot.extraction.numerals import Amount
from bot.extraction.spans import CLAUSE_ENDS, Span, clause_after, clause_before, whole_message, without_overlaps

_SPOKEN_DIGITS = str.maketrans({c: str(n) for c, n in numerals.DIGITS.items() if c not in "两俩仨"})
_SPOKEN = "".join(c for c in numerals.DIGITS if c not in "两俩仨")

_APPLICATION = re.compile(r"(?<![A-Za-z0-9])YX[\s-]?(\d{8})[\s-]?(\d{4})[\s-]?([0-9A-Z])(?![A-Za-z0-9])", re.IGNORECASE)
_APPOINTMENT = re.compile(r"(?<![A-Za-z0-9])AP[\s-]?(\d{8})[\s-]?(\d{4})[\s-]?([0-9A-Z])(?![A-Za-z0-9])", re.IGNORECASE)
_MOBILE = re.compile(r"(?<![\dA-Za-z])(?:\+?86[\s-]?)?(1[3-9]\d)[\s-]?(\d{4})[\s-]?(\d{4})(?!\d)")
_SPOKEN_MOBILE = re.compile(rf"(?<![{_SPOKEN}])[一幺][{_SPOKEN}\s]{{10,20}}(?![{_SPOKEN}])")
_LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})[\s-]?([2-8]\d{6,7})(?!\d)")
_TAIL = re.compile(
    rf"(?:尾号|(?:最后|后)[四4]位(?:数字?|号码)?|末[四4]位)\s*(?:就?是|为|[:：])?\s*(\d{{4}}|[{_SPOKEN}]{{4}})(?![\d{_SPOKEN}])"
)
_FOUR_DIGITS = re.compile(rf"(?<![\d{_SPOKEN}A-Za-z.])(?:\d{{4}}|[{_SPOKEN}]{{4}})(?![\d{_SPOKEN}])")

_SCORE = re.compile(
    r"(?<![\d.第一二三四五六七八九十百千万点])(?P<score>[1-5]|[一二两三四五])\s*(?:(?P<stars>颗?星)(?!级|期)|分(?![钟之割别手开居期公身明工为]))"
)
_GIVES_MARKS = re.compile(r"(?:打|评|评分|算|(?<![没不未])给(?:你们?|他们?|她|个)?)\s*$")
_FULL_MARKS = re.compile(r"满分|全五星")

_AGE = re.compile(
    rf"(?P<n>{numerals.NUMBER}[多几来]?|[一二三四五六七八九十]*[一二三四五六七八][二三四五六七八九])\s*(?:周|虚)?岁(?P<more>多|出头|半)?(?!以[上下内前]|为止)"
)
# 七十三咧, 虚岁六十, 老公四十: the word before the number, or the particle behind it, says that it is an age
_SPOKEN_AGE = re.compile(
    rf"(?:虚岁|周岁|(?:俺|我|他|她)?(?:爹|娘|老公|老婆|丈夫|妻子|爱人|男人))(?:今年)?(?P<n>[二三四五六七八九]十[一二三四五六七八九]?|\d\d)(?P<more>多|出头)?(?:了|咧|啦|$|(?=[{CLAUSE_ENDS}]))"
)
_AGE_WITHOUT_UNIT = re.compile(
    rf"(?P<who>我|我今年|今年|(?:爸|妈|父亲|母亲|爷爷|奶奶|外公|外婆|老人|老伴|孩子|儿子|女儿)(?:今年)?|都|已经|快|快要|才|刚满|没满|不满|未满|年龄|岁数)(?:了|快|都|才|是|也|有)?\s*(?P<n>\d{{1,3}}|[一二三四五六七八九]?十[一二三四五六七八九]?)(?P<more>多|出头|来)?(?:了|啦|$|(?=[{CLAUSE_ENDS}\s吧的呢啊]))"
)
_BY_AGE = re.compile(
    r"(?<![\d月号])(?P<n>[6-9]\d|[六七八九]十[一二三四五六七八九]?)(?P<more>多|好几|出头)?(?:了|的人了)(?=[，。,!！?？\s]|$)"
)
_NOT_YET = re.compile(r"(?:快要?|将近|接近|不到|还?没满|不满|未满|没到|快满)$")
_MONTHS_OR_MONEY = re.compile(r"\s*(?:[元块万千百年月天号个%日次斤平楼栋]|多?[元块万千百年月天号个])")

_WHO = (
    ("child", r"孩子|小孩|儿子|女儿|娃|孙子|孙女|外孙|弟弟|妹妹|宝宝|闺女|丫头"),
    ("parent", r"爸|妈|父亲|母亲|爹|娘|爷爷|奶奶|外公|外婆|姥|老人|公公|婆婆|岳|老头|老太|二老"),
    ("opponent", r"老板|对方|包工头|肇事|司机|被告|房东|邻居"),
    ("partner", r"老公|老婆|丈夫|妻子|爱人|对象|老伴"),
    ("speaker", r"我|本人|自己|俺|咱"),
    ("other", r"他|她"),
)
_HOUSEHOLD = re.compile(
    rf"(?P<n>{numerals.NUMBER})\s*(?:口(?:人|之家)?(?!子|气|头|井)|个?人|[多几来]?个(?:工友|同事|老乡|业主|家长|村民|姐妹|兄弟|农民工)|[多几来余]人)"
)
_FAMILY = re.compile(r"家|一共|总共|共有|全部|我们|咱们|俺们|户口本|吃饭的|人口")


def find(text: str) -> list[Span]:
    """Find reference numbers, phones, ratings, ages and head counts.

    Returns:
        spans of kind application_number, appointment_number (upper case, no separators), phone (digits),
        phone_tail (four digits), rating (1 to 5), age (years; extras low, high, approximate, whose: speaker, child,
        parent, partner, other or None) and person_count. Extra `bare`: the whole message is a naked number, to be
        believed only if this was asked for.
    """
    numbers = without_overlaps([*_references(text), *_phones(text)])
    people = [
        span
        for span in [*ratings(text), *ages(text), *person_counts(text)]
        if not any(span.overlaps(n) for n in numbers)
    ]
    return numbers + people


def _references(text: str) -> list[Span]:
    kinds = (("application_number", "YX", _APPLICATION), ("appointment_number", "AP", _APPOINTMENT))
    return [
        Span(kind, m.start(), m.end(), prefix + "".join(m.groups()).upper())
        for kind, prefix, pattern in kinds
        for m in pattern.finditer(text)
    ]


def _phones(text: str) -> list[Span]:
    spans = [
        Span("phone", m.start(), m.end(), "".join(m.groups()))
        for m in (*_MOBILE.finditer(text), *_LANDLINE.finditer(text))
    ]
    for match in _SPOKEN_MOBILE.finditer(text):
        digits = re.sub(r"\s", "", match.group()).translate(_SPOKEN_DIGITS)
        if re.fullmatch(r"1[3-9]\d{9}", digits):
            spans.append(Span("phone", match.start(), match.end(), digits))
    for match in _TAIL.finditer(text):
        spans.append(Span("phone_tail", match.start(1), match.end(1), match[1].translate(_SPOKEN_DIGITS)))
    for match in _FOUR_DIGITS.finditer(text):
        if whole_message(text, match.start(), match.end()):
            spans.append(
                Span(
                    "phone_tail",
                    match.start(),
                    match.end(),
                    match.group().translate(_SPOKEN_DIGITS),
                    {"bare": True},
                    0.5,
                )
            )
    return spans


def ratings(text: str) -> list[Span]:
    """Find a judgement of one to five stars; 一分钱没给 is none."""
    spans = []
    for match in _SCORE.finditer(text):
        before, after = clause_before(text, match.start()), clause_after(text, match.end())
        alone = not before.strip() and not after.strip(" 吧啊了")
        if (
            match["stars"]
            or (alone and len(text) <= 20)
            or (_GIVES_MARKS.search(before) and not after.startswith("钱"))
        ):
            score = match["score"].translate(_SPOKEN_DIGITS).replace("两", "2")
            spans.append(Span("rating", match.start(), match.end(), int(score)))
    spans += [Span("rating", m.start(), m.end(), 5) for m in _FULL_MARKS.finditer(text)]
    return spans + _bare(text, "rating", 1, 5)


def ages(text: str) -> list[Span]:
    """Find ages: 16岁, 八十二了, 我六十五, 七十多岁."""
    spans = []
    for match in _AGE.finditer(text):
        if (span := _age(text, match)) is not None:
            spans.append(span)
    for pattern in (_SPOKEN_AGE, _AGE_WITHOUT_UNIT, _BY_AGE):
        for match in pattern.finditer(text):
            if not _MONTHS_OR_MONEY.match(text, match.end()) and (span := _age(text, match)) is not None:
                spans.append(span)
    spans = [span for span in spans if span.extras["whose"] != "opponent"]  # the other side's age is nobody's fact
    return without_overlaps(spans) or _bare(text, "age", 1, 120)


def _age(text: str, match: re.Match[str]) -> Span | None:
    spoken = next(numerals.find(match["n"] + "岁"), None)
    if spoken is None:
        return None
    amount, more = spoken.amount, match["more"]
    if more == "多" or more == "好几":
        amount = Amount(amount.value, amount.value, amount.value + 9 if amount.value % 10 == 0 else amount.value, True)
    elif more in ("出头", "来"):
        amount = Amount(amount.value, amount.value, None, True)
    before = text[: match.start("n")]
    if re.search(r"(?<![不没])到$", before):  # 抚养费给到十八岁 is nobody's age
        return None
    if _NOT_YET.search(before):  # 快六十 and 不满十八 are below the number
        amount = Amount(amount.value - 1, None, amount.value - 1, True)
    if not 0 <= amount.value <= 120 or amount.value != int(amount.value):
        return None
    extras: dict[str, object] = {
        "low": None if amount.low is None else int(amount.low),
        "high": None if amount.high is None else int(amount.high),
        "approximate": amount.approximate,
        "whose": _whose(text, match.start("n"), match.end()),
    }
    return Span("age", match.start("n"), match.end(), int(amount.value), extras)


def _whose(text: str, start: int, end: int) -> str | None:
    """The last person named before the age in its clause, else the first after it (七十岁的老母亲), else in the sentence before."""
    after = re.match(r"的?(?:老)?(.{0,4})", clause_after(text, end))
    for around in (clause_before(text, start), after[1] if after else "", text[max(0, start - 12) : start]):
        said = [
            (m.start(), -rank, who) for rank, (who, pattern) in enumerate(_WHO) for m in re.finditer(pattern, around)
        ]
        named = (
            [one for one in said if one[2] != "other"] if re.search(r"[爸妈亲爷奶公婆子儿女]他?她?", around) else said
        )
        if named or said:
            return max(named or said)[2]
    return None


def person_counts(text: str) -> list[Span]:
    """Find how many live or ask together: 三口人, 我们12个人, 我一个人住."""
    spans = []
    for match in _HOUSEHOLD.finditer(text):
        value = numerals.read(match["n"])
        if (
            value is None
            or value != int(value)
            or not 1 <= value <= 500
            or re.search(r"[第每人户]$", text[: match.start()])
        ):
            continue
        if _is_household(text, match, int(value)):
            spans.append(Span("person_count", match.start(), match.end(), int(value)))
    for match in re.finditer(
        r"(?:一家|全家|祖孙|母女|母子|父子|姐弟|兄弟)(?P<n>[二两三四五六七八九十])口?(?!十|百|个|次|年|岁|点)(?=[，。,.!！?？\s人都]|$)",
        text,
    ):
        spans.append(Span("person_count", match.start(), match.end(), int(numerals.read(match["n"]) or 0)))
    return without_overlaps(spans) or _bare(text, "person_count", 1, 30)


def _is_household(text: str, match: re.Match[str], heads: int) -> bool:
    """两个人 may be anybody; 家里两个人 and 两口人 are those who live together, 我一个人 is the caller alone."""
    if "口" in match.group():
        return heads > 1 or "口人" in match.group()
    if heads == 1:
        alone = re.search(r"(?:就|只有?|剩)(?:我)?$|(?<!给)我(?:就|就是)?$", text[: match.start()])
        return bool(alone and re.match(r"住|过|吃|$|[，。,\s]|在家|独", text[match.end() :]))
    return bool(_FAMILY.search(clause_before(text, match.start())[-8:])) or whole_message(text, *match.span())


def _bare(text: str, kind: str, least: int, most: int) -> list[Span]:
    """A naked number as the whole message."""
    if len(text) > 20:
        return []
    for spoken in numerals.find(text):
        value = spoken.amount.value
        whole = re.match(r"\s*(?:个|位)?", text[spoken.end :])
        end = spoken.end + (whole.end() if whole and kind == "person_count" else 0)
        if whole_message(text, spoken.start, end) and Decimal(least) <= value <= most and value == int(value):
            return [Span(kind, spoken.start, end, int(value), {"bare": True}, 0.5)]
    return []
