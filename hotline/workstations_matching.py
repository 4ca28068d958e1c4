"""Which one to three stations fit a caller, and why each.

Source of the rules: 《法律援助法》第三十八条 and the project's survey of workstations, §4. Danger to life is not matched
to stations at all: the dialogue's emergency rules name 110 and 120 first.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from math import asin, cos, radians, sin, sqrt
from typing import Literal

from eligibility import Law
from hotline import divisions
from hotline.divisions import Level
from hotline.storage import UnitOfWork
from hotline.workstations import (
    Service,
    Station,
    StationType,
    centre_among,
    shipped,
    stations_in,
)

MOST = 3
NEAR_KM = 60.0
"""Beyond this a station is no longer offered for its distance; the place decides."""
EARTH_KM = 6371.0

Purpose = Literal["consult", "apply"]
PROTECTED_FROM_VIOLENCE = frozenset({"N04"})  # matters in which the nearest station may be the wrong one
CRIMINAL = "criminal"
SICHUAN_AND_CHONGQING = frozenset({"51", "50"})

# Types whose doors are open to everybody; the others serve the group they are named for.
OPEN_TO_ALL = frozenset(
    {
        StationType.CENTER,
        StationType.PUBLIC_CENTER,
        StationType.JUSTICE_OFFICE,
        StationType.VILLAGE_POINT,
        StationType.MOBILE,
        StationType.LAW_FIRM,
        StationType.ONLINE,
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
    "organisation": StationType.ENTERPRISE_PARK,
}
SAID_TO_GROUP: Mapping[str, str] = {
    "migrant_worker": "农民工讨薪请说明，可以走绿色通道",
    "soldier_family": "军人军属请说明，优先受理，也可以问当地军人军属工作站",
    "disabled": "行动不便可以问能不能上门办理",
    "mobility_impaired": "行动不便可以问能不能上门办理",
    "elderly": "八十岁以上或者行动不便的老人，可以问能不能上门办理",
    "foreign_national": "也可以问当地有没有涉外工作站",
    "organisation": "公司、单位的事请问公共法律服务中心",
}
# What the public reads at a station it cannot simply walk into (SR-091).
SAID_OF_TYPE: Mapping[StationType, str] = {
    StationType.DETENTION: "在押的人可以在这里约见值班律师，申请由看守所二十四小时内转交；家属可以代为申请",
    StationType.PRISON: "服刑的人可以在这里申请，由监狱二十四小时内转交；家属可以代为申请",
    StationType.REHAB: "在所的人可以在这里申请，由戒毒所二十四小时内转交；家属可以代为申请",
    StationType.MILITARY: "专门接待军人军属，先打电话，由他们安排；可以初审后转交申请",
    StationType.ENTERPRISE_PARK: "公司、单位的法律问题可以来这里咨询",
}


@dataclass(frozen=True)
class Search:
    """What is known of a caller who looks for a place.

    region: where the caller is, or where the matter happened or is handled; six digits.
    home: where the caller lives, when that is elsewhere: its centre helps with an application to the other (SR-059).
    near: latitude and longitude, only with the caller's consent.
    groups: roles such as migrant_worker, soldier_family, disabled, foreign_national, elderly, domestic_violence.
    safe_region: in domestic violence, where the caller says they are safe; without it no address is named.
    """

    purpose: Purpose
    region: str
    matter: str | None = None
    groups: frozenset[str] = frozenset()
    safe_region: str | None = None
    home: str | None = None
    near: tuple[float, float] | None = None


@dataclass(frozen=True)
class Recommendation:
    """A station and, in the citizen's words, why it.

    `ask_safe_place`: before naming any address ask where the caller is safe.
    """

    station: Station
    why: str
    ask_safe_place: bool = False
    km: float | None = None
    """Straight distance; None when it is not known, and then none is told."""


def match(uow: UnitOfWork, search: Search, at: datetime) -> tuple[Recommendation, ...]:
    """Give one to three stations, the best first, each with the reason.

    An application goes to the agency that accepts it first; advice is best near by, and where the caller's own group is
    served. Where no point is known the place decides, from the county up.

    Raises:
        DivisionUnknown
    """
    region, near = search.region, search.near
    if search.matter in PROTECTED_FROM_VIOLENCE or "domestic_violence" in search.groups:
        if search.safe_region is None:
            return (_ask_where_it_is_safe(uow, region),)
        region, near = search.safe_region, None  # the nearest may be next to the person who beats
    around = _upwards(region)
    listed = stations_in(uow, around)
    centres = [centre_among(listed[code], code) for code in around]
    own = {kind for group in search.groups if (kind := STATION_OF_GROUP.get(group))}
    beside = [one for code in around for one in _beside_the_centre(listed[code], search.purpose, own, at)]
    first = Recommendation(centres[0], _why_centre(centres[0], search))
    found = [Recommendation(one, _why_beside(one)) for one in beside]
    if near is not None:
        found = _nearest(uow, search.purpose, own, near, at) + found
    if search.purpose == "apply":
        found = [first, *_helper_at_home(uow, search, region), *found]
    else:
        mine = [one for one in found if one.station.type in own]
        close = [one for one in found if one.km is not None and one not in mine]
        found = [*mine, *close, first, *found]
    found += [Recommendation(wider, _why_wider(wider, region)) for wider in centres[1:]]
    return tuple(_with_note(one, near) for one in _first_of_each(found)[:MOST])


def _beside_the_centre(
    stations: Iterable[Station], purpose: Purpose, own: set[StationType], at: datetime
) -> list[Station]:
    """Stations of a place besides its centre which help with the purpose, the caller's own kind first, then open ones."""
    fitting = [
        one
        for one in stations
        if one.type is not StationType.CENTER and _serves(one, purpose, own) and not one.gone(at)
    ]
    return sorted(
        fitting,
        key=lambda one: (
            one.type not in own,
            one.type is not StationType.PUBLIC_CENTER,
            not _open_now(one, at),
            one.id,
        ),
    )


