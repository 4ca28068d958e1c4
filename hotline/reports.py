"""Monthly and yearly reports: figures, what each means, and none that would show a single person.

Names of the figures: 12348 ledger practice and 民生工程月报. A count of people below SMALL is not shown, nor one that could
be worked out from the total.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from hotline.application_states import STATUS_WORDS as APPLICATION_WORDS
from hotline.application_time_limits import LimitKind, rule_on
from hotline.clock import local
from hotline.complaints import STATUS_WORDS as COMPLAINT_WORDS
from hotline.consultations import AGE_BANDS, CHANNELS, DISPOSITIONS, GROUPS, OUTCOMES, categories
from hotline.divisions import DivisionUnknown
from hotline.divisions import get as division
from hotline.errors import UnknownWord
from hotline.handoffs import REASON_WORDS
from hotline.storage import UnitOfWork
from hotline.work_orders import KIND_WORDS, WorkOrderKind

SMALL = 5
"""Ours: the sources ask that small samples are not shown (SR-160) and name no figure."""
RISE, RISE_FROM = 2.0, 20
"""A topic is marked as rising when it doubles and at least so many people ask about it."""
SATISFIED = 4
HIDDEN = f"<{SMALL}"
UNKNOWN = "未填"

type Cell = str | int | float
type Counts = Mapping[str | None, int]


@dataclass(frozen=True)
class Period:
    """A month or a year."""

    name: str
    first: date
    last: date

    @property
    def words(self) -> str:
        """2026年11月, or 2026年"""
        year, _, month = self.name.partition("-")
        return f"{year}年{int(month)}月" if month else f"{year}年"

    @property
    def before(self) -> "Period":
        """The month or the year before."""
        last = self.first - timedelta(days=1)
        return period(f"{last:%Y-%m}" if "-" in self.name else f"{last:%Y}")


@dataclass(frozen=True)
class Deadlines:
    """Of what came due in the period: how much was done in time, late, or is still open."""

    in_time: int
    late: int


@dataclass(frozen=True)
class Figures:
    """What storage counts; days by the clock in Shanghai."""

    total: int
    with_person: int
    told_right_to_apply: int
    locked: int
    seconds: int
    waited_seconds: float | None
    channels: Counts
    outcomes: Counts
    dispositions: Counts
    age_bands: Counts
    groups: Counts
    scores: Mapping[int, int]
    unanswered: Counts
    """By topic: questions without an answer."""
    days: Mapping[date, int]
    topics_by_city: Mapping[tuple[str | None, str | None], int]
    """By topic and the first four digits of the region."""
    handoffs: Counts
    complaints: Counts
    applications: Counts
    """Submitted in the period, by where they stand."""
    work_orders: Mapping[str, Deadlines]
    application_limits: Mapping[str, Deadlines]


@dataclass(frozen=True)
class Section:
    """One table with what its figures mean."""

    title: str
    meaning: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    drawn: bool = False
    """Whether the first two columns make a chart."""


@dataclass(frozen=True)
class Report:
    """All sections of a period."""

    title: str
    period: Period
    made_on: date
    sections: tuple[Section, ...]


def period(name: str) -> Period:
    """2026-11 or 2026.

    Raises:
        UnknownWord: neither.
    """
    year, _, month = name.partition("-")
    try:
        if len(year) != 4 or (month and len(month) != 2) or ("-" in name and not month):
            raise ValueError(name)
        first = date(int(year), int(month or 1), 1)
        following = (
            date(first.year + 1, 1, 1) if not month or first.month == 12 else date(first.year, first.month + 1, 1)
        )
    except ValueError:
        raise UnknownWord("period") from None
    return Period(name, first, following - timedelta(days=1))


def report(uow: UnitOfWork, wanted: Period, at: datetime) -> Report:
    """Everything about a month or a year."""
    now = uow.reports.figures(wanted.first, wanted.last, at)
    before = uow.reports.topics(wanted.before.first, wanted.before.last)
    sections = (
        _overview(now),
        _over_time(now, wanted),
        _list("渠道", "咨询从哪里来", now.channels, CHANNELS, drawn=True),
        _categories(now),
        _topics(now, before),
        _cities(now),
        _topics_by_city(now),
        _list("人群类别", "一个人可以属于几类，各类相加会多于总数", now.groups, GROUPS),
        _list("年龄段", "说了年龄的咨询", now.age_bands, AGE_BANDS),
        _list("资格初步结果", "智能助手或者值班员的初步判断，决定由法律援助机构作出", now.outcomes, OUTCOMES),
        _list("处理方式", "每次咨询记最重的一种", now.dispositions, DISPOSITIONS),
        _plain("转人工原因", "提出转人工的次数", "原因", "次数", now.handoffs, REASON_WORDS),
        _list(
            "未能答上的问题",
            "智能助手没有找到答复的问题数，按主题；原话在会话里，查看要说明理由",
            now.unanswered,
            _topic_words(),
        ),
        _scores(now),
        _satisfaction(now),
        _deadlines(now),
        _plain("投诉建议", "本期收到的，按现在的状态", "状态", "件数", now.complaints, COMPLAINT_WORDS),
        _plain(
            "法律援助申请",
            "本期提交的，按现在的状态；挽回损失由承办人另报，本系统不估",
            "状态",
            "件数",
            now.applications,
            APPLICATION_WORDS,
        ),
    )
    return Report(f"12348 法律援助热线{'月' if '-' in wanted.name else '年'}报", wanted, local(at).date(), sections)


def suppressed(counts: Sequence[int]) -> list[bool]:
    """Which of the counts to hide beside their total: the small ones, and one more where only one would be hidden."""
    hidden = [0 < count < SMALL for count in counts]
    if sum(hidden) == 1 and (others := [place for place, count in enumerate(counts) if count and not hidden[place]]):
        hidden[min(others, key=lambda place: counts[place])] = True
    return hidden


def suppressed_table(rows: Sequence[Sequence[int]]) -> list[list[bool]]:
    """The same for a table with totals of its rows and columns: nothing hidden may follow from what is shown."""
    hidden = [[0 < count < SMALL for count in row] for row in rows]
    changed = True
    while changed:
        changed = False
        for lines in (_rows(hidden), _columns(hidden)):
            for line in lines:
                if sum(hidden[r][c] for r, c in line) != 1:
                    continue
                others = [(rows[r][c], r, c) for r, c in line if rows[r][c] and not hidden[r][c]]
                if others:
                    _, r, c = min(others)
                    hidden[r][c] = changed = True
    return hidden


def _rows(table: Sequence[Sequence[bool]]) -> list[list[tuple[int, int]]]:
    return [[(r, c) for c in range(len(row))] for r, row in enumerate(table)]


def _columns(table: Sequence[Sequence[bool]]) -> list[list[tuple[int, int]]]:
    return [[(r, c) for r in range(len(table))] for c in range(len(table[0]))] if table else []


def _overview(now: Figures) -> Section:
    minutes = round(now.seconds / now.total / 60, 1) if now.total else 0
    rows: list[tuple[Cell, ...]] = [
        ("咨询量（次）", now.total, "台账行数，一次会话或一通来电一行"),
        ("有值班员接待（次）", now.with_person, "台账记有接待人的"),
        ("平均时长（分钟）", minutes, "从第一句到最后一句"),
        (
            "平均等待（秒）",
            round(now.waited_seconds) if now.waited_seconds is not None else UNKNOWN,
            "从要人工到有人接",
        ),
        ("已告知有权申请（%）", _percent(now.told_right_to_apply, now.total), "法律援助法第二十三条"),
        ("台账已锁定（%）", _percent(now.locked, now.total), "值班员补正后锁定的"),
        ("提交申请（件）", sum(now.applications.values()), "本期提交的法律援助申请"),
        ("转人工（次）", sum(now.handoffs.values()), "提出转人工的"),
        ("未能答上的问题（个）", sum(now.unanswered.values()), "智能助手没有找到答复的"),
    ]
    return Section("总况", "各项的口径写在右边一栏", ("指标", "数值", "口径"), tuple(rows))


def _over_time(now: Figures, wanted: Period) -> Section:
    """By day in a month, by month in a year. Traffic tells nothing about a person and is not hidden."""
    if "-" in wanted.name:
        days = [wanted.first + timedelta(days=ahead) for ahead in range((wanted.last - wanted.first).days + 1)]
        rows = tuple((f"{day.month}月{day.day}日", now.days.get(day, 0)) for day in days)
        return Section("每日咨询量", "按上海时间的日子", ("日期", "次数"), rows, drawn=True)
    months = dict.fromkeys(range(1, 13), 0)
    for day, count in now.days.items():
        months[day.month] += count
    return Section(
        "每月咨询量", "按上海时间的月份", ("月份", "次数"), tuple((f"{m}月", n) for m, n in months.items()), drawn=True
    )


def _topics(now: Figures, before: Counts) -> Section:
    counts = _sum(now.topics_by_city, lambda topic, _: topic)
    names = _topic_words()
    order = sorted(counts, key=lambda topic: -counts[topic])
    hidden = suppressed([counts[topic] for topic in order])
    rows = []
    for topic, hide in zip(order, hidden, strict=True):
        earlier = before.get(topic, 0)
        rising = counts[topic] >= RISE_FROM and counts[topic] >= RISE * max(earlier, 1)
        shown = _hide(earlier, 0 < earlier < SMALL)
        rows.append((_word(topic, names), _hide(counts[topic], hide), shown, "突增" if rising else ""))
    meaning = f"与上期比，翻一倍且不少于 {RISE_FROM} 次的标“突增”"
    return Section("主题", meaning, ("主题", "次数", "上期", "提示"), tuple(rows), drawn=True)


def _categories(now: Figures) -> Section:
    known = categories()
    levels = _sum(
        now.topics_by_city, lambda topic, _: (known[topic].level1, known[topic].level2) if topic in known else None
    )
    order = sorted(levels, key=lambda level: -levels[level])
    hidden = suppressed([levels[level] for level in order])
    rows = tuple(
        (*(level or (UNKNOWN, UNKNOWN)), _hide(levels[level], hide)) for level, hide in zip(order, hidden, strict=True)
    )
    return Section("咨询类别", "主题归到一级、二级类别，口径见 ledger_categories", ("一级", "二级", "次数"), rows)


def _cities(now: Figures) -> Section:
    cities = _sum(now.topics_by_city, lambda _, city: city)
    names = {city: _city(city) for city in cities if city is not None}
    return _list("地区", "事发地或办理地所在的市；没说的记“未填”", cities, names, drawn=True)


def _topics_by_city(now: Figures) -> Section:
    counts = now.topics_by_city
    cities = _largest(_sum(counts, lambda _, city: city))
    topics = _largest(_sum(counts, lambda topic, _: topic))
    table = [[counts.get((topic, city), 0) for city in cities] for topic in topics]
    hidden = suppressed_table(table)
    names = _topic_words()
    rows = tuple(
        (_word(topic, names), *(_hide(count, hide) for count, hide in zip(row, hides, strict=True)))
        for topic, row, hides in zip(topics, table, hidden, strict=True)
    )
    columns = ("主题", *(_city(city) if city else UNKNOWN for city in cities))
    return Section("主题 × 地区", f"小于 {SMALL} 的不显示，能从合计推出来的也不显示", columns, rows)


def _scores(now: Figures) -> Section:
    counts = [now.scores.get(score, 0) for score in range(5, 0, -1)]
    rows = zip(range(5, 0, -1), counts, suppressed(counts), strict=True)
    shown = tuple((f"{score} 分", _hide(count, hide)) for score, count, hide in rows)
    return Section("评分", "服务一次、评价一次", ("评分", "次数"), shown, drawn=True)


def _satisfaction(now: Figures) -> Section:
    rated = sum(now.scores.values())
    good = sum(count for score, count in now.scores.items() if score >= SATISFIED)
    few = 0 < rated < SMALL
    rows: tuple[tuple[Cell, ...], ...] = (
        ("评价数", _hide(rated, few)),
        ("参与率（%）", HIDDEN if few else _percent(rated, now.total)),
        ("满意率（%）", HIDDEN if few or 0 < good < SMALL or 0 < rated - good < SMALL else _percent(good, rated)),
    )
    meaning = "参与率 = 评价数 ÷ 咨询量；满意率 = 4、5 分 ÷ 评价数，只代表评价了的人，参与率低时不能当作真实满意度"
    return Section("满意度", meaning, ("项目", "数值"), rows)


def _deadlines(now: Figures) -> Section:
    names = {**{str(kind): KIND_WORDS[kind] for kind in WorkOrderKind}}
    kept = {**now.work_orders, **now.application_limits}
    rows = tuple(
        (_word(kind, {**names, **_limit_words()}), one.in_time, one.late, _percent(one.in_time, one.in_time + one.late))
        for kind, one in sorted(kept.items())
    )
    meaning = "本期到期的：按时办结的、超过时限才办结或者还没有办的；按时率 = 按时 ÷ 到期"
    return Section("时限", meaning, ("事项", "按时", "超时", "按时率（%）"), rows)


def _list(
    title: str, meaning: str, counts: Mapping[Any, int], names: Mapping[Any, str], drawn: bool = False
) -> Section:
    order = sorted(counts, key=lambda word: -counts[word])
    hidden = suppressed([counts[word] for word in order])
    rows = tuple((_word(word, names), _hide(counts[word], hide)) for word, hide in zip(order, hidden, strict=True))
    return Section(title, meaning, (title, "次数"), rows, drawn)


def _plain(title: str, meaning: str, column: str, unit: str, counts: Counts, names: Mapping[Any, str]) -> Section:
    """Our own work, not people: nothing is hidden."""
    order = sorted(counts, key=lambda word: -counts[word])
    return Section(title, meaning, (column, unit), tuple((_word(word, names), counts[word]) for word in order))


def _largest(counts: Mapping[Any, int]) -> list[Any]:
    return sorted(counts, key=lambda key: -counts[key])


def _sum(counts: Mapping[tuple[str | None, str | None], int], by: Callable[[Any, Any], Any]) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for (topic, city), count in counts.items():
        key = by(topic, city)
        found[key] = found.get(key, 0) + count
    return found


def _percent(part: int, whole: int) -> Cell:
    return round(part * 100 / whole, 1) if whole else "—"


def _hide(count: int, hide: bool) -> Cell:
    return HIDDEN if hide else count


def _word(code: str | None, names: Mapping[Any, str]) -> str:
    return UNKNOWN if code is None else names.get(code, code)


def _city(four_digits: str) -> str:
    for code in (f"{four_digits}00", f"{four_digits[:2]}0000"):
        try:
            return division(code).name
        except DivisionUnknown:
            continue
    return four_digits


def _topic_words() -> dict[str, str]:
    return {topic: category.name for topic, category in categories().items()}


def _limit_words() -> dict[str, str]:
    return {str(kind): rule_on(kind, date(9999, 1, 1)).name for kind in LimitKind}
