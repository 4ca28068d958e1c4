"""`yuanxian assess` and `yuanxian parameters`: facts and files in, JSON or a named mistake out, never a traceback."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from cli import app
from store.unit_of_work import connect
from tests.eligibility.test_upkeep import NEW_STANDARD

GOLDEN = Path(__file__).parent / "golden" / "golden.yaml"
run: Callable[..., Result] = lambda *words, told=None: CliRunner().invoke(app, list(words), input=told)  # noqa: E731


def test_事实写成_JSON_结果也是_JSON() -> None:
    done = run("assess", '{"matter": "M05A", "migrant_worker": true}', "--on", "2025-08-01", "--explain")
    shown = json.loads(done.stdout)

    assert done.exit_code == 0
    assert (shown["outcome"], shown["reasons"]) == ("likely", ["art_42_3"])
    assert "以法律援助机构的决定为准" in shown["citizen"]
    assert any("第四十二条第三项" in line for line in shown["operator"])
    assert any("劳动争议调解仲裁法" in line for line in shown["time_limits"])


def test_事实也可以从标准输入读() -> None:
    assert json.loads(run("assess", told='{"matter": "N04"}').stdout)["outcome"] == "likely"


@pytest.mark.parametrize(
    ("facts", "on", "says"),
    [
        ("欠薪", "", "事实要写成 JSON"),
        ("[1]", "", "unknown_fact: facts are names with values"),
        ('{"matter": "ZZ"}', "", "unknown_matter"),
        ('{"region": "999999"}', "", "unknown_region"),
        ('{"age": 10, "military_status": "veteran"}', "", "您前后说的情况有对不上的地方"),
        ('{"income_yuan_per_person_month": "-1"}', "", "这个收入数字好像不对"),
        ('{"matter": "N04"}', "昨天", "申请日 昨天 不是日期"),
    ],
)
def test_写错了_说哪里错_不是一堆出错信息(facts: str, on: str, says: str) -> None:
    done = run("assess", facts, *(["--on", on] if on else []))

    assert (done.exit_code, says in done.stdout) == (2, True), done.stdout
    assert "Traceback" not in done.output


def test_一个案例文件_每个案例一行_错的一个不耽误别的(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    cases: list[dict[str, Any]] = [
        {"id": "A", "as_of": "2025-08-01", "matter": "N04"},
        {"id": "B", "as_of": "2025-08-01", "matter": "ZZ"},
        {"id": "C", "matter": "N04"},
        {"id": "D", "as_of": "2025-08-01", "matter": "X00", "region": "530102"},
    ]
    file.write_text("".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    done = run("assess", "--cases", str(file))
    lines = [json.loads(line) for line in done.stdout.splitlines()]

    assert done.exit_code == 0
    assert [(line["id"], line["outcome"]) for line in lines] == [
        ("A", "likely"), ("B", "review"), ("C", "review"), ("D", "review"),
    ]  # fmt: skip
    assert (lines[1]["error"], lines[2]["error"]) == ("unknown_matter", "unknown_fact")
    assert lines[1]["sentence"].endswith("。")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("没有.yaml", None, "读不了"),
        ("坏的.yaml", "x: [", "读不了"),
        ("坏的.jsonl", "不是 JSON", "读不了"),
        ("坏的.jsonl", "[1, 2]", "要有一列案例"),
        ("空的.yaml", "", "要有一列案例"),
        ("别的.yaml", "x: 1", "要有一列案例"),
    ],
)
def test_案例文件读不了_说哪个文件(tmp_path: Path, name: str, text: str | None, says: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = run("assess", "--cases", str(tmp_path / name))

    assert (done.exit_code, says in done.stdout, name in done.stdout) == (2, True, True), done.output


@pytest.mark.parametrize("words", [("assess", '{"matter": "N04"}'), ("parameters", "check")])
def test_机构自己的参数_每个命令都用_没有做过安装也一样(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("YUANXIAN_PARAMETERS_DIR", str(tmp_path))
    monkeypatch.delenv("YUANXIAN_ENCRYPTION_KEY", raising=False)
    assert run(*words).exit_code == 0

    (tmp_path / "matters.yaml").write_text("values:\n  N04: {name: 5, source: 示例文件}\n", encoding="utf-8")
    done = run(*words)
    assert (done.exit_code, done.stdout) == (1, "matters.yaml: N04: name 5 is no text; write it in quotes\n")


def kept(file: Path, *lines: str) -> str:
    file.write_text("\n".join(lines), encoding="utf-8")
    return str(file)


INJURED = json.dumps(
    {
        "facts": {
            "matter": "M07B", "region": "340104", "assistance_recipient": False, "no_fixed_income": False,
            "income_yuan_per_person_month": "1000",
        },
        "on": "2025-07-01",
        "result": {"outcome": "review", "reasons": ["AH-2025"], "flags": [], "aid": None, "indicative": "likely"},
    }
)  # fmt: skip


def test_重做以前的判断_只列不同_律师看得懂(tmp_path: Path) -> None:
    overlay = tmp_path / "overlay"
    overlay.mkdir()
    (overlay / "hardship_standards.yaml").write_text(NEW_STANDARD, encoding="utf-8")
    file = kept(tmp_path / "past.jsonl", INJURED, "", INJURED)

    changed = run("parameters", "replay", "--overlay", str(overlay), "--file", file)
    assert changed.exit_code == 0
    assert "2025-07-01 安徽省合肥市蜀山区 交通事故人身损害赔偿（一样的 2 件）" in changed.stdout
    assert changed.stdout.splitlines()[-1] == "重做 2 件，2 件结果不同"

    same = run("parameters", "replay", "--file", file)
    assert same.stdout == "重做 2 件，0 件结果不同\n"


@pytest.mark.parametrize("line", ["不是 JSON", '{"facts": {}}', '{"facts": 1, "on": "2025-07-01", "result": {}}'])
def test_留存的文件写坏了_说明白(tmp_path: Path, line: str) -> None:
    done = run("parameters", "replay", "--file", kept(tmp_path / "past.jsonl", line))

    assert done.exit_code == 1
    assert "write" in done.stdout


def test_数据库还没有升级_说怎么办(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.law.database", lambda: connect(f"sqlite:///{tmp_path / 'empty.db'}"))
    done = run("parameters", "replay")

    assert (done.exit_code, "yuanxian db upgrade" in done.stdout) == (1, True), done.output


def test_留存的文件不在_说明白(tmp_path: Path) -> None:
    done = run("parameters", "replay", "--file", str(tmp_path / "past.jsonl"))

    assert (done.exit_code, "past.jsonl" in done.stdout) == (1, True)


def test_改过的参数写坏了_说出文件和补救(tmp_path: Path) -> None:
    (tmp_path / "hardship_standards.yaml").write_text(NEW_STANDARD.replace('"2000"', "2000"), encoding="utf-8")
    done = run("parameters", "replay", "--overlay", str(tmp_path), "--file", kept(tmp_path / "past.jsonl", INJURED))

    assert done.exit_code == 1
    assert "hardship_standards.yaml: AH-2025: 2000 is not quoted" in done.stdout


def test_没有这个目录_说明白(tmp_path: Path) -> None:
    done = run("parameters", "replay", "--overlay", str(tmp_path / "nowhere"), "--file", kept(tmp_path / "p", INJURED))

    assert done.exit_code == 1
    assert "PARAMETERS_DIR" in done.stdout


def test_黄金案例经过命令_也是一样的结果(tmp_path: Path) -> None:
    golden = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))["cases"]
    file = tmp_path / "golden.yaml"
    file.write_text(yaml.safe_dump({"golden_cases": [{"id": c["id"], **c["given"]} for c in golden]}), encoding="utf-8")
    done = run("assess", "--cases", str(file))

    assert [json.loads(line) for line in done.stdout.splitlines()] == [{"id": c["id"], **c["then"]} for c in golden]
