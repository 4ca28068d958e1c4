"""Loading an agency's stations and duty rosters from the tables that offices keep: CSV or XLSX, with Chinese headings.

Either the whole file is taken or nothing of it; every faulty row is told with its number, as the spreadsheet shows it,
and with what to do.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

from hotline import opening_hours, working_days, workstations
from hotline.appointments_slots import Kind, kind_named
from hotline.clock import day_in_words
from hotline.errors import KindUnknown, StationUnknown
from hotline.opening_hours import HoursUnreadable
from hotline.rosters import Shift
from hotline.storage import UnitOfWork
from hotline.tables import SAMPLE, SAMPLE_LEFT, Remark, csv_of, day_of, rows_of, several, xlsx_of, yes_or_no
from hotline.workstations import (
    TYPES,
    Confidence,
    Service,
    Station,
    StationsInvalid,
    public_items,
    shipped,
    station_from,
)

SERVICE_WORDS = {
    "咨询": Service.CONSULT,
    "初审": Service.PRE_REVIEW,
    "受理申请": Service.APPLY,
    "值班律师": Service.DUTY_LAWYER,
    "上门": Service.VISIT,
    "转介": Service.REFER,
    "调解": Service.MEDIATE,
}
TYPE_WORDS = {about.name: kind for kind, about in TYPES.items()}
CONFIDENCE_WORDS = {"官方": Confidence.VERIFIED, "二手": Confidence.SECONDARY, "不确定": Confidence.UNCERTAIN}

# Heading → field, and what stands in the template's sample row.
COLUMNS: Mapping[str, tuple[str, str]] = {
    "编号": ("id", f"{SAMPLE}-请删除这一行"),
    "类型": ("type", "法律援助中心"),
    "名称": ("name", "某某区法律援助中心"),
    "区划代码": ("division_code", "340104"),
    "地址": ("address", "某某路某号一楼"),
    "电话": ("phone", "区号-号码"),
    "开放时间": ("hours", opening_hours.EXAMPLE),
    "延时至": ("extended_until", "20:00"),
    "能办什么": ("accepts", "咨询、受理申请、转介"),
    "依托单位": ("host_org", "某某区司法局"),
    "上级机构编号": ("parent_agency_id", ""),
    "窗口": ("services", "法律咨询、法律援助、人民调解"),
    "语言": ("languages", "普通话、彝语"),
    "一层": ("ground_floor", "是"),
    "无障碍": ("barrier_free", "是"),
    "纬度": ("lat", ""),
    "经度": ("lng", ""),
    "巡回日程": ("schedule", ""),
    "援助范围": ("scope", ""),
    "申请材料": ("materials", ""),
    "办理时限": ("time_limit", ""),
    "监督方式": ("supervision", ""),
    "服务承诺": ("promise", ""),
    "对外": ("public", "是"),
    "来源": ("source", "某某区司法局来函"),
    "来源日期": ("source_date", "2026-11-01"),
    "核对日期": ("verified_on", "2026-11-20"),
    "可信度": ("confidence", "官方"),
}
NEEDED = {"编号", "类型", "名称", "区划代码", "来源", "可信度"}
TEMPLATE = "yuanxian stations template"
ROSTER_COLUMNS: Mapping[str, str] = {
    "站点编号": f"{SAMPLE}-请删除这一行",
    "日期": "2026-12-01",
    "开始": "9:00",
    "结束": "11:30",
    "方式": "窗口",
    "值班律师": "某律师（劳动）",
    "名额": "2",
}


@dataclass(frozen=True)
class StationsRead:
    """The stations of a file; with any fault nothing of it is to be kept. Hints do not hinder."""

    stations: tuple[Station, ...]
    faults: tuple[Remark, ...]
    hints: tuple[Remark, ...]


@dataclass(frozen=True)
class RosterRead:
    """The shifts of a file; with any fault nothing of it is to be kept."""

    shifts: tuple[Shift, ...]
    faults: tuple[Remark, ...]


def template() -> str:
    """The table to fill in, as CSV: the headings and a sample row."""
    return csv_of([list(COLUMNS), [sample for _, sample in COLUMNS.values()]])


def roster_template() -> str:
    """The roster to fill in, as CSV."""
    return csv_of([list(ROSTER_COLUMNS), list(ROSTER_COLUMNS.values())])


def template_xlsx() -> bytes:
    """The table to fill in, as XLSX: text cells, so that codes keep their zeros, words to choose from, and what may be
    written in each column on a second sheet."""
    choices = {
        "类型": list(TYPE_WORDS),
        "一层": ["是", "否"],
        "无障碍": ["是", "否"],
        "对外": ["是", "否"],
        "可信度": list(CONFIDENCE_WORDS),
    }
    hints = {**choices, "能办什么": list(SERVICE_WORDS), "开放时间": [opening_hours.EXAMPLE]}
    return xlsx_of("站点", {name: sample for name, (_, sample) in COLUMNS.items()}, choices, hints)


def roster_template_xlsx() -> bytes:
    """The roster to fill in, as XLSX."""
    return xlsx_of("值班表", ROSTER_COLUMNS, {"方式": [kind.words for kind in Kind]}, {})


def read_stations(uow: UnitOfWork, path: Path) -> StationsRead:
    """Read a file of stations and check every row; nothing is kept.

    Raises:
        TableUnreadable
    """
    stations: dict[str, Station] = {}
    faults: list[Remark] = []
    hints: list[Remark] = []
    for number, row in rows_of(path, set(COLUMNS), NEEDED, TEMPLATE):
        try:
            station = station_from(_entry(row))
        except StationsInvalid as error:
            faults += [Remark(number, words) for words in str(error).splitlines()]
            continue
        if station.id in stations:
            faults.append(Remark(number, f"编号「{station.id}」前面已经有了；每个站点要有自己的编号"))
        stations[station.id] = station
        missing = "、".join(item.name for item in public_items(station, "由值班表给出") if item.text is None)
        if missing:
            hints.append(Remark(number, f"「{station.name}」缺{missing}，补齐以前按「待核」显示"))
        faults += [Remark(number, words) for words in _parent_faults(uow, station, stations)]
    return StationsRead(tuple(stations.values()), tuple(faults), tuple(hints))


def keep_stations(uow: UnitOfWork, stations: tuple[Station, ...], at: datetime) -> None:
    """Keep what was read; a station with the id of another replaces it."""
    uow.workstations.put(stations, at)


def read_roster(uow: UnitOfWork, path: Path) -> RosterRead:
    """Read a file of shifts and check every row; nothing is kept.

    Raises:
        TableUnreadable
    """
    shifts: list[Shift] = []
    faults: list[Remark] = []
    for number, row in rows_of(path, set(ROSTER_COLUMNS), set(ROSTER_COLUMNS), TEMPLATE):
        try:
            shift = _shift(uow, row)
            _require_no_overlap(shift, shifts)
        except StationsInvalid as error:
            faults.append(Remark(number, str(error)))
            continue
        shifts.append(shift)
    return RosterRead(tuple(shifts), tuple(faults))


def keep_roster(uow: UnitOfWork, shifts: tuple[Shift, ...]) -> None:
    """Keep what was read, in place of all that the stations had on these days."""
    for station_id in {shift.station_id for shift in shifts}:
        own = [shift for shift in shifts if shift.station_id == station_id]
        uow.rosters.replace(station_id, {shift.day for shift in own}, own)


def _parent_faults(uow: UnitOfWork, station: Station, in_file: Mapping[str, Station]) -> Iterator[str]:
    parent = station.parent_agency_id
    if parent is None or parent in in_file or parent in shipped():
        return
    try:
        workstations.station(uow, parent)
    except StationUnknown:
        yield f"上级机构编号「{parent}」没有这个站点；请先填上级，或者留空"


def _entry(row: Mapping[str, str]) -> dict[str, Any]:
    """A row as `station_from` reads it; a word it does not know is passed on, to be told there."""
    entry: dict[str, Any] = {COLUMNS[heading][0]: text for heading, text in row.items() if text}
    if str(entry.get("id", "")).startswith(SAMPLE):
        raise StationsInvalid(SAMPLE_LEFT)
    entry["type"] = TYPE_WORDS.get(entry.get("type", ""), entry.get("type"))
    entry["confidence"] = CONFIDENCE_WORDS.get(entry.get("confidence", ""), entry.get("confidence"))
    if "accepts" in entry:
        entry["accepts"] = [SERVICE_WORDS.get(one, one) for one in several(entry["accepts"])]
    for name in ("services", "languages"):
        if name in entry:
            entry[name] = several(entry[name])
    for name, heading in (("ground_floor", "一层"), ("barrier_free", "无障碍"), ("public", "对外")):
        if name in entry:
            entry[name] = _yes_or_no(heading, entry[name])
    readers: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
        ("lat", "纬度请填小数，如 31.85", float),
        ("lng", "经度请填小数，如 117.25", float),
        ("verified_on", "核对日期请写成 2026-11-20", lambda text: day_of(text).isoformat()),
        ("extended_until", "延时至请写成 20:00", lambda text: _clock(text).isoformat()),
        ("schedule", "巡回日程请写成「2026-12-03 9:00-11:30 某某村委会」，几次之间用分号隔开", _schedule),
    )
    for name, remedy, read in readers:
        if name in entry:
            try:
                entry[name] = read(entry[name])
            except ValueError:
                raise StationsInvalid(f"「{entry[name]}」看不懂；{remedy}") from None
    return entry


def _yes_or_no(heading: str, text: str) -> bool:
    try:
        return yes_or_no(text)
    except ValueError:
        raise StationsInvalid(f"{heading}「{text}」看不懂；请填是或者否，不知道就留空") from None


def _schedule(text: str) -> list[dict[str, str]]:
    stops = []
    for part in filter(None, (one.strip() for one in re.split(r"[；;\n]", text))):
        day, hours, place = part.split(maxsplit=2)
        ((opens, closes),) = opening_hours.read_times(hours)
        stops.append(
            {"day": day_of(day).isoformat(), "opens": opens.isoformat(), "closes": closes.isoformat(), "place": place}
        )
    return stops


def _shift(uow: UnitOfWork, row: Mapping[str, str]) -> Shift:
    station_id = row["站点编号"]
    if station_id.startswith(SAMPLE):
        raise StationsInvalid(SAMPLE_LEFT)
    try:
        workstations.station(uow, station_id)
    except StationUnknown:
        raise StationsInvalid(f"没有编号是「{station_id}」的站点；请先导入站点，或者改正编号") from None
    try:
        kind = kind_named(row["方式"])
    except KindUnknown:
        words = "、".join(one.words for one in Kind)
        raise StationsInvalid(f"方式「{row['方式']}」不认识；可以填：{words}") from None
    try:
        day = day_of(row["日期"])
        ((opens, closes),) = opening_hours.read_times(f"{row['开始']}-{row['结束']}")
        seats = int(row["名额"])
    except HoursUnreadable as error:
        raise StationsInvalid(str(error)) from None
    except ValueError:
        raise StationsInvalid("日期请写成 2026-12-01，名额请填数字") from None
    if not 1 <= seats <= 100:
        raise StationsInvalid(f"名额 {seats} 不对；请填 1 到 100")
    if not row["值班律师"] or len(row["值班律师"]) > 100:
        raise StationsInvalid("请填值班律师，100 字以内")
    if kind is not Kind.EXTENDED and not working_days.is_working_day(day).is_working:
        raise StationsInvalid(f"{day_in_words(day)}休息，{kind.words}班不放号；休息日值班请写「延时」")
    return Shift(station_id, day, opens, closes, kind, row["值班律师"], seats)


def _require_no_overlap(shift: Shift, before: list[Shift]) -> None:
    for one in before:
        same = (one.station_id, one.day, one.kind) == (shift.station_id, shift.day, shift.kind)
        if same and one.opens < shift.closes and shift.opens < one.closes:
            raise StationsInvalid(
                f"和前面 {one.opens:%H:%M}-{one.closes:%H:%M} 的{one.kind.words}班重叠；几位律师同时值班请写在一行，名额写总数"
            )


def _clock(text: str) -> time:
    hour, minute = text.replace("：", ":").split(":")[:2]
    return time(int(hour), int(minute))
