"""The text of a cited article over HTTP: the edition of today, for whoever has a session, so many a minute."""

from pathlib import Path

import pytest

from api.articles import PER_MINUTE
from knowledge.statutes_import import import_statutes
from store.unit_of_work import OpenUow
from tests.api.conftest import Serve
from tests.api.gateway import ScriptedDialogue, Served, assert_problem
from tests.conftest import Clock

HEAD = "# 示例\n<!-- INFO END -->\n"
OLD, NEW = "第一条 旧的规定。\n", "第一条 动物伤人的，应当赔偿。\n第二款另起。\n第二条 本法自2021年1月1日起施行。\n"
PATH = "/v1/web/articles"


@pytest.fixture
def imported(open_sqlite: OpenUow, tmp_path: Path) -> None:
    """One invented law in two editions, and one that is repealed."""
    folder = tmp_path / "statutes" / "社会法"
    folder.mkdir(parents=True)
    (folder / "示例动物法(2000-01-01).md").write_text(HEAD + OLD, "utf-8")
    (folder / "示例动物法(2020-06-01).md").write_text(HEAD + NEW, "utf-8")
    (folder / "示例旧条例(2001-01-01).md").write_text(HEAD + "第一条 旧。\n", "utf-8")
    (folder / "示例新条例(2010-01-01).md").write_text(HEAD + "第一条 《示例旧条例》同时废止。\n", "utf-8")
    import_statutes(folder.parent, open_sqlite)


def test_给今天有效的那一版_带日期_不等检索备好(imported: None, serve: Serve, tmp_path: Path) -> None:
    with serve(ScriptedDialogue(), cache_path=tmp_path / "cache") as gateway:
        citizen = gateway.citizen()
        found = citizen.http.get(PATH, params={"law": "示例动物法", "article": "第一条"})
        repealed = citizen.http.get(PATH, params={"law": "示例旧条例", "article": "第一条"})
        unknown = citizen.http.get(PATH, params={"law": "示例动物法", "article": "第九百条"})
    assert found.json() == {
        "law": "示例动物法",
        "article": "第一条",
        "heading": "",
        "text": "动物伤人的，应当赔偿。\n第二款另起。",
        "adopted": "2020-06-01",
        "on": "2026-11-23",
    }
    assert_problem(repealed, 404, "article_not_at_hand")
    assert_problem(unknown, 404, "article_not_at_hand")


def test_没有导入法规_说手边没有(gateway: Served) -> None:
    found = gateway.citizen().http.get(PATH, params={"law": "劳动合同法", "article": "第八十五条"})
    assert_problem(found, 404, "article_not_at_hand")


def test_没有会话不给(gateway: Served) -> None:
    with gateway.http() as http:
        assert_problem(http.get(PATH, params={"law": "劳动合同法", "article": "第八十五条"}), 401, "session_invalid")


@pytest.mark.parametrize(
    "params",
    [{}, {"law": "劳动法"}, {"law": "", "article": "第一条"}, {"law": "长" * 201, "article": "第一条"}],
    ids=["都没有", "没有条号", "空的法名", "太长的法名"],
)
def test_问得不对的说明不对(gateway: Served, params: dict[str, str]) -> None:
    assert_problem(gateway.citizen().http.get(PATH, params=params), 422, "malformed")


def test_一分钟里看得太多要等_别人不受影响_过一分钟又可以(gateway: Served, clock: Clock) -> None:
    citizen, other = gateway.citizen(), gateway.citizen()
    params = {"law": "劳动合同法", "article": "第八十五条"}
    for _ in range(PER_MINUTE):
        assert citizen.http.get(PATH, params=params).status_code == 404
    refused = citizen.http.get(PATH, params=params)
    assert_problem(refused, 429, "too_many_messages")
    assert refused.headers["Retry-After"] == "60"
    assert other.http.get(PATH, params=params).status_code == 404
    clock.forward(minutes=1)
    assert citizen.http.get(PATH, params=params).status_code == 404
