"""Search over HTTP: reviewed answers and statutes, by lay words and by name."""

from pathlib import Path

import pytest

from knowledge.statutes_import import import_statutes
from store.unit_of_work import OpenUow
from tests.api.conftest import Serve
from tests.api.gateway import ScriptedDialogue, Served, assert_problem, wait_for

FILE = "# 示例\n<!-- INFO END -->\n## 第一章 动物\n第一条 饲养的动物造成他人损害的，应当赔偿。\n"


@pytest.fixture
def imported(open_sqlite: OpenUow, tmp_path: Path) -> None:
    """One invented law in this test's database."""
    folder = tmp_path / "statutes" / "社会法"
    folder.mkdir(parents=True)
    (folder / "示例动物法(2020-01-01).md").write_text(FILE, "utf-8")
    import_statutes(folder.parent, open_sqlite)


def test_启动之后后台备好法规_用口语和条文名都查得到(imported: None, serve: Serve, tmp_path: Path) -> None:
    with serve(ScriptedDialogue(), cache_path=tmp_path / "cache") as gateway, gateway.http() as http:
        wait_for(lambda: http.get("/v1/search", params={"q": "动物"}).json()["statutes_ready"])
        by_words = http.get("/v1/search", params={"q": "动物伤了人要赔吗", "limit": 1}).json()
        by_name = http.get("/v1/search", params={"q": "示例动物法1条", "on": "2020-01-01"}).json()
        before = http.get("/v1/search", params={"q": "示例动物法1条", "on": "2019-12-31"}).json()
    assert [article["law"] for article in by_words["articles"]] == ["示例动物法"]
    assert by_name["articles"][0] == {
        "law": "示例动物法",
        "article": "第一条",
        "heading": "第一章动物",
        "text": "饲养的动物造成他人损害的，应当赔偿。",
        "adopted": "2020-01-01",
        "named": True,
    }
    assert before["articles"] == []


def test_没有导入法规_答复照样查得到_并说明缺什么(gateway: Served) -> None:
    with gateway.http() as http:
        found = http.get("/v1/search", params={"q": "老板拖欠工资怎么办", "limit": 3}).json()
    assert found["statutes_ready"] is False and found["articles"] == []
    assert len(found["answers"]) == 3 and found["answers"][0]["topic"] == "wages"


@pytest.mark.parametrize(
    "params", [{}, {"q": ""}, {"q": "长" * 401}, {"q": "工资", "limit": 0}, {"q": "工资", "on": "昨天"}]
)
def test_问得不对的说明不对(gateway: Served, params: dict[str, str]) -> None:
    with gateway.http() as http:
        assert_problem(http.get("/v1/search", params=params), 422, "malformed")
