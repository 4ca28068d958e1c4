"""The walls between the rooms: which may import which. A new arrow is a decision record, not a quiet import."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS: dict[str, set[str]] = {
    "eligibility": set(),
    "knowledge": set(),
    "bot": set(),
    "hotline": {"eligibility", "knowledge"},
    "store": {"eligibility", "knowledge", "hotline"},
    "actions": {"eligibility", "knowledge", "hotline", "store"},
    "api": {"eligibility", "knowledge", "hotline", "store", "actions"},
}
OUTSIDE = {"bench", "cli", "commands", "conftest", "setup", "tests"}
"""What uses the rooms, and is used by none of them."""


def sources(room: str) -> Iterator[Path]:
    """Every Python file of a room, its environment left out."""
    return (path for path in (ROOT / room).rglob("*.py") if ".venv" not in path.parts)


def imported(path: Path) -> set[str]:
    """The top-level packages that a file imports; relative imports stay in the room."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("room", ROOMS)
def test_room_imports_only_the_rooms_it_may(room: str) -> None:
    files = list(sources(room))
    used = set[str]().union(*map(imported, files))
    assert files, f"{room} is empty"
    assert used & ROOMS.keys() <= ROOMS[room] | {room}
    assert not used & OUTSIDE


@pytest.mark.parametrize("room", sorted(ROOMS.keys() - {"bot"}))
def test_rasa_is_known_to_bot_alone(room: str) -> None:
    assert [str(path) for path in sources(room) if "rasa" in imported(path)] == []


def test_settings_import_nothing_of_ours() -> None:
    assert not imported(ROOT / "settings.py") & (ROOMS.keys() | OUTSIDE)
