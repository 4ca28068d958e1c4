"""An office's table of stations or shifts: taken whole or not at all, every fault told with its row and remedy."""

import csv
import zipfile
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from cli import app
from hotline.appointments_slots import Kind, Wish, free_slots
from hotline.clock import local
from hotline.rosters import on_duty
from hotline.tables import TableUnreadable
from hotline.workstations import Service, StationType, centre_for, shipped, station
from hotline.workstations_import import (
    COLUMNS,
    ROSTER_COLUMNS,
    keep_roster,
    keep_stations,
    read_roster,
    read_stations,
    roster_template,
    template,
)
from store.unit_of_work import OpenUow
from tests.conftest import ENCRYPTION_KEY, Clock

GOOD = {
    "编号": "340104-center", "类型": "法律援助中心", "名称": "蜀山区法律援助中心", "区划代码": "340104",
    "地址": "样例路1号一楼", "电话": "0551-00000000", "开放时间": "工作日 9:00-12:00、14:30-17:30",
    "能办什么": "咨询、受理申请、上门", "一层": "是", "无障碍": "否", "纬度": "31.85", "经度": "117.25",
    "来源": "样例来函", "核对日期": "2026-11-20", "可信度": "官方", "延时至": "20:00",
}  # fmt: skip
SHIFT = {"站点编号": "340104-center", "日期": "2026-11-24", "开始": "9:00", "结束": "11:00", "方式": "窗口", "值班律师": "样例律师（劳动）", "名额": "1"}  # fmt: skip


def table(path: Path, *rows: dict[str, str], encoding: str = "utf-8-sig") -> Path:
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, headings)
        writer.writeheader()
        writer.writerows(rows)
    return path


def workbook(path: Path, *rows: dict[str, str | float]) -> Path:
    """The smallest XLSX: numbers as numbers, texts in place."""
    headings = list(rows[0])
    lines: list[list[str | float]] = [list(headings), *([row[name] for name in headings] for row in rows)]
    cells = "".join(
        "<row>"
        + "".join(
            f"<c><v>{value}</v></c>"
            if isinstance(value, float)
            else f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
            for value in line
        )
        + "</row>"
        for line in lines
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="站点" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return path


def faults(open_uow: OpenUow, path: Path) -> list[str]:
    with open_uow() as uow:
        return [str(fault) for fault in read_stations(uow, path).faults]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_导入以后就用导入的(open_uow: OpenUow, tmp_path: Path, clock: Clock, encoding: str) -> None:
    path = table(tmp_path / "站点.csv", GOOD, encoding=encoding)
    with open_uow() as uow:
        read = read_stations(uow, path)
        assert read.faults == ()
        keep_stations(uow, read.stations, clock())
    with open_uow() as uow:
        found = centre_for(uow, "340104")
        assert (found.name, found.address, found.barrier_free) == ("蜀山区法律援助中心", "样例路1号一楼", False)
        assert found.accepts == (Service.CONSULT, Service.APPLY, Service.VISIT)
        assert (found.extended_until, found.verified_on) == (time(20), date(2026, 11, 20))
        assert station(uow, "340422-center") == shipped()["340422-center"]


def test_表格文件_数字代码照样认(open_uow: OpenUow, tmp_path: Path) -> None:
    path = workbook(tmp_path / "站点.xlsx", {**GOOD, "区划代码": 340104.0, "纬度": 31.85, "经度": 117.25})
    with open_uow() as uow:
        read = read_stations(uow, path)
    assert read.faults == ()
    assert (read.stations[0].division_code, read.stations[0].lat) == ("340104", 31.85)


def test_再导一次_顶替前一次(open_uow: OpenUow, tmp_path: Path, clock: Clock) -> None:
    for name in ("旧名", "新名"):
        with open_uow() as uow:
            keep_stations(uow, read_stations(uow, table(tmp_path / "a.csv", {**GOOD, "名称": name})).stations, clock())
    with open_uow() as uow:
        assert centre_for(uow, "340104").name == "新名"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"编号": ""}, "缺编号"),
        ({"来源": ""}, "缺来源；请补上信息从哪里来"),
        ({"区划代码": "999999"}, "「999999」不在区划表里"),
        ({"类型": "茶馆"}, "「茶馆」不认识；可以填：法律援助中心、"),
        ({"能办什么": "咨询、决定"}, "「决定」不认识；可以填：咨询、"),
        ({"可信度": "听说"}, "「听说」不认识"),
        ({"开放时间": "看情况"}, "请写成「工作日"),
        ({"一层": "也许"}, "一层「也许」看不懂；请填是或者否"),
        ({"纬度": "北边"}, "「北边」看不懂；纬度请填小数"),
        ({"经度": ""}, "纬度和经度要么都填"),
        ({"核对日期": "上周"}, "请写成 2026-11-20"),
        ({"延时至": "很晚"}, "请写成 20:00"),
        ({"类型": "流动工作站"}, "要有巡回日程"),
        ({"类型": "流动工作站", "巡回日程": "下周 上午 某村"}, "「下周 上午 某村」看不懂"),
        ({"类型": "军人军属工作站"}, "不登记地址"),
        ({"类型": "联络员"}, "个人电话不登记"),
        ({"上级机构编号": "没有的"}, "「没有的」没有这个站点"),
    ],
)
def test_不对的行_说第几行_怎么改(open_uow: OpenUow, tmp_path: Path, change: dict[str, str], told: str) -> None:
    other = {**GOOD, "编号": "x"}
    found = faults(open_uow, table(tmp_path / "a.csv", other, {**GOOD, "上级机构编号": "", "巡回日程": "", **change}))
    assert any(one.startswith("第 3 行：") and told in one for one in found), found


