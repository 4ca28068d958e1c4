"""Where to go, for pages, partners and kiosks: matched stations, and the public page of each."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from actions.workstations import station_block
from api.gateway import TheGateway
from eligibility import Facts, Law, assess
from hotline import rosters, workstations
from hotline.appointments import BRING
from hotline.appointments_slots import offered_kinds
from hotline.clock import in_words
from hotline.errors import StationUnknown
from hotline.workstations import TYPES, public_items
from hotline.workstations_matching import Search, match

router = APIRouter(prefix="/v1/workstations", tags=["workstations"])


class StationOut(BaseModel):
    """A recommended station; what is null is 待核, and the caller is told to ring 12348 first."""

    id: str
    name: str
    address: str | None
    phone: str | None
    hours: str | None
    why: str
    verified: bool
    opening: str | None
    open_now: bool | None
    access: str | None
    map: str | None
    km: float | None


class StationsOut(BaseModel):
    """One to three stations, the best first. `ask_safe_place`: ask where the caller is safe before naming an address."""

    stations: list[StationOut]
    ask_safe_place: bool
    bring: list[str]


class ItemOut(BaseModel):
    """One of the seven items that a station makes public; null when it is missing."""

    name: str
    text: str | None


class StopOut(BaseModel):
    """One stop of a mobile station that is still to come."""

    when: str
    place: str


class PageOut(BaseModel):
    """The public page of a station (SR-153). It is `published` only when all seven items are there."""

    id: str
    name: str
    type: str
    address: str | None
    phone: str | None
    hours: str | None
    opening: str | None
    extended_until: str | None
    access: str | None
    languages: list[str]
    services: list[str]
    kinds: list[str]
    schedule: list[StopOut]
    items: list[ItemOut]
    published: bool
    verified_on: date | None
    note: str | None
    map: str | None


@router.get("")
def find_stations(
    here: TheGateway,
    region: Annotated[str, Query(description="六位区划代码")],
    purpose: Literal["consult", "apply"] = "consult",
    matter: Annotated[str | None, Query(max_length=8)] = None,
    group: Annotated[list[str] | None, Query(max_length=20)] = None,
    home: Annotated[str | None, Query(description="住处的六位区划代码，和事情发生地不同时给")] = None,
    safe_region: Annotated[str | None, Query(description="家庭暴力：哪个区县是安全的")] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90, description="只在本人同意定位时给")] = None,
    lng: Annotated[float | None, Query(ge=-180, le=180)] = None,
) -> StationsOut:
    """Give one to three stations that fit, with the reason for each."""
    near = (lat, lng) if lat is not None and lng is not None else None
    search = Search(purpose, region, matter, frozenset(group or ()), safe_region, home, near)
    now = here.services.now()
    with here.open_reading() as uow:
        found = match(uow, search, now)
    return StationsOut(
        stations=[StationOut(**station_block(one, now)) for one in found],
        ask_safe_place=any(one.ask_safe_place for one in found),
        bring=what_to_bring(here.services.law, here.services.today(), purpose, matter, region),
    )


@router.get("/{station_id}")
def show_station(here: TheGateway, station_id: str) -> PageOut:
    """The page of one station, with who is on duty today."""
    now = here.services.now()
    with here.open_reading() as uow:
        station = workstations.station(uow, station_id)
        duty = rosters.on_duty(uow, station_id, now)
    if not station.public:
        raise StationUnknown(station_id)
    items = public_items(station, duty)
    opening = station.opening(now)
    stops = [visit for visit in station.schedule if visit.ends_at > now]
    return PageOut(
        id=station.id,
        name=station.name,
        type=TYPES[station.type].name,
        address=station.where(now),
        phone=station.phone,
        hours=station.hours,
        opening=opening.words if opening else None,
        extended_until=f"{station.extended_until:%H:%M}" if station.extended_until else None,
        access=station.access,
        languages=list(station.languages),
        services=list(station.services),
        kinds=[kind.words for kind in offered_kinds(station)],
        schedule=[StopOut(when=in_words(visit.starts_at), place=visit.place) for visit in stops],
        items=[ItemOut(name=item.name, text=item.text) for item in items],
        published=all(item.text for item in items),
        verified_on=station.verified_on,
        note=station.note,
        map=station.map_link,
    )


def what_to_bring(law: Law, today: date, purpose: str, matter: str | None, region: str | None) -> list[str]:
    """Papers for an application about a matter, or what is always useful."""
    if purpose != "apply" or matter not in law.matters:
        return list(BRING)
    told: dict[str, Any] = {"matter": matter, "region": region}
    return list(assess(Facts.from_mapping(told), today, law).materials) or list(BRING)
