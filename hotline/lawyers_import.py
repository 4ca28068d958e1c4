"""Loading an agency's register of lawyers from the table that it keeps: CSV or XLSX, with Chinese headings.

Either the whole file is taken or nothing of it; every faulty row is told with its number and with what to do.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hotline import divisions, workstations
from hotline.application_form import SEX_WORDS
from hotline.divisions import DivisionUnknown
from hotline.errors import StationUnknown
from hotline.lawyers import TAGS, Lawyer
from hotline.storage import UnitOfWork
from hotline.tables import (
    SAMPLE,
    SAMPLE_LEFT,
    Remark,
    TableUnreadable,
    csv_of,
    day_of,
    rows_of,
    several,
    xlsx_of,
    yes_or_no,
)

TEMPLATE = "yuanxian lawyers template"
LICENCE = re.compile(r"[0-9A-Za-z-]{5,32}")
WORDS_SEX = {words: sex for sex, words in SEX_WORDS.items()}
LONGEST = {"姓名": 50, "律所": 100}
LONGEST_WORD = 30
COLUMNS: Mapping[str, str] = {
    "执业证号": f"{SAMPLE}-请删除这一行",
    "姓名": "某律师",
    "律所": "某某律师事务所",
    "性别": "女",
    "执业起始日": "2018-07-01",
    "无不良诚信记录": "是",
    "可点援": "否",
    "语言": "普通话、彝语",
    "专长": "劳动、未成年人",
    "值班站点编号": "",
    "服务地区代码": "340104",
}
"""Each heading with what stands in the template's sample row."""
NEEDED = {"执业证号", "姓名", "律所", "性别", "执业起始日", "无不良诚信记录", "可点援", "服务地区代码"}


class LawyerInvalid(ValueError):
    """A row says something that cannot be; every fault on a line, with its remedy."""


@dataclass(frozen=True)
class LawyersRead:
    """The lawyers of a file; with any fault nothing of it is to be kept."""

    lawyers: tuple[Lawyer, ...]
    faults: tuple[Remark, ...]


def template() -> str:
    """The table to fill in, as CSV: the headings and a sample row."""
    return csv_of([list(COLUMNS), list(COLUMNS.values())])


def template_xlsx() -> bytes:
    """The table to fill in, as XLSX."""
    either = ["是", "否"]
    choices = {"性别": list(WORDS_SEX), "无不良诚信记录": either, "可点援": either}
    return xlsx_of("律师", COLUMNS, choices, {"专长": list(TAGS)})


def read_lawyers(uow: UnitOfWork, path: Path, on: date) -> LawyersRead:
    """Read a file of lawyers and check every row; nothing is kept.

    Args:
        on: today; nobody begins to practise later.
    Raises:
        TableUnreadable
    """
    lawyers: dict[str, Lawyer] = {}
    faults: list[Remark] = []
    for number, row in rows_of(path, set(COLUMNS), NEEDED, TEMPLATE):
        try:
            lawyer = _lawyer(uow, row, on)
        except LawyerInvalid as error:
            faults += [Remark(number, words) for words in str(error).splitlines()]
            continue
        if lawyer.licence_number in lawyers:
            faults.append(Remark(number, f"执业证号「{lawyer.licence_number}」前面已经有了；一位律师一行"))
        lawyers[lawyer.licence_number] = lawyer
    if not lawyers and not faults:  # the register would be emptied by a slip
        raise TableUnreadable("表里一位律师也没有；请填好再导")
    return LawyersRead(tuple(lawyers.values()), tuple(faults))


def keep_lawyers(uow: UnitOfWork, lawyers: tuple[Lawyer, ...]) -> None:
    """Let the register be what was read: who is not in the file is in it no longer."""
    uow.lawyers.replace(lawyers)


def _lawyer(uow: UnitOfWork, row: Mapping[str, str], on: date) -> Lawyer:
    if row["执业证号"].startswith(SAMPLE):
        raise LawyerInvalid(SAMPLE_LEFT)
    if faults := list(_faults(uow, row, on)):
        raise LawyerInvalid("\n".join(faults))
    return Lawyer(
        licence_number=row["执业证号"],
        name=row["姓名"],
        firm=row["律所"],
        sex=WORDS_SEX[row["性别"]],
        practising_since=day_of(row["执业起始日"]),
        conduct_clear=yes_or_no(row["无不良诚信记录"]),
        open_to_choice=yes_or_no(row["可点援"]),
        languages=several(row.get("语言", "")),
        specialities=several(row.get("专长", "")),
        stations=several(row.get("值班站点编号", "")),
        regions=several(row["服务地区代码"]),
    )


def _faults(uow: UnitOfWork, row: Mapping[str, str], on: date) -> Iterator[str]:
    if missing := [heading for heading in COLUMNS if heading in NEEDED and not row[heading]]:
        yield f"缺{'、'.join(missing)}；请补上"
        return
    if not LICENCE.fullmatch(row["执业证号"]):
        yield f"执业证号「{row['执业证号']}」看不懂；请只写号码，在表格里把这一栏设为文本，免得末尾几位变成零"
    for heading, longest in LONGEST.items():
        if len(row[heading]) > longest:
            yield f"{heading}太长；请写在 {longest} 字以内"
    if row["性别"] not in WORDS_SEX:
        yield f"性别「{row['性别']}」不认识；请填{'或者'.join(WORDS_SEX)}"
    yield from _day_faults(row["执业起始日"], on)
    for heading in ("无不良诚信记录", "可点援"):
        try:
            yes_or_no(row[heading])
        except ValueError:
            yield f"{heading}「{row[heading]}」看不懂；请填是或者否"
    for heading in ("语言", "专长"):
        for word in several(row.get(heading, "")):
            if len(word) > LONGEST_WORD:
                yield f"{heading}「{word[:LONGEST_WORD]}…」太长；几样之间用顿号隔开"
    yield from _place_faults(uow, row)


def _day_faults(text: str, on: date) -> Iterator[str]:
    try:
        if day_of(text) > on:
            yield f"执业起始日「{text}」还没有到；请核对"
    except ValueError:
        yield f"执业起始日「{text}」看不懂；请写成 2018-07-01"


def _place_faults(uow: UnitOfWork, row: Mapping[str, str]) -> Iterator[str]:
    for code in several(row["服务地区代码"]):
        try:
            divisions.get(code)
        except DivisionUnknown:
            yield f"没有「{code}」这个地区代码；请填六位区划代码"
    for station_id in several(row.get("值班站点编号", "")):
        try:
            workstations.station(uow, station_id)
        except StationUnknown:
            yield f"没有编号是「{station_id}」的站点；请先导入站点，或者改正编号"
