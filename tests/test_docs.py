"""Documents are tested: what they name exists, and what exists is in them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from actions.all_actions import ALL_ACTIONS
from cli import app
from eligibility import KIND
from hotline.application_completion import Item
from settings import ROOT, Settings

DOCUMENTS = ("README.md", "ARCHITECTURE.md", "GLOSSARY.md", "CONTRIBUTING.md", "bench/RESULTS.md")
RECORDS = tuple(sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")))
SAID_BY_RASA = {"utter_default"}
"""Said by Rasa itself when no policy knows an action; nothing of ours names it."""
RASAS_OWN_KEYS = {"utter_action"}
"""Where Rasa keeps a response's name in a message: no sentence."""


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def domain() -> dict[str, Any]:
    return dict(yaml.safe_load(read("domain.yml")))


# Sentences: data/responses has all that actions, rules and stories say, and no others


def responses() -> set[str]:
    files = (ROOT / "data" / "responses").glob("*.yml")
    return {name for path in files for name in yaml.safe_load(path.read_text("utf-8"))["responses"]}


def nodes() -> Iterator[ast.AST]:
    for path in (ROOT / "actions").glob("*.py"):
        yield from ast.walk(ast.parse(path.read_text("utf-8")))


def constants() -> set[str]:
    """Every text in actions/, so that a name kept in a table counts as used."""
    return {node.value for node in nodes() if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def beginnings() -> set[str]:
    """What comes before the first {…} of a name that is put together: `utter_ask_` of f"utter_ask_{asking}"."""
    firsts = (node.values[0] for node in nodes() if isinstance(node, ast.JoinedStr) and node.values)
    texts = {first.value for first in firsts if isinstance(first, ast.Constant) and isinstance(first.value, str)}
    return {text for text in texts if text.startswith("utter_")}


def items_asked_for() -> set[str]:
    """Everything that may stand in the slot `asking`, except the facts of eligibility: given, or looped over."""
    values = [node.value for node in nodes() if isinstance(node, ast.keyword) and node.arg == "asking"]
    given = {value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)}
    names = {value.id for value in values if isinstance(value, ast.Name)}
    loops = [node for node in nodes() if isinstance(node, ast.For) and isinstance(node.target, ast.Name)]
    items = [
        loop.iter.elts
        for loop in loops
        if isinstance(loop.target, ast.Name) and loop.target.id in names and isinstance(loop.iter, ast.Tuple)
    ]
    looped = (item.value for several in items for item in several if isinstance(item, ast.Constant))
    return given | {value for value in looped if isinstance(value, str)}


def named_in_data() -> set[str]:
    folders = (ROOT / "data" / "rules", ROOT / "data" / "stories", ROOT / "tests" / "stories")
    texts = (path.read_text("utf-8") for folder in folders for path in folder.rglob("*.yml"))
    return {name for text in texts for name in re.findall(r"action: (utter_\w+)", text)}


def named_in_actions() -> set[str]:
    return {text for text in constants() if re.fullmatch(r"utter_\w*[a-z0-9]", text)} - RASAS_OWN_KEYS


def test_every_sentence_that_is_said_is_written() -> None:
    assert sorted((named_in_actions() | named_in_data() | SAID_BY_RASA) - responses()) == []


def test_every_sentence_that_is_written_can_be_said() -> None:
    endings = constants() | KIND.keys() | set(Item) | set(domain()["intents"])
    composed = {beginning + ending for beginning in beginnings() for ending in endings}
    assert sorted(responses() - named_in_actions() - named_in_data() - composed - SAID_BY_RASA) == []


def test_whatever_is_asked_for_has_its_question_and_its_reason() -> None:
    asked = items_asked_for() | set(Item)
    assert {"appointment_time", "applicant_phone", "rating"} <= asked
    assert sorted({f"utter_{kind}_{item}" for kind in ("ask", "why") for item in asked} - responses()) == []


def test_every_danger_has_its_first_sentence() -> None:
    dangers = {intent for intent in domain()["intents"] if intent.startswith("danger_")}
    assert dangers
    assert sorted({f"utter_{danger}" for danger in dangers} - responses()) == []


# Names: domain, actions, glossary


def test_rasa_knows_exactly_the_actions_that_exist() -> None:
    names = [object.__new__(action).name() for action in ALL_ACTIONS]
    assert sorted(names) == sorted(domain()["actions"])


def test_rules_and_stories_call_only_actions_that_exist() -> None:
    texts = [path.read_text("utf-8") for name in ("rules", "stories") for path in (ROOT / "data" / name).rglob("*.yml")]
    called = {name for text in texts for name in re.findall(r"action: (action_\w+)", text)}
    assert called <= set(domain()["actions"])


@pytest.mark.parametrize("slot", sorted(domain()["slots"]))
def test_slot_is_in_the_glossary(slot: str) -> None:
    assert f"`{slot}`" in read("GLOSSARY.md")


# Settings, commands, links


def test_the_example_shows_each_default() -> None:
    shown = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", read(".env.example"), re.MULTILINE))
    for name, field in Settings.model_fields.items():
        default = field.default
        if field.is_required() or default is None:
            default = ""
        elif isinstance(default, Path):
            default = default.relative_to(ROOT)
        setting = str(field.validation_alias or f"YUANXIAN_{name.upper()}")
        assert shown[setting] == str(default).replace(f"{ROOT}/", ""), setting


@pytest.mark.parametrize("name", [*DOCUMENTS, *RECORDS])
def test_every_setting_a_document_names_exists(name: str) -> None:
    settings = {f"YUANXIAN_{field.upper()}" for field in Settings.model_fields}
    assert set(re.findall(r"YUANXIAN_[A-Z_]+", read(name))) <= settings


@pytest.mark.parametrize("name", [*DOCUMENTS, *RECORDS])
def test_every_command_a_document_names_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    code = "\n".join(snippets(name))
    assert set(re.findall(r"\bmake ([a-z-]+)", code)) <= targets
    for words in re.findall(r"(?:^|[\s/])yuanxian ([a-z]+(?: [a-z]+)?)", code, re.MULTILINE):
        assert exists(words.split()), f"yuanxian {words}"


def snippets(name: str) -> list[str]:
    """The code in a document: blocks and words between backticks."""
    return [block or words for block, words in re.findall(r"```\w*\n(.*?)```|`([^`\n]+)`", read(name), re.DOTALL)]


def exists(words: list[str]) -> bool:
    """Whether the words lead to a command; what follows a command is its argument."""
    commands: dict[str, Any] = vars(typer.main.get_command(app))["commands"]
    for word in words:
        if word not in commands:
            return False
        if "commands" not in vars(commands[word]):
            return True
        commands = vars(commands[word])["commands"]
    return True


def test_a_command_that_is_not_there_would_be_noticed() -> None:
    assert exists(["db", "upgrade"])
    assert not exists(["db", "downgrade"])
    assert not exists(["fly"])


@pytest.mark.parametrize("name", [*DOCUMENTS, *RECORDS])
def test_every_link_leads_to_a_file(name: str) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", read(name))
    inside = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in inside if not ((ROOT / name).parent / link).exists()] == []


def test_records_are_numbered_one_by_one() -> None:
    numbers = [int(Path(name).name[:4]) for name in RECORDS if "/adr/" in name]
    assert numbers == list(range(1, len(numbers) + 1))