def test_一行几处错_都说出来(open_uow: OpenUow, tmp_path: Path) -> None:
    assert len(faults(open_uow, table(tmp_path / "a.csv", {**GOOD, "来源": "", "区划代码": "1", "可信度": "?"}))) == 3


def test_编号重复(open_uow: OpenUow, tmp_path: Path) -> None:
    assert "前面已经有了" in faults(open_uow, table(tmp_path / "a.csv", GOOD, GOOD))[0]


def test_流动站的日程(open_uow: OpenUow, tmp_path: Path) -> None:
    row = {
        **GOOD,
        "编号": "m",
        "类型": "流动工作站",
        "巡回日程": "2026-12-10 14:00-16:00 乙村 村委会；2026/12/3 9:00-11:30 甲村",
    }
    with open_uow() as uow:
        read = read_stations(uow, table(tmp_path / "a.csv", row))
    assert read.faults == () and read.stations[0].type is StationType.MOBILE
    assert [(one.day, one.place) for one in read.stations[0].schedule] == [
        (date(2026, 12, 3), "甲村"),
        (date(2026, 12, 10), "乙村 村委会"),
    ]


def test_七项没齐只是提示(open_uow: OpenUow, tmp_path: Path) -> None:
    with open_uow() as uow:
        read = read_stations(uow, table(tmp_path / "a.csv", GOOD))
    assert [str(hint) for hint in read.hints] == [
        "第 2 行：「蜀山区法律援助中心」缺援助范围、申请材料、办理时限、监督方式、服务承诺，补齐以前按「待核」显示"
    ]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"", "表是空的"),
        ("a.csv", "名称\n某站\n".encode(), "第 1 行缺「区划代码、可信度、来源、类型、编号」栏"),
        ("a.csv", ",".join([*COLUMNS, "星座"]).encode(), "没有「星座」这一栏"),
        ("a.csv", b"\xff\xfe\x00\x80\x81MZ", "请另存为|第 1 行缺"),
        ("a.xlsx", b"MZ\x90\x00 this program", "请用 Excel 重新另存"),
        ("a.xlsx", b"PK\x03\x04 cut off", "请用 Excel 重新另存"),
    ],
    ids=["空的", "缺栏", "多栏", "乱码", "程序改名", "断了一半"],
)
def test_不是这样的表_说怎么办(open_uow: OpenUow, tmp_path: Path, name: str, content: bytes, told: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with open_uow() as uow, pytest.raises(TableUnreadable, match=told):
        read_stations(uow, path)


def test_模板里的样例不会误导入_换掉就能导入(open_uow: OpenUow, tmp_path: Path) -> None:
    path = tmp_path / "模板.csv"
    path.write_text(template(), encoding="utf-8-sig")
    assert faults(open_uow, path) == ["第 2 行：这是模板里的样例；请删除这一行"]
    path.write_text(template().replace("样例-请删除这一行", "340104-center"), encoding="utf-8-sig")
    assert faults(open_uow, path) == []


# Rosters


def kept(open_uow: OpenUow, path: Path) -> None:
    with open_uow() as uow:
        read = read_roster(uow, path)
        assert [str(fault) for fault in read.faults] == []
        keep_roster(uow, read.shifts)


def test_有了值班表就只按值班表放号_当天值班的人按日更新(open_uow: OpenUow, tmp_path: Path, clock: Clock) -> None:
    late = {**SHIFT, "日期": "2026-11-28", "开始": "18:00", "结束": "19:00", "方式": "延时"}
    kept(open_uow, table(tmp_path / "班.csv", SHIFT, late))
    with open_uow() as uow:
        wish = Wish(date(2026, 11, 24), date(2026, 11, 30))
        found = free_slots(uow, "340104-center", wish, clock(), 20)
        assert [f"{local(one.starts_at):%m-%d %H:%M}" for one in found] == [
            "11-24 09:00",
            "11-24 09:30",
            "11-24 10:00",
            "11-24 10:30",
        ]
        extended = free_slots(uow, "340104-center", wish, clock(), 20, Kind.EXTENDED)
        assert [f"{local(one.starts_at):%m-%d %H:%M}" for one in extended] == ["11-28 18:00", "11-28 18:30"]
        assert free_slots(uow, "340104-center", wish, clock(), 20, Kind.PHONE) == []
        assert on_duty(uow, "340104-center", clock()) == "今天没有排班"
        assert on_duty(uow, "340104-center", clock.forward(days=1)) == "09:00-11:00 样例律师（劳动）"
        assert on_duty(uow, "340102-center", clock()) is None


def test_同一天再导一次_以后一次为准_别的日子不动(open_uow: OpenUow, tmp_path: Path) -> None:
    kept(open_uow, table(tmp_path / "班.csv", SHIFT, {**SHIFT, "日期": "2026-11-25"}))
    kept(open_uow, table(tmp_path / "班.csv", {**SHIFT, "开始": "10:00", "值班律师": "另一位"}))
    with open_uow() as uow:
        shifts = uow.rosters.shifts("340104-center", date(2026, 11, 24), date(2026, 11, 25))
    assert [(one.day.day, one.opens.hour, one.lawyer) for one in shifts] == [
        (24, 10, "另一位"),
        (25, 9, "样例律师（劳动）"),
    ]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"站点编号": "没有"}, "没有编号是「没有」的站点"),
        ({"日期": "明天"}, "日期请写成 2026-12-01"),
        ({"日期": "2026-11-28"}, "11月28日（周六）休息，窗口班不放号；休息日值班请写「延时」"),
        ({"开始": "12:00"}, "结束不晚于开始"),
        ({"方式": "跳舞"}, "可以填：窗口、延时、上门、电话、网上"),
        ({"名额": "0"}, "请填 1 到 100"),
        ({"名额": "两个"}, "名额请填数字"),
        ({"值班律师": ""}, "请填值班律师"),
        ({"开始": "10:00", "结束": "12:00"}, "重叠"),
        ({"站点编号": "样例-请删除这一行"}, "请删除这一行"),
    ],
)
def test_值班表不对的行(open_uow: OpenUow, tmp_path: Path, change: dict[str, str], told: str) -> None:
    with open_uow() as uow:
        found = read_roster(uow, table(tmp_path / "班.csv", SHIFT, {**SHIFT, **change})).faults
    assert any(fault.row == 3 and told in fault.words for fault in found), found


