"""An appointment as a calendar file (RFC 5545), with an alarm: the reminder that needs neither session nor network."""

from datetime import UTC, datetime, timedelta

from hotline.appointments import Appointment, AppointmentStatus
from hotline.appointments_slots import Kind, calendar
from hotline.workstations import Station

LINE_OCTETS = 75


def calendar_file(appointment: Appointment, station: Station, changes: int, at: datetime) -> str:
    """The file; opened again after a change it moves the entry, after a cancellation it removes it.

    Args:
        changes: how many acts the history has; a higher number replaces the entry of a lower one.
    """
    begins, ends = appointment.starts_at, appointment.starts_at + calendar().kinds[appointment.kind].slot
    place = station.address if appointment.kind in (Kind.WINDOW, Kind.EXTENDED) and station.verified else None
    cancelled = not appointment.live
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Yuanxian//12348//ZH",
        f"METHOD:{'CANCEL' if cancelled else 'PUBLISH'}",
        "BEGIN:VEVENT",
        f"UID:{appointment.number}@yuanxian",
        f"SEQUENCE:{changes}",
        f"DTSTAMP:{_utc(at)}",
        f"DTSTART:{_utc(begins)}",
        f"DTEND:{_utc(ends)}",
        f"SUMMARY:{_text(f'{appointment.kind.words}预约：{station.name}')}",
        f"DESCRIPTION:{_text(f'预约号 {appointment.number}。{station.note or ""}来不了请改时间或者取消，也可以拨打 12348。')}",
        *([f"LOCATION:{_text(place)}"] if place else []),
        f"STATUS:{_status(appointment)}",
    ]
    if not cancelled:
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text('去办事')}"]
        lines += [f"TRIGGER:-PT{int(calendar().shortly_before / timedelta(minutes=1))}M", "END:VALARM"]
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _status(appointment: Appointment) -> str:
    return {AppointmentStatus.CONFIRMED: "CONFIRMED", AppointmentStatus.HELD: "TENTATIVE"}.get(
        appointment.status, "CANCELLED"
    )


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Lines longer than 75 octets go on after a line break and a space; no character is cut in two."""
    parts: list[str] = []
    part = ""
    for character in line:
        if len((part + character).encode()) > LINE_OCTETS - bool(parts):
            parts.append(part)
            part = ""
        part += character
    return "\r\n ".join([*parts, part])
