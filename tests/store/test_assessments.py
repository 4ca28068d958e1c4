"""Assessments kept for replay, on both databases: what goes in comes out, and nothing leads back to a person."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from eligibility import Facts, Law, assess, replay
from hotline import assessments
from store.assessments import assessments as table
from store.unit_of_work import OpenUow

ON = date(2025, 7, 1)
INJURED = Facts(
    matter="M07B", region="340104", assistance_recipient=False, no_fixed_income=False,
    income_yuan_per_person_month=Decimal("1000.50"), unknown=frozenset({"age"}),
)  # fmt: skip
NEW_STANDARD = (
    "description: 测试\nunit: text\nlegal_basis: 测试\nvalues:\n"
    '  AH-2025: {region: "340000", valid_from: 2025-07-01, amount: "2000", operator: le, source: 示例文件}\n'
)


@pytest.fixture(scope="module")
def law() -> Law:
    return Law.load()


def keep(open_uow: OpenUow, law: Law, *people: Facts, on: date = ON) -> None:
    with open_uow() as uow:
        for person in people:
            assessments.keep(uow, assess(person, on, law))


def test_留存的判断_写进去什么_读出来就是什么(open_uow: OpenUow, open_reading: OpenUow, law: Law) -> None:
    keep(open_uow, law, INJURED)
    with open_reading() as uow:
        (kept,) = assessments.past(uow)
    assert Facts.from_mapping(kept.facts) == INJURED
    assert (kept.on, kept.result["outcome"], kept.result["indicative"]) == (ON, "review", "likely")


def test_还没问完的不留_留了也没有用(open_uow: OpenUow, open_reading: OpenUow, law: Law) -> None:
    keep(open_uow, law, Facts(matter="M05A"))
    with open_reading() as uow:
        assert list(assessments.past(uow)) == []


def test_没有会话_没有时刻_事实是密文(open_uow: OpenUow, engine: Engine, law: Law) -> None:
    keep(open_uow, law, INJURED)
    assert {column.name for column in table.columns} == {"id", "facts", "day", "result"}
    with engine.connect() as connection:
        (sealed,) = connection.execute(text("SELECT facts FROM assessments")).scalars()
    assert b"340104" not in bytes(sealed) and b"1000.50" not in bytes(sealed)


def test_改了标准_重做一遍_只列不同的(open_uow: OpenUow, open_reading: OpenUow, law: Law, tmp_path: Path) -> None:
    worker = Facts(matter="M05A", migrant_worker=True)
    keep(open_uow, law, INJURED, worker, INJURED)
    (tmp_path / "hardship_standards.yaml").write_text(NEW_STANDARD, encoding="utf-8")
    with open_reading() as uow:
        same = replay(assessments.past(uow), law)
        changed = replay(assessments.past(uow), Law.load(tmp_path))
    assert (same.count, same.differences) == (3, ())
    (difference,) = changed.differences
    assert (difference.times, difference.now["outcome"]) == (2, "likely")


def test_按日子先后给_多了也一批一批取(open_uow: OpenUow, open_reading: OpenUow, law: Law) -> None:
    days = [date(2025, 8, 1), date(2024, 3, 1), date(2025, 7, 1)]
    for day in days:
        keep(open_uow, law, INJURED, on=day)
    with open_reading() as uow:
        assert [kept.on for kept in assessments.past(uow)] == sorted(days)
