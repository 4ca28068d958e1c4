"""Where people can go: stations that a source or the agency names, and the legal-aid centre of every place.

What no source tells stays None and is shown as 待核 with 12348; nothing is filled in by analogy. Who is sent where:
`workstations_matching.py`. Source of types and fields: the project's survey of workstations, §2 and §5.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import yaml

from hotline import divisions, opening_hours
from hotline.clock import SHANGHAI, in_words, local
from hotline.divisions import Level
from hotline.errors import StationUnknown
from hotline.opening_hours import HoursUnreadable, Opening
from hotline.storage import UnitOfWork

FILE = Path(__file__).parent / "workstations.yaml"
UNVERIFIED = "地址电话待核，请先拨12348核实"
CHECKED_FOR = timedelta(days=90)  # 建议值: after that a station has to be checked again


class StationType(StrEnum):
    """What kind of place a station is (survey §2)."""

    CENTER = "center"
    PUBLIC_CENTER = "public_center"
    JUSTICE_OFFICE = "justice_office"
    VILLAGE_POINT = "village_point"
    LIAISON = "liaison"
    COURT = "court"
    PROCURATORATE = "procuratorate"
    DETENTION = "detention"
    PRISON = "prison"
    REHAB = "rehab"
    MILITARY = "military"
    MIGRANT_WORKER = "migrant_worker"
    SCHOOL = "school"
    FOREIGNER = "foreigner"
    WOMEN = "women"
    YOUTH_LEAGUE = "youth_league"
    DISABLED = "disabled"
    ELDERLY = "elderly"
    MEDIATION = "mediation"
    LAW_FIRM = "law_firm"
    ENTERPRISE_PARK = "enterprise_park"
    MOBILE = "mobile"
    ONLINE = "online"


class Service(StrEnum):
    """What a station does for people who come; only a legal-aid agency decides (《法律援助法》第四十三条)."""

    CONSULT = "consult"
    PRE_REVIEW = "pre_review"
    APPLY = "apply"
    DUTY_LAWYER = "duty_lawyer"
    VISIT = "visit"
    REFER = "refer"
    MEDIATE = "mediate"


class Confidence(StrEnum):
    """How good the source is."""

    VERIFIED = "verified"
    SECONDARY = "secondary"
    UNCERTAIN = "uncertain"
    DERIVED = "derived"


@dataclass(frozen=True)
class Usual:
    """A type of station: its Chinese name and what it usually accepts (survey §2, column accepts)."""

    name: str
    accepts: tuple[Service, ...]


_S = Service
TYPES: Mapping[StationType, Usual] = {
    StationType.CENTER: Usual("法律援助中心", (_S.CONSULT, _S.APPLY, _S.REFER)),
    StationType.PUBLIC_CENTER: Usual("公共法律服务中心", (_S.CONSULT, _S.REFER)),
    StationType.JUSTICE_OFFICE: Usual("司法所工作站", (_S.CONSULT, _S.PRE_REVIEW, _S.REFER)),
    StationType.VILLAGE_POINT: Usual("村（社区）联络点", (_S.REFER,)),
    StationType.LIAISON: Usual("联络员", (_S.REFER,)),
    StationType.COURT: Usual("法院工作站", (_S.CONSULT, _S.DUTY_LAWYER, _S.PRE_REVIEW)),
    StationType.PROCURATORATE: Usual("检察院工作站", (_S.DUTY_LAWYER, _S.CONSULT)),
    StationType.DETENTION: Usual("看守所工作站", (_S.DUTY_LAWYER, _S.REFER)),
    StationType.PRISON: Usual("监狱工作站", (_S.CONSULT, _S.REFER)),
    StationType.REHAB: Usual("强制隔离戒毒所工作站", (_S.CONSULT, _S.REFER)),
    StationType.MILITARY: Usual("军人军属工作站", (_S.CONSULT, _S.PRE_REVIEW)),
    StationType.MIGRANT_WORKER: Usual("农民工工作站", (_S.CONSULT, _S.PRE_REVIEW)),
    StationType.SCHOOL: Usual("学校工作站", (_S.CONSULT, _S.REFER)),
    StationType.FOREIGNER: Usual("涉外工作站", (_S.CONSULT, _S.REFER)),
    StationType.WOMEN: Usual("妇联工作站", (_S.CONSULT, _S.REFER)),
    StationType.YOUTH_LEAGUE: Usual("共青团工作站", (_S.CONSULT, _S.REFER)),
    StationType.DISABLED: Usual("残联工作站", (_S.CONSULT, _S.REFER)),
    StationType.ELDERLY: Usual("老龄工作站", (_S.CONSULT, _S.REFER)),
    StationType.MEDIATION: Usual("人民调解组织站点", (_S.MEDIATE, _S.REFER)),
    StationType.LAW_FIRM: Usual("律所工作站", (_S.CONSULT,)),
    StationType.ENTERPRISE_PARK: Usual("企业园区工作室", (_S.CONSULT,)),
    StationType.MOBILE: Usual("流动工作站", (_S.CONSULT, _S.APPLY)),
    StationType.ONLINE: Usual("网上", (_S.CONSULT,)),
}
NO_ADDRESS = frozenset({StationType.MILITARY})
"""涉密地址不对外显示，只给电话转接 (SR-092): their address is not even kept."""
NO_PHONE = frozenset({StationType.LIAISON})
"""联络员个人电话不对外 (SR-096): not even kept."""


@dataclass(frozen=True)
class Visit:
    """One stop of a mobile station."""

    day: date
    opens: time
    closes: time
    place: str

    @property
    def starts_at(self) -> datetime:
        """When it opens there."""
        return datetime.combine(self.day, self.opens, SHANGHAI)

    @property
    def ends_at(self) -> datetime:
        """When it leaves."""
        return datetime.combine(self.day, self.closes, SHANGHAI)


@dataclass(frozen=True)
class Station:
    """A place to go; None means that no source tells, never that there is none.

    `public` is False for what only operators may see. `verified_on` is the day somebody checked it by phone or on foot.
    """

    id: str
    type: StationType
    name: str
    division_code: str
    accepts: tuple[Service, ...]
    confidence: Confidence
    source: str | None = None
    source_date: str | None = None
    host_org: str | None = None
    parent_agency_id: str | None = None
    address: str | None = None
    phone: str | None = None
    hours: str | None = None
    extended_until: time | None = None
    """延时至: served until then on working days, by appointment."""
    schedule: tuple[Visit, ...] = ()
    """Where a mobile station stops, in the order of time."""
    services: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    ground_floor: bool | None = None
    barrier_free: bool | None = None
    lat: float | None = None
    lng: float | None = None
    scope: str | None = None
    materials: str | None = None
    time_limit: str | None = None
    supervision: str | None = None
    promise: str | None = None
    public: bool = True
    verified_on: date | None = None

    @property
    def verified(self) -> bool:
        """Tell whether somebody has ever checked address and phone."""
        return self.verified_on is not None

    @property
    def note(self) -> str | None:
        """Tell the citizen what to check before setting out; None when the station is verified."""
        if self.verified:
            return None
        if self.address is None and self.phone is None:
            return UNVERIFIED
        said = f"这是{self.source_date[:4]}年公开的信息" if self.source_date else "这是公开渠道的信息"
        return f"{said}，我们还没有核对，去之前请先拨12348核实"

    @property
    def access(self) -> str | None:
        """Whether one can get in with a wheelchair, in words; None when no source tells."""
        said = {True: "在一层", False: "不在一层", None: ""}[self.ground_floor]
        ramp = {True: "有无障碍设施", False: "没有无障碍设施", None: ""}[self.barrier_free]
        return "，".join(filter(None, (said, ramp))) or None

    @property
    def map_link(self) -> str | None:
        """A page that shows the place on a map; None when neither point nor address is known."""
        if self.lat is not None and self.lng is not None:
            point = {"position": f"{self.lng},{self.lat}", "name": self.name, "coordinate": "wgs84"}
            return f"https://uri.amap.com/marker?{urlencode(point, quote_via=quote)}"
        if self.address is None:
            return None
        city = divisions.full_name(self.division_code)
        return f"https://uri.amap.com/search?{urlencode({'keyword': city + self.address}, quote_via=quote)}"

    def due_for_check(self, on: date) -> bool:
        """Tell whether the station has to be checked again on a day."""
        return self.verified_on is None or on - self.verified_on > CHECKED_FOR

    def missing(self) -> tuple[str, ...]:
        """Name what a citizen needs and no source tells."""
        return tuple(name for name in ("address", "phone", "hours") if getattr(self, name) is None)

    def next_visit(self, at: datetime) -> Visit | None:
        """The stop of a mobile station that is under way or comes next."""
        return next((visit for visit in self.schedule if visit.ends_at > at), None)

    def gone(self, at: datetime) -> bool:
        """Whether a mobile station has no stop left: it is no longer shown (SR-098)."""
        return self.type is StationType.MOBILE and self.next_visit(at) is None

    def opening(self, at: datetime) -> Opening | None:
        """Whether the door is open and when it opens next; None when no source tells the hours."""
        if self.type is StationType.MOBILE:
            return opening_hours.opening(((visit.starts_at, visit.ends_at) for visit in self.schedule), at)
        if self.hours is None:
            return None
        hours = opening_hours.parse(self.hours)
        return opening_hours.opening(opening_hours.sessions_from(hours, at), at)

    def where(self, at: datetime) -> str | None:
        """The address; of a mobile station the next stop with its time."""
        visit = self.next_visit(at)
        return f"{in_words(visit.starts_at)}到{local(visit.ends_at):%H:%M}，{visit.place}" if visit else self.address


@dataclass(frozen=True)
class PublicItem:
    """One of the seven items a station must make public (云南 2019 三(三)4, SR-153); None means that it is missing."""

    name: str
    text: str | None


def public_items(station: Station, duty: str | None) -> tuple[PublicItem, ...]:
    """The seven items of a station.

    Args:
        duty: who is on duty today, in words; None where the station keeps no roster.
    """
    told = {
        "援助范围": station.scope,
        "申请材料": station.materials,
        "办理时限": station.time_limit,
        "值班律师": duty,
        "监督方式": station.supervision,
        "联系电话": station.phone,
        "服务承诺": station.promise,
    }
    return tuple(PublicItem(name, text) for name, text in told.items())


class StationsInvalid(ValueError):
    """A station says something that cannot be; the message names it and the remedy."""


def station_from(entry: Mapping[str, Any]) -> Station:
    """A station from the plain values of a file or a row.

    Raises:
        StationsInvalid: every fault, one a line, each with its remedy in Chinese.
    """
    if faults := list(_faults(entry)):
        raise StationsInvalid("\n".join(faults))
    visits = sorted((_visit(one) for one in entry.get("schedule") or ()), key=lambda visit: visit.starts_at)
    values = {name: value for name, value in entry.items() if value is not None}
    type_ = StationType(entry["type"])
    return Station(
        **{
            **values,
            "type": type_,
            "accepts": tuple(Service(one) for one in entry.get("accepts") or TYPES[type_].accepts),
            "confidence": Confidence(entry["confidence"]),
            "services": tuple(entry.get("services") or ()),
            "languages": tuple(entry.get("languages") or ()),
            "schedule": tuple(visits),
            "extended_until": time.fromisoformat(entry["extended_until"]) if entry.get("extended_until") else None,
            "verified_on": date.fromisoformat(str(entry["verified_on"])) if entry.get("verified_on") else None,
        }
    )


def record_of(station: Station) -> dict[str, Any]:
    """The plain values that `station_from` reads again."""
    plain = {name: value for name, value in asdict(station).items() if value not in (None, ())}
    for visit in plain.get("schedule", ()):
        visit |= {name: visit[name].isoformat() for name in ("day", "opens", "closes")}
    for name in ("extended_until", "verified_on"):
        if name in plain:
            plain[name] = plain[name].isoformat()
    return plain


def _faults(entry: Mapping[str, Any]) -> Iterator[str]:
    known = {field.name for field in fields(Station)}
    if stray := sorted(entry.keys() - known):
        yield f"没有「{'、'.join(stray)}」这一栏；请对照模板改名或删去"
    for name, words in (("id", "编号"), ("name", "名称"), ("source", "来源")):
        if not entry.get(name):
            yield f"缺{words}；请补上" + ("信息从哪里来" if name == "source" else "")
    code = str(entry.get("division_code") or "")
    if code not in divisions.divisions():
        yield f"区划代码「{code}」不在区划表里；请填六位代码，新的区县先加进 divisions.yaml"
    yield from _word_faults(entry)
    yield from _place_faults(entry)
    if entry.get("hours"):
        try:
            opening_hours.parse(str(entry["hours"]))
        except HoursUnreadable as error:
            yield str(error)


def _word_faults(entry: Mapping[str, Any]) -> Iterator[str]:
    if entry.get("type") not in set(StationType):
        yield f"类型「{entry.get('type')}」不认识；可以填：{'、'.join(kind.name for kind in TYPES.values())}"
    for one in entry.get("accepts") or ():
        if one not in set(Service):
            yield f"「能办什么」里的「{one}」不认识；可以填：咨询、初审、受理申请、值班律师、上门、转介、调解"
    if entry.get("confidence") not in set(Confidence):
        yield f"可信度「{entry.get('confidence')}」不认识；可以填：官方、二手、不确定"


def _place_faults(entry: Mapping[str, Any]) -> Iterator[str]:
    kind = entry.get("type")
    if kind in NO_ADDRESS and entry.get("address"):
        yield "军人军属工作站不登记地址，只登记电话；请删去地址"
    if kind in NO_PHONE and entry.get("phone"):
        yield "联络员的个人电话不登记；请删去电话"
    if kind == StationType.MOBILE and not entry.get("schedule"):
        yield "流动工作站要有巡回日程；请写成「2026-12-03 9:00-11:30 某某村委会」，几次之间用分号隔开"
    if (entry.get("lat") is None) != (entry.get("lng") is None):
        yield "纬度和经度要么都填，要么都不填"
    for name, words, least, most in (("lat", "纬度", 3, 54), ("lng", "经度", 73, 136)):
        value = entry.get(name)
        if value is not None and not least <= float(value) <= most:
            yield f"{words}{value}不在中国境内；请核对，纬度在前、经度在后"


def _visit(one: Mapping[str, Any]) -> Visit:
    return Visit(
        date.fromisoformat(str(one["day"])),
        time.fromisoformat(str(one["opens"])),
        time.fromisoformat(str(one["closes"])),
        str(one["place"]),
    )


def read_stations(path: Path) -> tuple[Station, ...]:
    """Read the shipped file of stations.

    Raises:
        StationsInvalid
    """
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    stations = []
    for entry in raw["stations"]:
        try:
            stations.append(station_from(entry))
        except StationsInvalid as error:
            raise StationsInvalid(f"{path.name}: {entry.get('id')}: {error}") from None
    ids = [station.id for station in stations]
    if doubled := {one for one in ids if ids.count(one) > 1}:
        raise StationsInvalid(f"{path.name}: 编号 {'、'.join(sorted(doubled))} 重复；每个站点要有自己的编号")
    return tuple(stations)


@cache
def shipped() -> Mapping[str, Station]:
    """The stations of workstations.yaml by id."""
    return {station.id: station for station in read_stations(FILE)}


@cache
def _shipped_in() -> Mapping[str, tuple[Station, ...]]:
    by_place = sorted(shipped().values(), key=lambda station: station.division_code)
    return {code: tuple(group) for code, group in groupby(by_place, key=lambda station: station.division_code)}


def stations_in(uow: UnitOfWork, codes: Iterable[str]) -> dict[str, list[Station]]:
    """The stations of some divisions by code: the shipped ones, and what the agency imported instead and besides."""
    wanted = tuple(codes)
    imported = uow.workstations.in_divisions(wanted)
    replaced = uow.workstations.known([one.id for code in wanted for one in _shipped_in().get(code, ())])
    found: dict[str, list[Station]] = {code: [] for code in wanted}
    for one in (*imported, *(one for code in wanted for one in _shipped_in().get(code, ()) if one.id not in replaced)):
        found[one.division_code].append(one)
    return found


def station(uow: UnitOfWork, station_id: str) -> Station:
    """Give a station by its id, that of a derived centre included; an imported one before a shipped one.

    Raises:
        StationUnknown
    """
    found = uow.workstations.get(station_id) or shipped().get(station_id)
    if found is not None:
        return found
    code, _, kind = station_id.partition("-")
    if kind == StationType.CENTER and code in divisions.divisions():
        return derived_centre(code)
    raise StationUnknown(f"{station_id}: no such station")


def centre_for(uow: UnitOfWork, code: str) -> Station:
    """Give the legal-aid centre of a division: the one a source or the agency names, else its usual name and no more.

    A source that is uncertain lends neither address nor phone.

    Raises:
        DivisionUnknown
    """
    return centre_among(stations_in(uow, [code])[code], code)


def centre_among(stations: Iterable[Station], code: str) -> Station:
    """The centre among the stations of a division, else the derived one."""
    centres = (one for one in stations if one.type is StationType.CENTER and one.public)
    return next(centres, None) or derived_centre(code)


def derived_centre(code: str) -> Station:
    """The centre that every division has, by its usual name.

    Raises:
        DivisionUnknown
    """
    place = divisions.get(code)
    around = divisions.parents(code)
    # A district is named with its city, a county by itself: 合肥市蜀山区, 长丰县.
    district = place.level is Level.COUNTY and place.name.endswith("区") and around
    name = f"{around[-1].name}{place.name}" if district else place.name
    return Station(
        id=f"{code}-{StationType.CENTER}",
        type=StationType.CENTER,
        name=f"{name}法律援助中心",
        division_code=code,
        accepts=TYPES[StationType.CENTER].accepts,
        confidence=Confidence.DERIVED,
    )
