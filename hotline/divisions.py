"""The divisions of China that the service knows: codes, names, and what lies in what."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hotline.errors import HotlineError

FILE = Path(__file__).parent / "divisions.yaml"


class DivisionUnknown(HotlineError):
    """The code names no division that the service holds."""

    code = "division_unknown"
    sentence = "这个地区我没有查到，请告诉我省、市和区县的名字，或者转人工。"


class Level(StrEnum):
    """How wide a division is; a county is a 县, 区 or 县级市."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"


@dataclass(frozen=True)
class Division:
    """One division; `parent` is the code of the one around it, None for a province."""

    code: str
    name: str
    level: Level
    parent: str | None


class DivisionsInvalid(ValueError):
    """The file of divisions contradicts itself; the message names the code and the remedy."""


@cache
def divisions() -> Mapping[str, Division]:
    """All divisions by their six-digit code."""
    return read(_raw()["divisions"])


def read(provinces: Mapping[str, Any]) -> dict[str, Division]:
    """The divisions of a tree of provinces. A province is loaded by adding `counties` to its cities in divisions.yaml.

    Raises:
        DivisionsInvalid
    """
    found: dict[str, Division] = {}

    def add(code: object, name: str, level: Level, parent: str | None) -> None:
        if not isinstance(code, str) or len(code) != 6 or not code.isdigit():
            raise DivisionsInvalid(f"{code} {name}: a code is six digits in quotation marks")
        if code in found:
            raise DivisionsInvalid(f"{code} {name}: stands twice, also as {found[code].name}; keep one")
        if parent is not None and code[:2] != parent[:2]:
            raise DivisionsInvalid(f"{code} {name}: lies in no place under {parent}; move it to its own province")
        found[code] = Division(code, name, level, parent)

    for code, about in provinces.items():
        add(code, about["name"], Level.PROVINCE, None)
        for county, name in about.get("counties", {}).items():
            add(county, name, Level.COUNTY, code)
        for city, about_city in about.get("cities", {}).items():
            add(city, about_city["name"], Level.CITY, code)
            for county, name in about_city.get("counties", {}).items():
                add(county, name, Level.COUNTY, city)
    return found


@cache
def _raw() -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return raw


def get(code: str) -> Division:
    """Give the division with a code.

    Raises:
        DivisionUnknown
    """
    try:
        return divisions()[code]
    except KeyError:
        raise DivisionUnknown(f"{code}: not in {FILE.name}") from None


def parents(code: str) -> tuple[Division, ...]:
    """Give what a division lies in, from the province down; empty for a province.

    Raises:
        DivisionUnknown
    """
    around = get(code).parent
    return () if around is None else (*parents(around), get(around))


def full_name(code: str) -> str:
    """Give the whole name, such as 安徽省合肥市蜀山区.

    Raises:
        DivisionUnknown
    """
    return "".join(division.name for division in (*parents(code), get(code)))


def find(name: str) -> tuple[Division, ...]:
    """Give the divisions with exactly this name, full name or former name; several places may share one (市中区)."""
    current = {code for code, division in divisions().items() if name in (division.name, full_name(code))}
    former = {alias["code"] for alias in _raw()["aliases"] if alias["name"] == name}
    return tuple(divisions()[code] for code in sorted(current | former))
