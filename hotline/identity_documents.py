"""Identity documents: which there are, and whether a number can be right.

A number that cannot be right is refused with a sentence; one that can be is still only what the person told. Sources:
GB 11643-1999 (resident number, check character of ISO 7064 MOD 11-2), 《居民身份证法》第三条. For documents of other
states no rule is known, so only their length and characters are minded.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hotline.errors import IdentityInvalid

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
PROVINCES = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
"""First two digits of GB/T 2260; 81, 82 and 83 on residence permits for Hong Kong, Macao and Taiwan residents."""
OLDEST_YEARS = 130
FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789XX")


class IdentityType(StrEnum):
    """The kind of document whose number was given."""

    RESIDENT_ID = "resident_id"
    RESIDENCE_PERMIT = "residence_permit"
    HK_MACAO_PERMIT = "hk_macao_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    FOREIGN_PERMANENT_RESIDENT = "foreign_permanent"
    PASSPORT = "passport"
    MILITARY = "military"
    OTHER = "other"


WORDS = {
    IdentityType.RESIDENT_ID: "居民身份证",
    IdentityType.RESIDENCE_PERMIT: "港澳台居民居住证",
    IdentityType.HK_MACAO_PERMIT: "港澳居民来往内地通行证",
    IdentityType.TAIWAN_PERMIT: "台湾居民来往大陆通行证",
    IdentityType.FOREIGN_PERMANENT_RESIDENT: "外国人永久居留身份证",
    IdentityType.PASSPORT: "护照",
    IdentityType.MILITARY: "军人身份证件",
    IdentityType.OTHER: "其他身份证件",
}
NUMBERED_AS_RESIDENTS = (IdentityType.RESIDENT_ID, IdentityType.RESIDENCE_PERMIT)
FOREIGN = (IdentityType.PASSPORT, IdentityType.FOREIGN_PERMANENT_RESIDENT)
"""Whoever shows one of these may be a foreign national: 《法律援助法》第六十九条, which a person has to judge."""
SHAPES = {
    IdentityType.HK_MACAO_PERMIT: (r"[HM]\d{8}(\d{2})?", "H 或 M 开头加 8 位数字"),
    IdentityType.TAIWAN_PERMIT: (r"\d{8}", "8 位数字"),
    IdentityType.FOREIGN_PERMANENT_RESIDENT: (
        r"[A-Z]{3}\d{12}|9\d{16}[\dX]",
        "15 位（3 个字母加 12 位数字）或者 18 位",
    ),
    IdentityType.PASSPORT: (r"[A-Z0-9]{5,20}", "5 到 20 位字母或数字"),
    IdentityType.MILITARY: (r"[\w字第号]{4,30}", "4 到 30 个字"),
    IdentityType.OTHER: (r"[\w\-()（）]{4,40}", "4 到 40 个字"),
}


@dataclass(frozen=True)
class IdentityDocument:
    """A document's kind and number, as told; `born_on` and `sex` only where the number carries them."""

    type: IdentityType
    number: str

    @property
    def words(self) -> str:
        """居民身份证"""
        return WORDS[self.type]

    @property
    def born_on(self) -> date | None:
        """The birth date in the number."""
        return _birth_date(self.number) if self.type in NUMBERED_AS_RESIDENTS else None

    @property
    def sex(self) -> str | None:
        """`male` or `female`: the seventeenth digit is odd for men."""
        if self.type not in NUMBERED_AS_RESIDENTS:
            return None
        return "male" if int(self.number[16]) % 2 else "female"

    @property
    def masked(self) -> str:
        """The number with only its first and last characters: 110***********1234 for a resident."""
        shown = 3 if len(self.number) > 10 else 1
        tail = 4 if len(self.number) > 10 else 2
        return self.number[:shown] + "*" * (len(self.number) - shown - tail) + self.number[-tail:]


def read_identity(kind: IdentityType, told: str, on: date) -> IdentityDocument:
    """The document, its number tidied (full width, spaces, small letters).

    Args:
        on: today in Shanghai; nobody was born later.
    Raises:
        IdentityInvalid: the number cannot be right; its sentence says what to look at.
    """
    number = tidied(told)
    if kind in NUMBERED_AS_RESIDENTS:
        _check_resident(number, WORDS[kind], on)
    else:
        pattern, words = SHAPES[kind]
        if not re.fullmatch(pattern, number):
            raise IdentityInvalid(f"{WORDS[kind]}的号码一般是{words}，请照着证件再核对一遍。您前面填的都还在。")
    return IdentityDocument(kind, number)


def tidied(told: str) -> str:
    """The number in its one form: half width, capitals, nothing between."""
    return re.sub(r"[\s\-—·.]", "", told.translate(FULL_WIDTH)).upper()


def check_character(first_seventeen: str) -> str:
    """The eighteenth character of a resident number."""
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, WEIGHTS, strict=True))
    return CHECK_CHARACTERS[total % 11]


def _check_resident(number: str, words: str, on: date) -> None:
    kept = "您前面填的都还在。"
    if re.fullmatch(r"\d{15}", number):
        raise IdentityInvalid(f"这是 15 位的旧号码，请填现在用的 18 位{words}号码。{kept}")
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise IdentityInvalid(f"{words}号码是 18 位，前 17 位是数字，最后一位是数字或 X，请再核对一遍。{kept}")
    born = _birth_date(number)
    if born is None or born > on or on.year - born.year > OLDEST_YEARS:
        raise IdentityInvalid(f"号码第 7 到 14 位是出生日期，这几位不对，请照着证件再核对一遍。{kept}")
    if not PROVINCES.match(number):
        raise IdentityInvalid(f"号码开头两位不是我国的地区代码，请照着证件再核对一遍。{kept}")
    if check_character(number[:17]) != number[17]:
        raise IdentityInvalid(f"号码最后一位（校验码）对不上，可能写错了一位，请照着证件再核对一遍。{kept}")


def _birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
