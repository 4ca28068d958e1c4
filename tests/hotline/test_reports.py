"""Reports: what is counted, what is hidden, and files that do no harm."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some
from python_calamine import CalamineWorkbook

from hotline import consultations, operators, ratings, reports, work_orders
from hotline.conversations import Conversation
from hotline.errors import UnknownWord
from hotline.report_files import as_csv, as_pdf, as_xlsx, harmless
from hotline.reports import HIDDEN, Cell, Report, Section, period, suppressed, suppressed_table
from hotline.work_orders import WorkOrderKind
from store.unit_of_work import OpenUow
from tests.conftest import Clock


@pytest.fixture
def operator(open_uow: OpenUow, clock: Clock) -> UUID:
    with open_uow() as uow:
        return operators.enrol(uow, "zhang", "哈希", "张工", clock()).id


def enter(open_uow: OpenUow, clock: Clock, operator: UUID, count: int, **known: Any) -> None:
    for _ in range(count):
        with open_uow() as uow:
            consultations.enter(uow, "phone", operator, "zhang", clock(), **known)


def report(open_uow: OpenUow, clock: Clock, name: str = "2026-11") -> dict[str, dict[str, tuple[Cell, ...]]]:
    """Section → first column → the other columns."""
    with open_uow() as uow:
        made = reports.report(uow, period(name), clock())
    return {one.title: {str(row[0]): row[1:] for row in one.rows} for one in made.sections}


@pytest.mark.parametrize(
    ("name", "first", "last", "before"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30), "2026-10"),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29), "2028-01"),
        ("2026-01", date(2026, 1, 1), date(2026, 1, 31), "2025-12"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2025"),
    ],
)
def test_月和年(name: str, first: date, last: date, before: str) -> None:
    found = period(name)
    assert (found.first, found.last, found.before.name) == (first, last, before)


@pytest.mark.parametrize("name", ["", "2026-", "2026-13", "2026-1", "26", "去年", "0000", "2026-00", "-1", "2026-11-1"])
def test_不是月也不是年(name: str) -> None:
    with pytest.raises(UnknownWord):
        period(name)


def test_按上海的日子归月(open_uow: OpenUow, clock: Clock, operator: UUID) -> None:
    for at in (datetime(2026, 10, 31, 15, 59, tzinfo=UTC), datetime(2026, 10, 31, 16, 0, tzinfo=UTC)):
        clock.at = at
        enter(open_uow, clock, operator, 1)
    clock.at = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    enter(open_uow, clock, operator, 1)
    assert [report(open_uow, clock, f"2026-{month}")["总况"]["咨询量（次）"][0] for month in (10, 11, 12)] == [1, 1, 1]
    assert report(open_uow, clock)["每日咨询量"]["11月1日"] == (1,)
    assert report(open_uow, clock, "2026")["每月咨询量"]["11月"] == (1,)


def test_主题和地区_小数不显示_从合计推不出来(open_uow: OpenUow, clock: Clock, operator: UUID) -> None:
    enter(open_uow, clock, operator, 9, topic="wages", region="340104")
    enter(open_uow, clock, operator, 6, topic="divorce", region="340104")
    enter(open_uow, clock, operator, 6, topic="wages", region="530102")
    enter(open_uow, clock, operator, 7, topic="divorce", region="530102")
    enter(open_uow, clock, operator, 2, topic="loans", region="340103")
    for topic in ("wages", "divorce"):
        enter(open_uow, clock, operator, 20, topic=topic, region="510104")
    found = report(open_uow, clock)
    assert found["主题"]["拖欠工资"][0] == 35
    assert {found["主题"][name][0] for name in ("借款", "离婚")} == {HIDDEN}, "只藏一个，用总数一减就知道"
    table = found["主题 × 地区"]
    assert table["借款"] == (0, HIDDEN, 0)
    assert table["拖欠工资"] == table["离婚"] == (20, HIDDEN, HIDDEN)


@given(some.lists(some.integers(0, 12), max_size=8))
def test_一列里藏了的推不出来(counts: list[int]) -> None:
    hidden = suppressed(counts)
    assert all(hide for count, hide in zip(counts, hidden, strict=True) if 0 < count < reports.SMALL)
    shown_others = [count for count, hide in zip(counts, hidden, strict=True) if count and not hide]
    assert sum(hidden) != 1 or not shown_others


@given(
    some.integers(1, 5).flatmap(
        lambda width: some.lists(
            some.lists(some.integers(0, 9), min_size=width, max_size=width), min_size=1, max_size=5
        )
    )
)
def test_一张表里藏了的_从行合计列合计都推不出来(table: list[list[int]]) -> None:
    hidden = suppressed_table(table)
    for counts, hides in [
        *zip(table, hidden, strict=True),
        *zip(map(list, zip(*table, strict=True)), map(list, zip(*hidden, strict=True)), strict=True),
    ]:
        assert all(hide for count, hide in zip(counts, hides, strict=True) if 0 < count < reports.SMALL)
        shown_others = [count for count, hide in zip(counts, hides, strict=True) if count and not hide]
        assert sum(hides) != 1 or not shown_others


def test_比上期翻一倍标突增(open_uow: OpenUow, clock: Clock, operator: UUID) -> None:
    clock.at = datetime(2026, 10, 12, 1, tzinfo=UTC)
    enter(open_uow, clock, operator, 10, topic="wages")
    enter(open_uow, clock, operator, 15, topic="divorce")
    clock.at = datetime(2026, 11, 12, 1, tzinfo=UTC)
    enter(open_uow, clock, operator, 20, topic="wages")
    enter(open_uow, clock, operator, 20, topic="divorce")
    topics = report(open_uow, clock)["主题"]
    assert (topics["拖欠工资"], topics["离婚"]) == ((20, 10, "突增"), (20, 15, ""))


def test_满意率写明参与率_评价太少不显示(
    open_uow: OpenUow, clock: Clock, operator: UUID, conversation: Conversation
) -> None:
    with open_uow() as uow:
        consultations.note(uow, uow.conversations.get(conversation.id), clock())
    with open_uow() as uow:
        ratings.rate(uow, conversation.id, 5, None, "1", clock())
    enter(open_uow, clock, operator, 9)
    found = report(open_uow, clock)["满意度"]
    assert (found["评价数"], found["参与率（%）"], found["满意率（%）"]) == ((HIDDEN,), (HIDDEN,), (HIDDEN,))
    for score, count in ((5, 6), (1, 5)):
        with open_uow() as uow:
            for row in uow.consultations.find(consultations.LedgerSearch(channel="phone", limit=200)):
                if row.score is None and count:
                    row.score, count = score, count - 1
    found = report(open_uow, clock)["满意度"]
    assert found["评价数"] == (10,) and found["参与率（%）"] == (100.0,)


def test_时限_按时_超时_没到期的不算_取消的不算(open_uow: OpenUow, clock: Clock, operator: UUID) -> None:
    def begin(key: str) -> UUID:
        with open_uow() as uow:
            return work_orders.open_order(uow, WorkOrderKind.CALL_BACK, "requested", "x", key, "zhang", clock()).id

    in_time, late, _still_open, cancelled = (begin(key) for key in "1234")
    with open_uow() as uow:
        work_orders.cancel(uow, uow.work_orders.get_locked(cancelled), "zhang", clock())
    for order, days in ((in_time, 0), (late, 3)):
        clock.forward(days=days)
        with open_uow() as uow:
            kept = uow.work_orders.get_locked(order)
            work_orders.take(uow, kept, operator, "zhang", clock())
            work_orders.finish(uow, kept, operator, "zhang", clock(), "reached")
    begin("5")
    assert report(open_uow, clock)["时限"]["回电"] == (1, 2, 33.3)


def test_未答上的和转人工的原因都数(open_uow: OpenUow, clock: Clock, conversation: Conversation) -> None:
    from hotline import handoffs

    for _ in range(6):
        with open_uow() as uow:
            row = consultations.note(uow, uow.conversations.get(conversation.id), clock(), topic="land")
            consultations.count_unanswered(row)
    with open_uow() as uow:
        handoffs.request(uow, uow.conversations.get(conversation.id), "fallback", clock(), hold=True)
    found = report(open_uow, clock)
    assert found["未能答上的问题"]["土地、征收"] == (6,)
    assert found["转人工原因"] == {"机器人连续两次没听懂": (1,)}


def test_没有数据的月份也出得来(open_uow: OpenUow, clock: Clock) -> None:
    found = report(open_uow, clock, "2020-02")
    assert found["总况"]["咨询量（次）"][0] == 0 and len(found["每日咨询量"]) == 29


HARMFUL = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠a",
    '=HYPERLINK("http://x","y")',
]


def made_of(*words: str) -> Report:
    rows: tuple[tuple[Cell, ...], ...] = tuple((word, place + 5) for place, word in enumerate(words))
    section = Section("某<项>&", "口径", ("名称", "次数"), rows, drawn=True)
    return Report("月报", period("2026-11"), date(2026, 11, 23), (section,))


def test_CSV里没有会被计算的格子_逗号引号换行都还在() -> None:
    words = [*HARMFUL, 'a,"b"\nc', "普通"]
    text = as_csv(made_of(*words)).decode("utf-8-sig")
    cells = [row[0] for row in csv.reader(io.StringIO(text, newline="")) if len(row) == 2][2:]
    assert cells == [f"'{word}" for word in HARMFUL] + ['a,"b"\nc', "普通"]
    assert harmless(-3) == -3


def test_XLSX里都是文字格_没有公式_数还是数() -> None:
    file = as_xlsx(made_of(*HARMFUL))
    with zipfile.ZipFile(io.BytesIO(file)) as book:
        assert not any(b"<f>" in book.read(name) or b"<hyperlink" in book.read(name) for name in book.namelist())
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    rows = sheet[4:]
    assert [row[1] for row in rows] == [place + 5.0 for place in range(len(HARMFUL))]
    assert [str(row[0]).strip() for row in rows] == [word.strip() for word in HARMFUL]


def test_PDF打得出来_中文和尖括号都不坏() -> None:
    file = as_pdf(made_of("<b>粗", "&amp;", *(f"主题{n}" for n in range(40))))
    assert file.startswith(b"%PDF-") and file.rstrip().endswith(b"%%EOF") and b"STSong-Light" in file


def test_整份月报三种文件都出得来_口径在旁边(open_uow: OpenUow, clock: Clock, operator: UUID) -> None:
    enter(open_uow, clock, operator, 8, topic="wages", region="340104", groups=["migrant_worker"])
    with open_uow() as uow:
        made = reports.report(uow, period("2026-11"), clock())
    assert all(section.meaning for section in made.sections)
    assert as_pdf(made).startswith(b"%PDF-")
    names = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(made))).sheet_names
    assert len(names) == len(made.sections) and "11.处理方式" in names
    assert "口径：翻" not in as_csv(made).decode("utf-8-sig") and "突增" in as_csv(made).decode("utf-8-sig")