def test_值班表模板(tmp_path: Path, open_uow: OpenUow) -> None:
    path = tmp_path / "班.csv"
    path.write_text(roster_template().replace("样例-请删除这一行", "340104-center"), encoding="utf-8-sig")
    with open_uow() as uow:
        assert read_roster(uow, path).faults == ()
    assert set(ROSTER_COLUMNS) == set(SHIFT)


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


def test_命令_先检查_再导入_错了什么都不写(run: CliRunner, open_uow: OpenUow, tmp_path: Path) -> None:
    good, bad = table(tmp_path / "good.csv", GOOD), table(tmp_path / "bad.csv", GOOD, {**GOOD, "编号": "b", "来源": ""})
    checked = run.invoke(app, ["stations", "import", str(good), "--dry-run"])
    assert checked.exit_code == 0 and "没有写入" in checked.output
    refused = run.invoke(app, ["stations", "import", str(bad)])
    assert refused.exit_code == 1 and "错误　第 3 行：缺来源" in refused.output and "什么都没有写入" in refused.output
    with open_uow() as uow:
        assert uow.workstations.get("340104-center") is None
    assert "已经导入" in run.invoke(app, ["stations", "import", str(good)]).output
    with open_uow() as uow:
        assert uow.workstations.get("340104-center") is not None
    assert "已经导入" in run.invoke(app, ["stations", "roster", str(table(tmp_path / "班.csv", SHIFT))]).output


def test_命令_取模板(run: CliRunner, tmp_path: Path) -> None:
    assert run.invoke(app, ["stations", "template"]).output.startswith("编号,类型,名称")
    run.invoke(app, ["stations", "template", "--roster", "--to", str(tmp_path / "班.csv")])
    assert (tmp_path / "班.csv").read_bytes().startswith(b"\xef\xbb\xbf\xe7\xab\x99")


def test_命令_取表格模板_填好真的站点就能导入(run: CliRunner, open_uow: OpenUow, tmp_path: Path) -> None:
    blank = tmp_path / "站点.xlsx"
    assert "模板写好了" in run.invoke(app, ["stations", "template", "--to", str(blank)]).output
    assert "这是模板里的样例" in run.invoke(app, ["stations", "import", str(blank)]).output
    book = CalamineWorkbook.from_path(blank)
    headings, sample = book.get_sheet_by_index(0).to_python()
    assert (headings, book.sheet_names) == (list(COLUMNS), ["站点", "可以填什么"])
    known = {row[0]: row[1:] for row in book.get_sheet_by_index(1).to_python()}
    assert {"法律援助中心", "流动工作站"} <= set(known["类型"]) and "受理申请" in known["能办什么"]
    filled: dict[str, str | float] = dict(zip(map(str, headings), map(str, sample), strict=True))
    filled |= {"编号": "340104-center", "核对日期": "2026-11-20"}
    done = run.invoke(app, ["stations", "import", str(workbook(tmp_path / "填好.xlsx", filled))])
    assert "1 个站点没有错误，已经导入" in done.output, done.output
    roster = tmp_path / "班.XLSX"
    run.invoke(app, ["stations", "template", "--roster", "--to", str(roster)])
    assert CalamineWorkbook.from_path(roster).get_sheet_by_index(0).to_python()[0] == list(ROSTER_COLUMNS)
