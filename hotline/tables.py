"""The tables that offices keep, read row by row and offered as templates: CSV or XLSX, with Chinese headings."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

LARGEST = 10 * 1024 * 1024
MOST_ROWS = 20_000
EXACT = 10**15
SAMPLE = "样例"
"""Begins the first cell of the template's sample row, which is not to be imported."""
SAMPLE_LEFT = "这是模板里的样例；请删除这一行"
HELP_SHEET = "可以填什么"
SEVERAL = re.compile(r"[、,，;；\s]+")
YES, NO = frozenset({"是", "有", "1", "true"}), frozenset({"否", "无", "没有", "0", "false"})


class TableUnreadable(ValueError):
    """The file is no table of this kind; the message says what to do."""


@dataclass(frozen=True)
class Remark:
    """What is wrong, or incomplete, in one row; `row` counts as the spreadsheet does, the headings being row 1."""

    row: int
    words: str

    def __str__(self) -> str:
        return f"第 {self.row} 行：{self.words}"


def day_of(text: str) -> date:
    """A day as offices write it: 2026-12-01, 2026/12/1, 2026年12月1日.

    Raises:
        ValueError
    """
    return date(*map(int, re.split(r"[-/.年月]", text.rstrip("日"))))


def yes_or_no(text: str) -> bool:
    """Whether the cell says yes.

    Raises:
        ValueError: it says neither yes nor no.
    """
    if text.lower() not in YES | NO:
        raise ValueError(text)
    return text.lower() in YES


def several(text: str) -> list[str]:
    """The words of a cell, however they are separated."""
    return [one for one in SEVERAL.split(text) if one]


def rows_of(path: Path, known: set[str], needed: set[str], template: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows that are not empty, with their numbers in the spreadsheet.

    Args:
        known: the headings that the table may have; needed: those it must have.
        template: the command that gives the template, for whoever has to begin again.
    Raises:
        TableUnreadable
    """
    if path.stat().st_size > LARGEST:
        raise TableUnreadable("文件超过 10 MB；请分成几个文件")
    table = _from_xlsx(path) if path.suffix.lower() == ".xlsx" else _from_csv(path)
    if not table:
        raise TableUnreadable(f"表是空的；请用 {template} 取模板")
    if len(table) > MOST_ROWS:
        raise TableUnreadable(f"超过 {MOST_ROWS} 行；请分成几个文件")
    headings = [heading.strip() for heading in table[0]]
    if missing := sorted(needed - set(headings)):
        raise TableUnreadable(f"第 1 行缺「{'、'.join(missing)}」栏；请用 {template} 取模板")
    if stray := sorted(set(filter(None, headings)) - known):
        raise TableUnreadable(f"没有「{'、'.join(stray)}」这一栏；请对照模板改名或删去")
    for number, row in enumerate(table[1:], start=2):
        if any(text.strip() for text in row):
            padded = [*row, *[""] * (len(headings) - len(row))]
            yield number, {name: padded[place].strip() for place, name in enumerate(headings) if name}


def _from_csv(path: Path) -> list[list[str]]:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):  # Excel in China saves GBK
        try:
            return [list(row) for row in csv.reader(io.StringIO(raw.decode(encoding), newline=""))]
        except (UnicodeDecodeError, csv.Error):
            continue
    raise TableUnreadable("这不是 CSV 文件；请另存为 CSV（UTF-8）或者 XLSX")


def _from_xlsx(path: Path) -> list[list[str]]:
    try:
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        return [[_cell(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    except (CalamineError, OSError):
        raise TableUnreadable("这不是 XLSX 文件，或者已经损坏；请用 Excel 重新另存一次") from None


def _cell(value: object) -> str:
    """What the clerk sees in the cell: a code without .0, a day without midnight.

    A number of more than fifteen digits has lost its last ones in the spreadsheet; it stays 1.23e+16, to be refused.
    """
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def csv_of(rows: list[list[str]]) -> str:
    """The rows as CSV, the headings first."""
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def xlsx_of(
    title: str, samples: Mapping[str, str], choices: Mapping[str, list[str]], hints: Mapping[str, list[str]]
) -> bytes:
    """A table to fill in, as XLSX: text cells, so that codes keep their zeros, words to choose from, and on a second sheet
    what may be written in each column.

    Args:
        samples: the headings, each with what stands in the sample row.
        choices: what a column is restricted to; hints: what else may be written in a column.
    """
    import xlsxwriter  # slow to load, and wanted once by whoever fills in a table
    from xlsxwriter.utility import xl_range_abs

    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        sheet, help_sheet = book.add_worksheet(title), book.add_worksheet(HELP_SHEET)
        bold, text = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "@"})
        for column, (name, sample) in enumerate(samples.items()):
            sheet.set_column(column, column, max(10, 2 * len(name), len(sample) + 4), text)
            sheet.write_string(0, column, name, bold)
            sheet.write_string(1, column, sample, text)
            if name in choices:
                line = list(choices).index(name)
                words = xl_range_abs(line, 1, line, len(choices[name]))
                allowed = {"validate": "list", "source": f"='{HELP_SHEET}'!{words}"}
                sheet.data_validation(1, column, MOST_ROWS, column, allowed)
        sheet.freeze_panes(1, 1)
        for line, (name, words) in enumerate((dict(choices) | dict(hints)).items()):
            for column, word in enumerate([name, *words]):
                help_sheet.write_string(line, column, word, bold if column == 0 else text)
    return written.getvalue()
