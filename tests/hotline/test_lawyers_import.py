"""An office's register of lawyers: taken whole or not at all, every fault told with its row and remedy."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from cli import app
from hotline.application_form import Sex
from hotline.lawyers_import import COLUMNS, keep_lawyers, read_lawyers, template
from hotline.tables import TableUnreadable
from store.unit_of_work import OpenUow
from tests.conftest import ENCRYPTION_KEY
from tests.hotline.test_workstations_import import table, workbook

TODAY = date(2026, 11, 23)
GOOD = {
    "执业证号": "TEST-0001", "姓名": "测试律师甲", "律所": "测试律师事务所", "性别": "女", "执业起始日": "2018年7月1日",
    "无不良诚信记录": "是", "可点援": "否", "语言": "普通话、彝语", "专长": "劳动；未成年人",
    "值班站点编号": "340104-center", "服务地区代码": "340104、340100",
}  # fmt: skip


def faults(open_uow: OpenUow, path: Path) -> list[str]:
    with open_uow() as uow:
        return [str(fault) for fault in read_lawyers(uow, path, TODAY).faults]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_导入以后就在律师库里(open_uow: OpenUow, tmp_path: Path, encoding: str) -> None:
    with open_uow() as uow:
        read = read_lawyers(uow, table(tmp_path / "律师.csv", GOOD, encoding=encoding), TODAY)
        assert read.faults == ()
        keep_lawyers(uow, read.lawyers)
    with open_uow() as uow:
        (one,) = uow.lawyers.all()
    assert (one.name, one.sex, one.practising_since) == ("测试律师甲", Sex.FEMALE, date(2018, 7, 1))
    assert (one.conduct_clear, one.open_to_choice) == (True, False)
    assert (one.languages, one.specialities) == (["普通话", "彝语"], ["劳动", "未成年人"])
    assert (one.stations, one.regions) == (["340104-center"], ["340104", "340100"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"姓名": ""}, "缺姓名"),
        ({"无不良诚信记录": ""}, "缺无不良诚信记录"),
        ({"执业证号": "一二三四五"}, "执业证号「一二三四五」看不懂"),
        ({"姓名": "长" * 51}, "姓名太长"),
        ({"性别": "F"}, "性别「F」不认识"),
        ({"执业起始日": "去年"}, "执业起始日「去年」看不懂"),
        ({"执业起始日": "2018-02-30"}, "执业起始日「2018-02-30」看不懂"),
        ({"执业起始日": "2026-11-24"}, "还没有到"),
        ({"可点援": "也许"}, "可点援「也许」看不懂"),
        ({"专长": "字" * 31}, "太长"),
        ({"服务地区代码": "340104、999999"}, "没有「999999」这个地区代码"),
        ({"服务地区代码": "合肥"}, "没有「合肥」这个地区代码"),
        ({"值班站点编号": "没有的站"}, "没有编号是「没有的站」的站点"),
        ({"执业证号": "样例-请删除这一行"}, "这是模板里的样例"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_错在哪一行_怎么改(open_uow: OpenUow, tmp_path: Path, change: dict[str, str], told: str) -> None:
    (fault,) = faults(open_uow, table(tmp_path / "a.csv", GOOD, {**GOOD, "执业证号": "TEST-0002", **change}))
    assert fault.startswith("第 3 行：") and told in fault


def test_一行几处错_都说(open_uow: OpenUow, tmp_path: Path) -> None:
    assert (
        len(faults(open_uow, table(tmp_path / "a.csv", {**GOOD, "性别": "无", "可点援": "?", "执业起始日": "x"}))) == 3
    )


def test_同一个证号两行_是错(open_uow: OpenUow, tmp_path: Path) -> None:
    (fault,) = faults(open_uow, table(tmp_path / "a.csv", GOOD, GOOD))
    assert "前面已经有了" in fault


def test_空表不收_免得把名册清空(open_uow: OpenUow, tmp_path: Path) -> None:
    path = tmp_path / "空.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow(COLUMNS)
    with open_uow() as uow, pytest.raises(TableUnreadable, match="一位律师也没有"):
        read_lawyers(uow, path, TODAY)


def test_缺栏_说缺哪栏_怎么取模板(open_uow: OpenUow, tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", {name: text for name, text in GOOD.items() if name != "律所"})
    with open_uow() as uow, pytest.raises(TableUnreadable, match="缺「律所」栏；请用 yuanxian lawyers template"):
        read_lawyers(uow, path, TODAY)


def test_证号在表格里成了数字_末尾已经不可靠_不收(open_uow: OpenUow, tmp_path: Path) -> None:
    (fault,) = faults(open_uow, workbook(tmp_path / "律师.xlsx", {**GOOD, "执业证号": 99999999999999999.0}))
    assert "设为文本" in fault
    assert faults(open_uow, workbook(tmp_path / "短.xlsx", {**GOOD, "执业证号": 99999.0})) == []


# Commands


@pytest.fixture
def run(sqlite_file: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    from settings import settings

    secrets = {"DIALOGUE_TOKEN": "a", "ACTIONS_TOKEN": "b", "ENCRYPTION_KEY": ENCRYPTION_KEY, "OPERATOR_PASSWORD": "c"}
    for name, value in secrets.items():
        monkeypatch.setenv(f"YUANXIAN_{name}", value)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{sqlite_file}")
    settings.cache_clear()
    yield CliRunner()
    settings.cache_clear()


def test_命令_先检查_再导入_错了什么都不写_再导就顶替(run: CliRunner, open_uow: OpenUow, tmp_path: Path) -> None:
    good = table(tmp_path / "good.csv", GOOD)
    bad = table(tmp_path / "bad.csv", GOOD, {**GOOD, "执业证号": "TEST-0002", "性别": ""})
    checked = run.invoke(app, ["lawyers", "import", str(good), "--dry-run"])
    assert checked.exit_code == 0 and "1 位律师没有错误；只是检查，没有写入" in checked.output
    refused = run.invoke(app, ["lawyers", "import", str(bad)])
    assert refused.exit_code == 1 and "错误　第 3 行：缺性别" in refused.output and "什么都没有写入" in refused.output
    with open_uow() as uow:
        assert uow.lawyers.all() == []
    assert "已经导入" in run.invoke(app, ["lawyers", "import", str(good)]).output
    assert "已经导入" in run.invoke(app, ["lawyers", "import", str(good)]).output
    other = table(tmp_path / "other.csv", {**GOOD, "执业证号": "TEST-0003"})
    assert "有 1 位不在这张表里" in run.invoke(app, ["lawyers", "import", str(other)]).output
    with open_uow() as uow:
        assert [one.licence_number for one in uow.lawyers.all()] == ["TEST-0003"]


def test_命令_取模板_填好就能导入(run: CliRunner, tmp_path: Path) -> None:
    assert run.invoke(app, ["lawyers", "template"]).output.splitlines()[:2] == template().splitlines()
    blank = tmp_path / "律师.xlsx"
    assert "模板写好了" in run.invoke(app, ["lawyers", "template", "--to", str(blank)]).output
    assert "这是模板里的样例" in run.invoke(app, ["lawyers", "import", str(blank)]).output
    headings, sample = CalamineWorkbook.from_path(blank).get_sheet_by_index(0).to_python()
    filled: dict[str, str | float] = dict(zip(map(str, headings), map(str, sample), strict=True))
    done = run.invoke(
        app, ["lawyers", "import", str(workbook(tmp_path / "填好.xlsx", filled | {"执业证号": "TEST-9"}))]
    )
    assert "1 位律师没有错误，已经导入" in done.output, done.output
    run.invoke(app, ["lawyers", "template", "--to", str(tmp_path / "律师.csv")])
    assert (tmp_path / "律师.csv").read_bytes().startswith(b"\xef\xbb\xbf")
