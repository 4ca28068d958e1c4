"""Read one YAML file of dated lines strictly; every message names the file, the key and the remedy."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from eligibility.errors import ParameterError
from eligibility.law import Period

HEAD = {"description", "unit", "legal_basis", "note", "source", "areas", "values"}
ORIGIN = {"valid_to", "status", "confidence", "source", "note"}
STATUSES = {"in_force", "superseded", "draft", "local_document", "stale", "unknown"}
CONFIDENCES = {"verified", "secondary", "uncertain"}
TEXTS = {
    "agency", "basis", "change", "citizen", "flag", "migrant_worker_excluded", "must_equal", "name", "note", "operator",
    "reason", "source", "text", "unit", "victim_matter", "why",
}  # fmt: skip


class _Strict(yaml.CSafeLoader):
    """YAML in which a key written twice is an error, not silently the last one."""


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise ParameterError(f"{key} is written twice; keep one line")
        seen[key] = loader.construct_object(value_node, deep=True)
    return seen


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_parameters(path: Path) -> dict[str, Any]:
    """Read one file of dated values, refusing broken YAML and keys written twice.

    Raises:
        ParameterError
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Strict)
    except (ParameterError, yaml.YAMLError) as error:
        raise ParameterError(f"{path.name}: {error}") from error
    except OSError as error:
        raise ParameterError(f"{path}: cannot be read; restore the file ({error})") from error
    if not isinstance(data, dict) or not isinstance(data.get("values"), dict):
        raise ParameterError(f"{path.name}: has no values; write them under the key `values:`")
    only_keys(path.name, "the file", data, HEAD)
    return data


def only_keys(file: str, key: str, line: Any, allowed: set[str]) -> None:
    """Refuse a line that is no mapping, has a key nobody reads (never ignored), or a number where a text belongs."""
    if not isinstance(line, dict):
        raise ParameterError(f"{file}: {key}: must be a mapping of keys to values")
    if strangers := sorted(str(k) for k in line.keys() - allowed):
        raise ParameterError(
            f"{file}: {key}: unknown key {', '.join(strangers)}; move it where it belongs or remove it "
            f"(allowed: {', '.join(sorted(allowed))})"
        )
    if numbers := sorted(k for k in TEXTS & line.keys() if not isinstance(line[k], str | None)):
        raise ParameterError(f"{file}: {key}: {numbers[0]} {line[numbers[0]]!r} is no text; write it in quotes")


def need_keys(file: str, key: str, line: Mapping[str, Any], *names: str) -> None:
    """Refuse a line that lacks what its readers rely on."""
    if lacking := [name for name in names if line.get(name) is None]:
        raise ParameterError(f"{file}: {key}: has no {', '.join(lacking)}; write it as the other lines do")


def one_of(file: str, key: str, line: Mapping[str, Any], **allowed: Collection[str]) -> None:
    """Refuse a value that is none of those its key may have; a key that is not written is not looked at."""
    for name, values in allowed.items():
        if name in line and line[name] not in tuple(values):
            raise ParameterError(f"{file}: {key}: {name} {line[name]!r} is not one of {', '.join(sorted(values))}")


def switch(file: str, key: str, line: Mapping[str, Any], name: str) -> bool:
    """Give a yes or no that is no when not written, refusing text, of which every kind would count as yes."""
    value = line.get(name, False)
    if not isinstance(value, bool):
        raise ParameterError(f"{file}: {key}: {name} {value!r} is neither true nor false; write it without quotes")
    return value


def texts_of(file: str, key: str, line: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Give a list of texts, empty when not written, refusing a single text, which would be read letter by letter."""
    value = line.get(name, ())
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise ParameterError(f"{file}: {key}: {name} {value!r} is no list of texts; write it as [one, other]")
    return tuple(value)


def day_of(file: str, key: str, value: Any) -> date:
    """Give a date, refusing text that only looks like one, and a moment, which cannot be compared with a day."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ParameterError(f"{file}: {key}: {value!r} is not a date; write it as 2025-07-01, without quotes")
    return value


def last_day_of(file: str, key: str, line: Mapping[str, Any]) -> date | None:
    """Give the last day of a line, None where it says none."""
    end = line.get("valid_to")
    return None if end is None else day_of(file, key, end)


def period_of(file: str, key: str, valid_from: Any, line: dict[str, Any]) -> Period:
    """Read when a line applies and where it comes from; a line without a source is refused."""
    if not line.get("source"):
        raise ParameterError(f"{file}: {key}: has no source; add the document, its number and its date")
    one_of(file, key, line, status=STATUSES, confidence=CONFIDENCES)
    start, end = day_of(file, key, valid_from), last_day_of(file, key, line)
    if end is not None and end < start:
        raise ParameterError(f"{file}: {key}: valid_to {end} is before {start}; correct one of them")
    return Period(
        file, key, start, end, line.get("status", "in_force"), line.get("confidence", "verified"), line["source"],
        line.get("note"),
    )  # fmt: skip


def decimal_of(file: str, key: str, value: Any) -> Decimal:
    """Give an amount or a factor, refusing a bare number, which YAML may already have rounded."""
    if not isinstance(value, str):
        raise ParameterError(f'{file}: {key}: {value!r} is not quoted; write amounts and factors as "1848.00"')
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number < 0:
        raise ParameterError(f"{file}: {key}: {value!r} is not an amount; write digits only, in yuan")
    return number


def region_of(file: str, key: str, code: Any, regions: Mapping[str, str]) -> str:
    """Give a region code that regions.yaml knows."""
    if not isinstance(code, str):
        raise ParameterError(f'{file}: {key}: region {code!r} is not quoted; write it as "340100"')
    if code not in regions:
        raise ParameterError(f"{file}: {key}: region {code} is not in regions.yaml; correct the code or add the place")
    return code


def dated_lines[T](
    file: str, key: str, lines: Any, allowed: set[str], build: Callable[[Period, dict[str, Any]], T]
) -> tuple[T, ...]:
    """Read dated lines of one key, newest first; an open line ends where the next begins."""
    if not isinstance(lines, dict) or not lines:
        raise ParameterError(f"{file}: {key}: write dated lines, such as 2025-07-01: {{...}}")
    built, following = [], None
    for day in sorted((day_of(file, key, day) for day in lines), reverse=True):
        line, label = lines[day], f"{key}: {day}"
        only_keys(file, label, line, allowed)
        end = last_day_of(file, label, line)
        if following is not None:
            eve = date.fromordinal(following.toordinal() - 1)
            if end is not None and end > eve:
                raise ParameterError(f"{file}: {label}: overlaps the line of {following}; end it on {eve} or before")
            end = end or eve
        built.append(build(period_of(file, label, day, {**line, "valid_to": end}), line))
        following = day
    return tuple(built)
