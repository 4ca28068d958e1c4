"""`yuanxian evaluate topics`: what it reads and what it counts."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app
from evaluation import topics
from evaluation.reading import Reading


def reading(category: str, ms: float = 1.0) -> Reading:
    return Reading("", "", {}, {}, category, [], ms)


def test_准确率_各类分开_答成什么也数() -> None:
    cases = topics.read_cases(
        [json.dumps({"question": "问", "topic": topic}) for topic in ("公司法", "公司法", "侵权")]
    )
    found = topics.evaluate(cases, [reading("公司法"), reading("侵权"), reading("侵权", 3.0)])
    assert found["n"] == 3
    assert found["accuracy"] == round(2 / 3, 4)
    assert found["per_topic"] == {"侵权": 1.0, "公司法": 0.5}
    assert found["predicted"] == {"侵权": 2, "公司法": 1}


@pytest.mark.parametrize(
    "lines",
    [["{"], ['{"question": "问"}'], ['{"question": 1, "topic": "侵权"}'], ['["问", "侵权"]'], [], ["", "  "]],
    ids=["不是JSON", "没有类别", "问题不是文字", "不是对象", "空文件", "只有空行"],
)
def test_坏文件说清楚是哪一行(lines: list[str]) -> None:
    with pytest.raises(ValueError, match=r"line 1|no question"):
        topics.read_cases(lines)


def test_命令遇到坏文件_说话并以2结束(tmp_path: Path) -> None:
    file = tmp_path / "topics.jsonl"
    file.write_text('{"question": "问"}\n', "utf-8")
    result = CliRunner().invoke(app, ["evaluate", "topics", str(file)])
    assert result.exit_code == 2
    assert "line 1" in result.output
