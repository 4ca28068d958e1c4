"""Statutes and questions on a real database: imported, resumed, looked up by day, learnt at once."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from knowledge.answers import load_answers
from knowledge.citations import LawNames
from knowledge.question_bank import BankedQuestion, read_questions
from knowledge.statute_library import StatuteLibrary
from knowledge.statutes_import import import_statutes
from store.unit_of_work import OpenUow

TODAY, NOW = date(2026, 11, 22), datetime(2026, 11, 22, 1, tzinfo=UTC)
HEAD = "# 示例\n\n<!-- INFO END -->\n\n"
FILES = {
    "社会法/示例劳动法(2001-01-01).md": "第一条 工资按月支付，旧文。\n第二条 本法自2001年5月1日起施行。",
    "社会法/示例劳动法(2020-06-01).md": "## 第一章 工资\n第一条 工资按月支付给劳动者。\n第二款另起。\n第二条 本法自2021年1月1日起施行。",
    "行政法规/示例工资条例(2005-01-01).md": "第一条 工资不得克扣。",
    "行政法规/示例支付条例(2022-01-01).md": "第一条 支付应当及时。\n第二条 《示例工资条例》同时废止。",
    "民法典/总则.md": "第一条 为了保护民事主体。",
    "民法典/合同编.md": "第四百六十三条 本编调整合同。",
    "司法解释/没有条文的批复(2003-01-01).md": "批复如下。",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / "statutes" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(HEAD + text, "utf-8")
    (tmp_path / "statutes" / "社会法" / "坏法(2000-01-01).md").write_bytes(b"\xff\xfe\x00")
    return tmp_path / "statutes"


@pytest.fixture
def library(open_uow: OpenUow, open_reading: OpenUow, folder: Path, tmp_path: Path) -> StatuteLibrary:
    import_statutes(folder, open_uow)
    library = StatuteLibrary(open_reading, (), tmp_path / "cache")
    assert library.load() and library.ready
    return library


def test_导入报告读不出的文件_其余照常(open_uow: OpenUow, folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    report = import_statutes(folder, open_uow, lambda done, total: seen.append((done, total)))
    assert (report.stored, report.unchanged, report.articles) == (5, 0, 9)
    assert sorted(file.name for file, _ in report.unreadable) == [
        "坏法(2000-01-01).md",
        "没有条文的批复(2003-01-01).md",
    ]
    assert seen[-1] == (7, 7)


def test_再导一次什么也不改_改过的文件才重新导入(open_uow: OpenUow, folder: Path) -> None:
    import_statutes(folder, open_uow)
    with open_uow() as uow:
        before = uow.statutes.revision()
    assert import_statutes(folder, open_uow).stored == 0
    with open_uow() as uow:
        assert uow.statutes.revision() == before != ""
    (folder / "行政法规/示例工资条例(2005-01-01).md").write_text(HEAD + "第一条 工资不得拖欠。", "utf-8")
    report = import_statutes(folder, open_uow)
    assert (report.stored, report.unchanged) == (1, 4)
    with open_uow() as uow:
        assert uow.statutes.revision() not in {"", before}


def test_中断之后接着导入(open_uow: OpenUow, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knowledge.statutes_import.TOGETHER", 2)

    def stop(done: int, total: int) -> None:
        if done >= 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_statutes(folder, open_uow, stop)
    with open_uow() as uow:
        assert uow.statutes.revision() == ""  # half an import is not searched
    report = import_statutes(folder, open_uow)
    assert report.unchanged and report.stored + report.unchanged == 5


def test_空目录说明缺什么(open_uow: OpenUow, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        import_statutes(tmp_path, open_uow)


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2001, 4, 30), None),
        (date(2001, 5, 1), "工资按月支付，旧文。"),
        (date(2020, 12, 31), "工资按月支付，旧文。"),
        (date(2021, 1, 1), "工资按月支付给劳动者。\n第二款另起。"),
        (TODAY, "工资按月支付给劳动者。\n第二款另起。"),
    ],
)
def test_按日期取条文(library: StatuteLibrary, day: date, text: str | None) -> None:
    assert library.text("示例劳动法", "第一条", day) == text
    assert library.text("中华人民共和国示例劳动法", "1条", day) == text


def test_被同时废止的法只答到那一天(library: StatuteLibrary) -> None:
    assert library.text("示例工资条例", "第一条", date(2021, 12, 31)) == "工资不得克扣。"
    assert library.text("示例工资条例", "第一条", date(2022, 1, 1)) is None
    assert all(found.law != "示例工资条例" for found in library.search("工资不得克扣", TODAY))


def test_问题里点名的条文排第一(library: StatuteLibrary) -> None:
    first, *others = library.search("民法典463条和工资有什么关系", TODAY)
    assert (first.law, first.article, first.named) == ("民法典", "第四百六十三条", True)
    assert others and not any(found.named for found in others)
    assert len({(found.law, found.article) for found in (first, *others)}) == 1 + len(others)


@pytest.mark.parametrize("question", ["", "' OR 1=1 --", "\x00", "第九百九十九条", "想象法第一条"])
def test_奇怪的问题不出错(library: StatuteLibrary, question: str) -> None:
    assert not any(found.named for found in library.search(question, TODAY))
    assert library.text("想象法", question, TODAY) is None


def test_没有导入时检索为空(open_reading: OpenUow, tmp_path: Path) -> None:
    library = StatuteLibrary(open_reading, (), tmp_path)
    assert not library.load() and not library.ready
    assert library.search("工资", TODAY) == [] and library.text("民法典", "第一条", TODAY) is None


def test_另一个进程导入的题库马上用上(library: StatuteLibrary, open_uow: OpenUow) -> None:
    question = "血汗钱被扣着"
    assert _first(library, question) != ("示例支付条例", "第一条")
    with open_uow() as uow:
        row = BankedQuestion("血汗钱被老板扣着", (("示例支付条例", "第一条"),))
        assert uow.question_bank.put([row], NOW) == 1
        assert uow.question_bank.put([row], NOW) == 0
    assert _first(library, question) == ("示例支付条例", "第一条")
    with open_uow() as uow:
        moved = BankedQuestion("血汗钱被老板扣着", (("民法典", "第一条"),))
        assert uow.question_bank.put([moved], NOW) == 1
        assert uow.question_bank.questions() == [moved]
    assert _first(library, question) == ("民法典", "第一条")


def test_再导入法规之后换成新的文本(library: StatuteLibrary, open_uow: OpenUow, folder: Path) -> None:
    (folder / "行政法规/示例饮水条例(2023-01-01).md").write_text(HEAD + "第一条 饮水应当清洁。", "utf-8")
    import_statutes(folder, open_uow)
    library.load()
    assert _first(library, "饮水清洁") == ("示例饮水条例", "第一条")


def test_存着的检索坏了就重做(library: StatuteLibrary, open_reading: OpenUow, tmp_path: Path) -> None:
    kept = next((tmp_path / "cache").iterdir())
    (kept / "index.json").unlink()
    again = StatuteLibrary(open_reading, (), tmp_path / "cache")
    assert again.load() and _first(again, "工资按月") == ("示例劳动法", "第一条")


LINES = {
    "": None,
    '{"question": "不给工资", "articles": [{"law": "示例劳动法", "article": "1条"}]}': None,
    '{"question": "不给工资", "answer": "wages_unpaid"}': None,
    "{": "JSON",
    "[]": "question",
    '{"question": " ", "articles": []}': "question",
    '{"question": "问"}': "articles",
    '{"question": "问", "articles": [{"law": "想象法", "article": "第一条"}]}': "没有《想象法》",
    '{"question": "问", "articles": [{"law": "示例劳动法", "article": "第九条"}]}': "没有第九条",
    '{"question": "问", "articles": [{"law": "示例劳动法", "article": "某条"}]}': "看不懂",
    '{"question": "问", "articles": ["示例劳动法第一条"]}': "每一项",
    '{"question": "问", "answer": "没有"}': "没有编号",
    json.dumps({"question": "长" * 501, "answer": "wages_unpaid"}): "缩短",
}


@pytest.mark.parametrize(("line", "complaint"), LINES.items(), ids=[f"第{n}例" for n in range(len(LINES))])
def test_题库逐行报告(line: str, complaint: str | None) -> None:
    names = LawNames(["示例劳动法"])
    good, bad = read_questions(["", line], names, lambda _, article: article == "第一条", {"wages_unpaid"})
    assert [b.number for b in bad] == ([2] if complaint else []) and len(good) == (1 if line and not complaint else 0)
    assert complaint is None or complaint in bad[0].message


def test_有一条条文不存在_其余的仍导入() -> None:
    articles = [{"law": "示例劳动法", "article": "第一条"}, {"law": "想象法", "article": "第一条"}]
    line = json.dumps({"question": "问", "articles": articles})
    good, bad = read_questions([line], LawNames(["示例劳动法"]), lambda _, __: True, ())
    assert good == [BankedQuestion("问", (("示例劳动法", "第一条"),))] and "其余条文已导入" in bad[0].message


def test_审定答复的编号代表它的条文(open_uow: OpenUow, open_reading: OpenUow, folder: Path, tmp_path: Path) -> None:
    answer = load_answers()[0]
    with open_uow() as uow:
        uow.question_bank.put([BankedQuestion("问", (), answer.id)], NOW)
    import_statutes(folder, open_uow)
    library = StatuteLibrary(open_reading, [answer], tmp_path / "cache")
    assert library.load() and library.search("问", TODAY)


def _first(library: StatuteLibrary, question: str) -> tuple[str, str]:
    found = library.search(question, TODAY)[0]
    return found.law, found.article
