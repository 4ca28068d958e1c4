"""The coverage page cannot rot: every code it names exists, and every code of the rules and every article is on it."""

import re
from pathlib import Path

import pytest

import eligibility
from eligibility import Law
from eligibility.time_limits import kinds
from tests.eligibility.test_time_limits import statutes

PAGE = Path(__file__).parents[2] / "docs" / "eligibility" / "coverage.md"
ROOM = Path(eligibility.__file__).parent
TEXT = PAGE.read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([^`]+)`", TEXT))
LAST_ARTICLE = 71
# Made by the rules from a stem and what it is about: `unknown_age`, `amount_conflict_2100_vs_2330`.
STEMS = ("unknown", "amount_conflict", "which_dibao_figure_unclear")


def row(article: int) -> str:
    """The line of the table about one article of 《法律援助法》."""
    (found,) = [line for line in TEXT.splitlines() if line.startswith(f"| {article} |")]
    return found


@pytest.mark.parametrize("article", range(1, LAST_ARTICLE + 1))
def test_每一条都写明写进了规则还是交给谁(article: int) -> None:
    _, _, says, how, where, _ = row(article).split("|")
    assert says.strip() and where.strip()
    assert how.strip() in ("规则", "提示", "人工", "不涉及")


@pytest.mark.parametrize("article", range(1, LAST_ARTICLE + 1))
def test_写进规则和提示的_说得出在哪里(article: int) -> None:
    _, _, _, how, where, _ = row(article).split("|")
    assert ("`" in where) is (how.strip() in ("规则", "提示")), row(article)


def test_分款分项的条_一款一项都不漏() -> None:
    shelf = statutes()
    if shelf is None:
        pytest.skip("NO STATUTES FOUND: the paragraphs on the coverage page were NOT counted")
    from_one = "一二三四五六七八九十"
    for article, items in ((25, 7), (31, 9), (32, 5), (42, 4), (44, 3), (48, 8)):
        text = shelf.article("法律援助法", f"第{chinese(article)}条") or ""
        assert len(re.findall(r"（[一二三四五六七八九十]）", text)) == items
        for item in from_one[:items]:
            assert f"（{item}）" in row(article), f"{article}（{item}）"


def chinese(number: int) -> str:
    """Write 25 as 二十五."""
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")


def known(law: Law) -> set[str]:
    """Every code that means something: reasons, flags, standards, matters, categories, periods, rules, files."""
    codes = {*law.reasons, *law.flags, *law.matters, *law.categories, *law.agencies, *law.fact_names, *law.numbers}
    codes |= {standard.id for standard in law.standards} | {*kinds(), *law.remedies, *law.materials}
    codes |= {path.name for path in ROOM.rglob("*.yaml")} | {"likely", "unlikely", "review", "more_facts"}
    return codes | {"urgent", "notice", "consult_only"}


def functions() -> set[str]:
    """Every `module.function` of the room."""
    found = {path.stem: path.read_text(encoding="utf-8") for path in ROOM.glob("*.py")}
    return {f"{module}.{name}" for module, code in found.items() for name in re.findall(r"^def (\w+)", code, re.M)}


def test_页上写的每个代码都真有(law: Law) -> None:
    assert NAMED - known(law) - functions() == set()


def test_规则里的每个代码页上都有(law: Law) -> None:
    everything = {*law.reasons, *law.flags, *law.matters, *law.categories, *law.agencies}
    everything |= {standard.id for standard in law.standards} | set(kinds())
    assert everything - NAMED == set()


def test_程序里写死的理由代码_也都在理由表里(law: Law) -> None:
    code = "\n".join((ROOM / name).read_text("utf-8") for name in ("rules.py", "hardship.py", "interview.py"))
    written = set(
        re.findall(
            r'"((?:art_\d|not_in|before_|matter_list_|region_too|standard_|amount_|equal_to|category_not|opponent_is|draft_m|social_ass)\w*)"',
            code,
        )
    )
    assert len(written) > 20
    assert written - {*law.reasons, *law.flags} == set()
    assert set(STEMS) <= law.reasons.keys()
