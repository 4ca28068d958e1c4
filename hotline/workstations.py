"""Where to go: the stations that a source names, the centre of every place, and which of them fits a caller.

Source of the rules: 《法律援助法》第三十八条 and the project's survey of workstations, §4.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from eligibility import Law
from hotline import divisions
from hotline.divisions import Level
from hotline.errors import NotFound

FILE = Path(__file__).parent / "workstations.yaml"
UNVERIFIED = "地址电话待核，请先拨12348核实"
CHECKED_FOR = timedelta(days=90)  # 建议值: after that a station has to be checked again
MOST = 3

Purpose = Literal["consult", "apply"]
PROTECTED_FROM_VIOLENCE = frozenset({"N04"})  # matters in which the nearest station may be the wrong one
CRIMINAL = "criminal"


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
    services: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    ground_floor: bool | None = None
    barrier_free: bool | None = None
    lat: float | None = None
    lng: float | None = None
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

    def due_for_check(self, on: date) -> bool:
        """Tell whether the station has to be checked again on a day."""
        return self.verified_on is None or on - self.verified_on > CHECKED_FOR

    def missing(self) -> tuple[str, ...]:
        """Name what a citizen needs and no source tells."""
        return tuple(name for name in ("address", "phone", "hours") if getattr(self, name) is None)


@dataclass(frozen=True)
class Recommendation:
    """A station and, in the citizen's words, why it.

    `ask_safe_place`: before naming any address ask where the caller is safe.
    """

    station: Station
    why: str
    ask_safe_place: bool = False


class StationsInvalid(ValueError):
    """The file of stations says something that cannot be; the message names the station and the remedy."""


def read_stations(path: Path) -> tuple[Station, ...]:
    """Read a file of stations.

    Raises:
        StationsInvalid
    """
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    stations = tuple(_station(entry, path.name) for entry in raw["stations"])
    ids = [station.id for station in stations]
    if doubled := {one for one in ids if ids.count(one) > 1}:
        raise StationsInvalid(f"{path.name}: {', '.join(sorted(doubled))} stands twice; give each station its own id")
    return stations


def _station(entry: Mapping[str, Any], file: str) -> Station:
    label = entry.get("id", "a station without id")
    known = {field.name for field in fields(Station)}
    if stray := entry.keys() - known:
        raise StationsInvalid(
            f"{file}: {label}: {', '.join(sorted(stray))}: no such field; see Station in workstations.py"
        )
    if entry["division_code"] not in divisions.divisions():
        raise StationsInvalid(f"{file}: {label}: {entry['division_code']} is no division; add it to divisions.yaml")
    if not entry.get("source"):
        raise StationsInvalid(f"{file}: {label}: no source; say where the information comes from")
    try:
        return Station(
            **{
                **entry,
                "type": StationType(entry["type"]),
                "accepts": tuple(Service(one) for one in entry["accepts"]),
                "confidence": Confidence(entry["confidence"]),
                "services": tuple(entry.get("services") or ()),
                "languages": tuple(entry.get("languages") or ()),
                "verified_on": date.fromisoformat(str(entry["verified_on"])) if entry.get("verified_on") else None,
            }
        )
    except ValueError as error:
        raise StationsInvalid(f"{file}: {label}: {error}") from None


class Directory:
    """The stations, and a centre for every place."""

    def __init__(self, stations: Iterable[Station]) -> None:
        self.stations = {station.id: station for station in stations}

    def station(self, station_id: str) -> Station:
        """Give a station by its id, that of a derived centre included.

        Raises:
            NotFound
        """
        if station_id in self.stations:
            return self.stations[station_id]
        code, _, kind = station_id.partition("-")
        if kind == StationType.CENTER and code in divisions.divisions():
            return self.centre_for(code)
        raise NotFound(f"{station_id}: no such station")

    def centre_for(self, code: str) -> Station:
        """Give the legal-aid centre of a division: the one a source names, else its usual name and nothing more.

        A source that is uncertain lends neither address nor phone.
        Raises:
            DivisionUnknown
        """
        listed = next(self._public(code, StationType.CENTER), None)
        return listed or _derived_centre(code)

    def _public(self, code: str, *types: StationType) -> Iterator[Station]:
        return (
            one
            for one in self.stations.values()
            if one.division_code == code and one.public and (not types or one.type in types)
        )

    def match(
        self,
        purpose: Purpose,
        region: str,
        matter: str | None = None,
        groups: frozenset[str] = frozenset(),
        safe_region: str | None = None,
    ) -> tuple[Recommendation, ...]:
        """Give one to three stations, the best first, each with the reason.

        Args:
            purpose: consult, or apply for legal aid.
            region: the caller's place or that of the matter; six digits.
            matter: code of the matter, None while it is not known.
            groups: roles of the caller such as migrant_worker, soldier_family, disabled, foreign_national.
            safe_region: in domestic violence, where the caller says they are safe; without it no address is named.
        Raises:
            DivisionUnknown
        """
        if matter in PROTECTED_FROM_VIOLENCE or "domestic_violence" in groups:
            if safe_region is None:
                return (self._ask_where_it_is_safe(region),)
            region = safe_region
        centres = [self.centre_for(code) for code in _upwards(region)]
        others = [other for code in _upwards(region) for other in self._others(code, purpose, groups)]
        found = [self._reason(centres[0], purpose, matter, groups)]
        found += [Recommendation(other, _why_other(other)) for other in others]
        found += [Recommendation(wider, _why_wider(wider, region)) for wider in centres[1:]]
        return tuple(_with_note(one) for one in found[:MOST])

    def _others(self, code: str, purpose: Purpose, groups: frozenset[str]) -> list[Station]:
        """Stations of a place besides its centre which help with the purpose, the caller's own kind first."""
        helps = {Service.CONSULT} if purpose == "consult" else {Service.PRE_REVIEW, Service.APPLY}
        wanted = {kind for group in groups if (kind := STATION_OF_GROUP.get(group))}
        fitting = [
            one
            for one in self._public(code)
            if one.type is not StationType.CENTER
            and helps & set(one.accepts)
            and (one.type in OPEN_TO_ALL or one.type in wanted)
        ]
        return sorted(
            fitting, key=lambda one: (one.type not in wanted, one.type is not StationType.PUBLIC_CENTER, one.id)
        )

    def _reason(self, centre: Station, purpose: Purpose, matter: str | None, groups: frozenset[str]) -> Recommendation:
        why = "咨询和申请都可以到这里" if purpose == "consult" else "申请由法律援助中心受理和决定"
        parts = [why]
        if purpose == "apply" and matter is not None and (law := _law()) and matter in law.matters:
            parts.append(law.agencies[f"art_38_{law.matters[matter].agency}"].rstrip("。"))
            if law.matters[matter].agency == CRIMINAL:
                parts.append("人在看守所的，可以请看守所值班律师转交，家属也可以代为申请")
        parts += [said for group, said in SAID_TO_GROUP.items() if group in groups]
        return Recommendation(centre, "；".join(parts))

    def _ask_where_it_is_safe(self, region: str) -> Recommendation:
        """One name, no address: the way there must not lead past the person who beats."""
        city = next((code for code in _upwards(region) if divisions.get(code).level is not Level.COUNTY), region)
        centre = replace(self.centre_for(city), address=None, hours=None)
        why = "先不按远近推荐。可以先打12348说明情况；您觉得去哪里安全，告诉我，我再给您具体的地方。正在发生危险请马上打110"
        return Recommendation(centre, why, ask_safe_place=True)