def _serves(one: Station, purpose: Purpose, own: set[StationType]) -> bool:
    if not one.public or not (one.type in OPEN_TO_ALL or one.type in own):
        return False
    if one.type in own and one.type in SAID_OF_TYPE:
        return True
    wanted = {Service.CONSULT} if purpose == "consult" else {Service.PRE_REVIEW, Service.APPLY}
    return bool(wanted & set(one.accepts))


def _nearest(
    uow: UnitOfWork, purpose: Purpose, own: set[StationType], near: tuple[float, float], at: datetime
) -> list[Recommendation]:
    """The stations with a known point within NEAR_KM, the nearest first, open ones first where it makes no difference."""
    imported = uow.workstations.near(*near, NEAR_KM)
    held = {one.id for one in imported} | uow.workstations.known(list(shipped()))
    candidates = [*imported, *(one for one in shipped().values() if one.id not in held)]
    found = [
        Recommendation(one, _why_beside(one), km=km)
        for one in candidates
        if one.lat is not None
        and one.lng is not None
        and (km := distance_km(near, (one.lat, one.lng))) <= NEAR_KM
        and _serves(one, purpose, own)
        and not one.gone(at)
    ]
    return sorted(found, key=lambda one: (round(one.km or 0, 1), not _open_now(one.station, at), one.station.id))


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """The straight distance between two points (latitude, longitude)."""
    (lat1, lng1), (lat2, lng2) = (tuple(map(radians, point)) for point in (here, there))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lng2 - lng1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def _open_now(one: Station, at: datetime) -> bool:
    opening = one.opening(at)
    return opening is not None and opening.open_now


def _helper_at_home(uow: UnitOfWork, search: Search, region: str) -> list[Recommendation]:
    if search.home is None or search.home == region or region == search.safe_region:
        return []
    centre = centre_among(stations_in(uow, [search.home])[search.home], search.home)
    return [Recommendation(centre, "这是您住的地方的中心，不方便跑远路时，可以请他们帮忙联系受理的机构")]


def _why_centre(centre: Station, search: Search) -> str:
    parts = ["咨询和申请都可以到这里" if search.purpose == "consult" else "申请由法律援助中心受理和决定"]
    if search.purpose == "apply":
        if search.matter is not None and (law := _law()) and search.matter in law.matters:
            parts.append(law.agencies[f"art_38_{law.matters[search.matter].agency}"].rstrip("。"))
            if law.matters[search.matter].agency == CRIMINAL:
                parts.append("人在看守所的，可以请看守所值班律师转交，家属也可以代为申请")
        if centre.division_code[:2] in SICHUAN_AND_CHONGQING:
            parts.append("四川、重庆两地可以就近向任一机构申请，由机构移送")
    parts += [said for group, said in SAID_TO_GROUP.items() if group in search.groups]
    return "；".join(parts)


def _ask_where_it_is_safe(uow: UnitOfWork, region: str) -> Recommendation:
    """One name, no address: the way there must not lead past the person who beats."""
    city = next((code for code in _upwards(region) if divisions.get(code).level is not Level.COUNTY), region)
    centre = centre_among(stations_in(uow, [city])[city], city)
    hidden = replace(centre, address=None, hours=None, lat=None, lng=None)
    why = "先不按远近推荐。可以先打12348说明情况；您觉得去哪里安全，告诉我，我再给您具体的地方。正在发生危险请马上打110"
    return Recommendation(hidden, why, ask_safe_place=True)


def _upwards(region: str) -> tuple[str, ...]:
    """The place and what lies around it, the narrowest first."""
    return (region, *(around.code for around in reversed(divisions.parents(region))))


def _why_beside(one: Station) -> str:
    if one.type in SAID_OF_TYPE:
        return SAID_OF_TYPE[one.type]
    if Service.APPLY in one.accepts:
        return "咨询和申请都可以到这里"
    if Service.PRE_REVIEW in one.accepts:
        return "可以在这里咨询，也可以请他们初审后转交申请"
    return "可以在这里当面咨询，由他们告诉您下一步"


def _why_wider(one: Station, region: str) -> str:
    here, there = divisions.get(region).name, divisions.get(one.division_code).name
    return f"{here}问不到的，可以问{there}这一级"


def _first_of_each(found: Iterable[Recommendation]) -> list[Recommendation]:
    kept: dict[str, Recommendation] = {}
    for one in found:
        kept.setdefault(one.station.id, one)
    return list(kept.values())


def _with_note(one: Recommendation, near: tuple[float, float] | None) -> Recommendation:
    """The distance where it is known; beside an address that nobody checked, say so (without one 待核 is shown anyway)."""
    point = (one.station.lat, one.station.lng)
    if near is not None and one.km is None and point[0] is not None and point[1] is not None:
        one = replace(one, km=distance_km(near, (point[0], point[1])))
    note = one.station.note if one.station.address else None
    return replace(one, why=f"{one.why}。{note}") if note else one


@cache
def _law() -> Law:
    return Law.load()
