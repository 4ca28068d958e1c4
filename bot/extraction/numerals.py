"""Chinese and Arabic numerals as people say and type them.

cn2an reads 二万八千 but not what callers say most: 两万八, 一千七, 3千多, 三四千, 万把块. Hence these short functions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

DIGITS = {
    c: n
    for n, cs in enumerate(("零〇", "一壹幺", "二两贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for c in cs
}
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000, "亿": 100_000_000}
LATIN_UNITS = {"k": 1000, "K": 1000, "w": 10_000, "W": 10_000}

_D = "".join(DIGITS)
_SMALL = "十拾百佰千仟"
_ARABIC = r"(?:\d{1,3}(?:[,，]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
_LATIN = r"(?:(?<=\d)[kKwW](?![A-Za-z]))"
# 一直 and 一起 are no numbers, and 5千一个月 is 5000 a month, not 5100
_CHINESE = rf"(?:(?!一[直样起下定共些般切旦律向]|(?<=[百千万kKwW])一(?:个月|年|天))[{_D}{_SMALL}])"
NUMBER = rf"(?:{_ARABIC}|{_CHINESE})(?:{_LATIN}|(?<=[{_SMALL}万亿kKwW]){_ARABIC}|{_CHINESE}|[万亿]|点(?=[{_D}])|半(?=万)){{0,16}}"

_FEW = rf"(?P<base>{NUMBER})(?P<few>多|余|几|来|把)(?P<scale>[百千万亿]*)"
_MANY_OF = r"(?P<unit>[百千万])把(?=块|元|来)"
_NEIGHBOURS = rf"(?<![{_D}\d])(?P<tens>十|[二三四五六七八九]十)?(?P<one>[一二两三四五六七八])(?P<two>[两二三四五六七八九])(?![{_D}])(?P<of>[十百千万亿]+|(?=[个岁口人天年块元月周小星]))"
_FROM_TO = rf"(?P<from>{NUMBER})(?:块|元|块钱)?\s*(?:到|至|[-~—–～、])\s*(?P<to>{NUMBER})"
_SPOKEN = re.compile(rf"{_NEIGHBOURS}|{_FROM_TO}|{_FEW}|{_MANY_OF}|(?P<plain>{NUMBER})")

_PLAIN = re.compile(NUMBER)


@dataclass(frozen=True)
class Amount:
    """A number as said: `value` is the least the words allow; low and high bound it when the caller gave bounds."""

    value: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    approximate: bool = False

    def times(self, factor: Decimal) -> "Amount":
        """The same number in a unit `factor` times smaller."""
        low = None if self.low is None else self.low * factor
        high = None if self.high is None else self.high * factor
        return Amount(self.value * factor, low, high, self.approximate)


@dataclass(frozen=True)
class Spoken:
    """A number and where it stands: text[start:end]."""

    start: int
    end: int
    amount: Amount


def read(text: str) -> Decimal | None:
    """Read one exact number, elliptic endings included: 两万八 → 28000, 一千七 → 1700, 1.5万 → 15000.

    Returns:
        None when the text is not one number.
    """
    text = text.replace(",", "").replace("，", "")
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return Decimal(text)
    if re.fullmatch(rf"[{_D}]+", text):
        return Decimal("".join(str(DIGITS[c]) for c in text))
    total = section = Decimal(0)  # total: what is settled by 万 or 亿; section: what stands below the next of them
    pending: Decimal | None = None
    last_unit, ceiling, after_zero = 1, 10_000, False
    for token in re.findall(rf"\d+(?:\.\d+)?|[{_D}]点[{_D}]+|.", text):
        if token[0].isascii() and token[0].isdigit():
            pending = Decimal(token)
        elif len(token) > 1:
            pending = Decimal(f"{DIGITS[token[0]]}." + "".join(str(DIGITS[c]) for c in token[2:]))
        elif token == "半":
            pending = Decimal("0.5")
        elif token in "零〇":
            after_zero = True
        elif token in DIGITS and pending is None:
            pending = Decimal(DIGITS[token])
        elif (unit := UNITS.get(token) or LATIN_UNITS.get(token)) and unit < 10_000:
            if unit >= ceiling:
                return None
            section += (Decimal(1) if pending is None else pending) * unit
            pending, last_unit, ceiling, after_zero = None, unit, unit, False
        elif unit:
            below = section + (pending or 0)
            if unit == 10_000:
                total += (below or 1) * unit
            else:
                total = (total + below or Decimal(1)) * unit
            section, pending, last_unit, ceiling, after_zero = Decimal(0), None, unit, 10_000, False
        else:
            return None
    if not text:
        return None
    if pending is not None:
        elliptic = last_unit >= 100 and not after_zero and pending < 10 and pending == int(pending)
        section += pending * (last_unit // 10 if elliptic else 1)
    return total + section


def find(text: str) -> Iterator[Spoken]:
    """Find every number in a text, with the bounds that the words give (三四千, 2-3万, 3千多)."""
    position = 0
    while match := _SPOKEN.search(text, position):
        found = _understand(match) or _longest_number(text, match.start())
        if found is not None and not (
            match.group()[0] in UNITS and text[: match.start()].endswith(("几", "数"))
        ):  # 几十万
            yield found
        position = max(match.start() + 1, found.end if found else 0)


def _understand(match: re.Match[str]) -> Spoken | None:
    start, end = match.span()
    if match["one"]:
        amount = _neighbours(match)
    elif match["from"]:
        amount = _from_to(match["from"], match["to"])
    elif match["base"]:
        amount = _few(match)
    elif match["unit"]:
        amount = Amount(Decimal(UNITS[match["unit"]]), approximate=True)
    else:
        value = read(match["plain"])
        amount = None if value is None else Amount(value)
    return None if amount is None else Spoken(start, end, amount)


def _longest_number(text: str, start: int) -> Spoken | None:
    """The longest plain number that begins here: 8000 in 8000一年, where the words together are none."""
    match = _PLAIN.match(text, start)
    for end in range(match.end() if match else start, start, -1):
        if (value := read(text[start:end])) is not None:
            return Spoken(start, end, Amount(value))
    return None


def _neighbours(match: re.Match[str]) -> Amount | None:
    """三四千, 七八百, 十二三, 三五万: two digits side by side are a range."""
    one, two = DIGITS[match["one"]], DIGITS[match["two"]]
    if not 1 <= two - one <= 2:
        return None
    tens = read(match["tens"]) or Decimal(0) if match["tens"] else Decimal(0)
    factor = read("一" + match["of"]) if match["of"] else Decimal(1)
    if factor is None:
        return None
    low, high = (tens + one) * factor, (tens + two) * factor
    return Amount(low, low, high)


def _from_to(first: str, second: str) -> Amount | None:
    """3000到4000, 三千到四千, 2-3万: the unit of the second may serve the first."""
    low, high = read(first), read(second)
    if low is None or high is None:
        return None
    unit = next((UNITS.get(c) or LATIN_UNITS.get(c) for c in reversed(second) if c in UNITS or c in LATIN_UNITS), None)
    if unit and low < 100 and low * unit < high and not any(c in UNITS or c in LATIN_UNITS for c in first):
        low *= unit
    return Amount(low, low, high) if low < high else None


def _few(match: re.Match[str]) -> Amount | None:
    """3千多 is 3000 to 3999, 十几万 is 100000 to 199999; 一百来, 百把 say about."""
    base = read(match["base"])
    scale = read("一" + match["scale"]) if match["scale"] else Decimal(1)
    if base is None or scale is None or (base < 10 and match["few"] in "几多余" and not match["scale"]):
        return None
    if match["few"] in "来把":
        return Amount(base * scale, approximate=True)
    step = _last_unit(match["base"], base)
    return Amount(base * scale, base * scale, (base + step) * scale - 1)


def _last_unit(text: str, value: Decimal) -> Decimal:
    """The size of the smallest unit that was said: 1000 for 3千 and 3000, 100 for 1700."""
    if text[-1] in UNITS or text[-1] in LATIN_UNITS:
        return Decimal(UNITS.get(text[-1]) or LATIN_UNITS[text[-1]])
    digits = str(int(value))
    return Decimal(10 ** (len(digits) - len(digits.rstrip("0"))))