# Types whose doors are open to everybody; the others serve the group they are named for.
OPEN_TO_ALL = frozenset(
    {
        StationType.PUBLIC_CENTER,
        StationType.JUSTICE_OFFICE,
        StationType.VILLAGE_POINT,
        StationType.MOBILE,
        StationType.LAW_FIRM,
    }
)
STATION_OF_GROUP: Mapping[str, StationType] = {
    "soldier_family": StationType.MILITARY,
    "veteran": StationType.MILITARY,
    "migrant_worker": StationType.MIGRANT_WORKER,
    "minor": StationType.SCHOOL,
    "student": StationType.SCHOOL,
    "foreign_national": StationType.FOREIGNER,
    "woman": StationType.WOMEN,
    "disabled": StationType.DISABLED,
    "elderly": StationType.ELDERLY,
    "detained": StationType.DETENTION,
}
SAID_TO_GROUP: Mapping[str, str] = {
    "migrant_worker": "农民工讨薪请说明，可以走绿色通道",
    "soldier_family": "军人军属请说明，优先受理，也可以问当地军人军属工作站",
    "disabled": "行动不便可以问能不能上门办理",
    "mobility_impaired": "行动不便可以问能不能上门办理",
    "foreign_national": "也可以问当地有没有涉外工作站",
    "organisation": "公司、单位的事请问公共法律服务中心",
}


def _upwards(region: str) -> tuple[str, ...]:
    """The place and what lies around it, the narrowest first."""
    return (region, *(around.code for around in reversed(divisions.parents(region))))


def _derived_centre(code: str) -> Station:
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
        accepts=(Service.CONSULT, Service.APPLY, Service.REFER),
        confidence=Confidence.DERIVED,
    )


def _why_other(station: Station) -> str:
    if Service.PRE_REVIEW in station.accepts:
        return "可以在这里咨询，也可以请他们初审后转交申请"
    return "可以在这里当面咨询，由他们告诉您下一步"


def _why_wider(station: Station, region: str) -> str:
    here, there = divisions.get(region).name, divisions.get(station.division_code).name
    return f"{here}问不到的，可以问{there}这一级"


def _with_note(one: Recommendation) -> Recommendation:
    """Beside an address that nobody checked, say so; where there is none, whoever shows the station says 待核 anyway."""
    return replace(one, why=f"{one.why}。{one.station.note}") if one.station.address and one.station.note else one


@cache
def _law() -> Law:
    return Law.load()


@cache
def directory() -> Directory:
    """The directory of workstations.yaml."""
    return Directory(read_stations(FILE))


def station(station_id: str) -> Station:
    """Give a station by its id; see Directory.station."""
    return directory().station(station_id)


def centre_for(code: str) -> Station:
    """Give the legal-aid centre of a division; see Directory.centre_for."""
    return directory().centre_for(code)


def match(
    purpose: Purpose,
    region: str,
    matter: str | None = None,
    groups: frozenset[str] = frozenset(),
    safe_region: str | None = None,
) -> tuple[Recommendation, ...]:
    """Give one to three stations for a caller; see Directory.match."""
    return directory().match(purpose, region, matter, groups, safe_region)
