"""Stations that the agency has imported, and their duty rosters."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from math import cos, radians

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    Integer,
    String,
    Table,
    Time,
    UniqueConstraint,
    delete,
    exists,
    select,
)
from sqlalchemy.orm import Session

from hotline.appointments_slots import Kind
from hotline.rosters import Shift
from hotline.workstations import Station, record_of, station_from
from store.columns import Moment, identity, mappings, metadata, word
from store.repository import Repository

KM_PER_DEGREE = 111.0

workstations = Table(
    "workstations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("division_code", String(6), nullable=False, index=True),
    Column("public", Boolean, nullable=False),
    Column("lat", Float, index=True),
    Column("lng", Float),
    # The whole station as `station_from` reads it: files, rows and the shipped list have one shape.
    Column("record", JSON, nullable=False),
    Column("imported_at", Moment, nullable=False),
)

duty_shifts = Table(
    "duty_shifts",
    metadata,
    identity(),
    Column("station_id", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("opens", Time, nullable=False),
    Column("closes", Time, nullable=False),
    Column("kind", word(Kind), nullable=False),
    Column("lawyer", String(100), nullable=False),
    Column("seats", Integer, nullable=False),
    UniqueConstraint("station_id", "day", "kind", "opens"),
)
mappings.map_imperatively(Shift, duty_shifts)


class Workstations:
    """Fulfils `hotline.storage.Workstations`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: dict[str, Station | None] = {}

    def get(self, station_id: str) -> Station | None:
        """The imported station with this id."""
        if station_id not in self._read:  # one booking asks for its station several times
            record = self._session.scalar(select(workstations.c.record).where(workstations.c.id == station_id))
            self._read[station_id] = station_from(record) if record is not None else None
        return self._read[station_id]

    def known(self, ids: Sequence[str]) -> set[str]:
        """Which of these are imported."""
        if not ids:
            return set()
        return set(self._session.scalars(select(workstations.c.id).where(workstations.c.id.in_(ids))))

    def in_divisions(self, codes: Sequence[str]) -> list[Station]:
        """The imported stations of these divisions, by id."""
        c = workstations.c
        found = self._session.scalars(select(c.record).where(c.division_code.in_(codes)).order_by(c.id))
        return [station_from(record) for record in found]

    def near(self, lat: float, lng: float, km: float) -> list[Station]:
        """The imported stations in a square around a point, whose sides are twice `km` long."""
        c = workstations.c
        high = km / KM_PER_DEGREE
        wide = high / max(cos(radians(lat)), 0.1)
        inside = (c.lat.between(lat - high, lat + high), c.lng.between(lng - wide, lng + wide))
        return [station_from(record) for record in self._session.scalars(select(c.record).where(*inside))]

    def put(self, stations: Iterable[Station], at: datetime) -> None:
        """Keep these stations, each in place of the one with its id."""
        rows = [
            {
                "id": one.id,
                "division_code": one.division_code,
                "public": one.public,
                "lat": one.lat,
                "lng": one.lng,
                "record": record_of(one),
                "imported_at": at,
            }
            for one in stations
        ]
        self._read.clear()
        if rows:
            replaced = [row["id"] for row in rows]
            self._session.execute(delete(workstations).where(workstations.c.id.in_(replaced)))
            self._session.execute(workstations.insert(), rows)


class Rosters(Repository[Shift]):
    """Fulfils `hotline.storage.Rosters`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._kept: dict[str, bool] = {}

    def kept_by(self, station_id: str) -> bool:
        """Whether the station has ever had a roster: then only rostered times can be booked."""
        if station_id not in self._kept:
            kept = exists().where(duty_shifts.c.station_id == station_id)
            self._kept[station_id] = bool(self._session.scalar(select(kept)))
        return self._kept[station_id]

    def shifts(self, station_id: str, first: date, last: date) -> list[Shift]:
        """The shifts on these days, in the order of time."""
        c = duty_shifts.c
        wanted = select(Shift).where(c.station_id == station_id, c.day.between(first, last))
        return list(self._session.scalars(wanted.order_by(c.day, c.opens, c.kind)))

    def replace(self, station_id: str, days: Iterable[date], shifts: Iterable[Shift]) -> None:
        """Put these shifts in place of all that the station had on these days."""
        c = duty_shifts.c
        self._kept.clear()
        self._session.execute(delete(duty_shifts).where(c.station_id == station_id, c.day.in_(list(days))))
        self._session.add_all(shifts)
