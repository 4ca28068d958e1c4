"""Who applies, for whom and by what right; names, phones and identity numbers as people write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.applicants import (
    GROUND_WORDS,
    RELATION_WORDS,
    Ground,
    Relation,
    Representative,
    masked_name,
    masked_phone,
    read_name,
    read_phone,
    standing_of,
)
from hotline.errors import IdentityInvalid, NameInvalid, PhoneInvalid
from hotline.identity_documents import WORDS, IdentityType, check_character, read_identity

TODAY = date(2026, 11, 23)
R, G = Relation, Ground


def resident(first_seventeen: str) -> str:
    return first_seventeen + check_character(first_seventeen)


# 第四十条


@pytest.mark.parametrize(
    ("relation", "ground", "matter", "may_apply", "article"),
    [
        (R.PARENT, G.MINOR, "M04", True, "第四十条第一款"),
        (R.GUARDIAN, G.MINOR, "M04", True, "第四十条第一款"),
        (R.SIBLING, G.MINOR, "M04", False, "第四十条第一款"),
        (R.CHILD, G.NO_CAPACITY, "M06", True, "第四十条第一款"),
        (R.SPOUSE, G.NO_CAPACITY, "M06", True, "第四十条第一款"),
        (R.OTHER, G.NO_CAPACITY, "M06", False, "第四十条第一款"),
        (R.GRANDPARENT, G.GUARDIAN_AT_FAULT, "N04", True, "第四十条第一款"),
        (R.OTHER, G.GUARDIAN_AT_FAULT, "N04", False, "第四十条第一款"),
        (R.SPOUSE, G.DETAINED, "C01", True, "第四十条第二款"),
        (R.GRANDPARENT, G.DETAINED, "C01", False, "第四十条第二款"),
        (R.GRANDPARENT, G.DETAINED, "M05A", True, "第四十条第二款"),
        (R.GRANDPARENT, G.DETAINED, "CD01", True, "第四十条第二款"),
        (R.OTHER, G.DETAINED, "C01", False, "第四十条第二款"),
        (R.CHILD, G.HELP, "C01", True, "第二十四条"),
        (R.CHILD, G.HELP, "R01", True, "第三十三条"),
        (R.CHILD, G.HELP, "M05A", False, "第四十条"),
        (R.OTHER, G.HELP, "C01", False, "第四十条"),
        (None, G.MINOR, "M04", False, "第四十条"),
        (R.PARENT, None, "M04", False, "第四十条"),
    ],
    ids=lambda one: str(one),
)
def test_谁可以代为申请_凭哪一条(
    relation: Relation | None, ground: Ground | None, matter: str, may_apply: bool, article: str
) -> None:
    standing = standing_of(Representative("某人", "13800000000", relation, ground), matter)
    assert standing.may_apply is may_apply
    assert standing.article == f"《法律援助法》{article}"
    assert ("确认" in standing.sentence) is not may_apply, "没有权的也不拒绝，先留着等本人确认"


def test_关系和理由都有中文() -> None:
    assert set(RELATION_WORDS) == set(R) and set(GROUND_WORDS) == set(G) and set(WORDS) == set(IdentityType)


# Names and phones


@pytest.mark.parametrize(
    ("told", "name"),
    [(" 欧阳　测试 ", "欧阳 测试"), ("阿依古丽·测试", "阿依古丽·测试"), ("Ａｎｎ Lee", "Ann Lee"), ("𬭸", "𬭸")],
)
def test_姓名(told: str, name: str) -> None:
    assert read_name(told) == name


@pytest.mark.parametrize("told", ["", "   ", "138", "张三1", "<b>张三</b>", "！！", "字" * 51, "a=b", "\x00\u200b"])
def test_不像姓名的(told: str) -> None:
    with pytest.raises(NameInvalid):
        read_name(told)


@pytest.mark.parametrize(
    ("told", "phone"),
    [
        ("138 0000-0000", "13800000000"),
        ("+86 13800000000", "13800000000"),
        ("１３８００００００００", "13800000000"),
        ("0551-62345678", "055162345678"),
    ],
)
def test_电话(told: str, phone: str) -> None:
    assert read_phone(told) == phone


@pytest.mark.parametrize("told", ["", "1380000000", "138000000000", "12800000000", "62345678", "一三八", "110"])
def test_不像电话的(told: str) -> None:
    with pytest.raises(PhoneInvalid):
        read_phone(told)


def test_遮住的只看得出姓和后四位() -> None:
    assert (masked_name("欧阳测试"), masked_name("甲"), masked_phone("13800001234")) == ("欧***", "甲*", "138****1234")


# Identity documents


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ("34010419900101001", "18 位"),
        ("340104900101001", "15 位"),
        ("34010419901301001X", "出生日期"),
        (resident("34010419900231001"), "出生日期"),
        (resident("34010420261124001"), "出生日期"),
        (resident("34010418951231001"), "出生日期"),
        (resident("99010419900101001"), "地区代码"),
        ("身份证", "18 位"),
        ("", "18 位"),
        ("34010419900101001X" * 9, "18 位"),
    ],
    ids=["少一位", "旧的", "十三月", "二月三十一", "明天出生", "一百三十多岁", "没有99省", "汉字", "空", "太长"],
)
def test_身份证号不对_说清楚哪里(told: str, says: str) -> None:
    with pytest.raises(IdentityInvalid) as refused:
        read_identity(IdentityType.RESIDENT_ID, told, TODAY)
    assert says in refused.value.sentence and "您前面填的都还在" in refused.value.sentence


@given(st.dates(date(1900, 1, 1), date(2026, 11, 1)), st.integers(0, 999), st.integers(0, 16), st.integers(1, 9))
def test_任何一位写错都看得出来(born: date, order: int, place: int, slip: int) -> None:
    right = resident(f"340104{born:%Y%m%d}{order:03d}")
    read = read_identity(IdentityType.RESIDENT_ID, f" {right[:6]}-{right[6:]} ".lower(), TODAY)
    assert (read.number, read.born_on) == (right, born)
    assert read.sex == ("male" if order % 2 else "female")
    wrong = right[:place] + str((int(right[place]) + slip) % 10) + right[place + 1 :]
    with pytest.raises(IdentityInvalid):
        read_identity(IdentityType.RESIDENT_ID, wrong, TODAY)


def test_遮住的身份证号() -> None:
    number = resident("34010419900101001")
    assert read_identity(IdentityType.RESIDENT_ID, number, TODAY).masked == f"340***********{number[-4:]}"


@pytest.mark.parametrize(
    ("kind", "told", "number"),
    [
        (IdentityType.PASSPORT, "e 1234-5678", "E12345678"),
        (IdentityType.HK_MACAO_PERMIT, "h12345678", "H12345678"),
        (IdentityType.TAIWAN_PERMIT, "１２３４５６７８", "12345678"),
        (IdentityType.FOREIGN_PERMANENT_RESIDENT, "ABC123456789012", "ABC123456789012"),
        (IdentityType.MILITARY, "军字第1234567号", "军字第1234567号"),
        (IdentityType.OTHER, "某证 1234", "某证1234"),
    ],
)
def test_别的证件按种类收(kind: IdentityType, told: str, number: str) -> None:
    read = read_identity(kind, told, TODAY)
    assert (read.number, read.born_on, read.sex) == (number, None, None)


def test_居住证和身份证一样验() -> None:
    number = resident("81000019900101001")
    assert read_identity(IdentityType.RESIDENCE_PERMIT, number, TODAY).born_on == date(1990, 1, 1)
    with pytest.raises(IdentityInvalid):
        read_identity(IdentityType.RESIDENCE_PERMIT, number[:-1] + "Y", TODAY)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (IdentityType.PASSPORT, "E1"),
        (IdentityType.PASSPORT, "护照护照"),
        (IdentityType.HK_MACAO_PERMIT, "X12345678"),
        (IdentityType.TAIWAN_PERMIT, "1234567"),
        (IdentityType.OTHER, "'; DROP TABLE"),
    ],
)
def test_别的证件不像的说清楚(kind: IdentityType, told: str) -> None:
    with pytest.raises(IdentityInvalid) as refused:
        read_identity(kind, told, TODAY)
    assert WORDS[kind] in refused.value.sentence
