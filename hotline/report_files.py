"""A report as a file: XLSX with text cells, CSV that no spreadsheet takes for formulas, PDF with charts to print."""

import csv
import io
from collections.abc import Sequence

import xlsxwriter
from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from hotline.paper_pdf import SONG, register_song
from hotline.reports import SMALL, Cell, Report, Section

RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet calculate a cell of CSV, or break out of it."""
SHEET_NAME = 31
COLUMNS_A_TABLE = 8
"""As many as fit on a page; wider tables go on below."""
BARS = 12
WIDTH, CHART_HEIGHT = 165 * mm, 60 * mm
MARGIN = 20 * mm
NOTE = f"“<{SMALL}”是人数太少，不显示，以免认出个人；能从合计推出来的也不显示。“未填”是没有说。"


def as_xlsx(report: Report) -> bytes:
    """One sheet a section; words are text cells whatever they begin with, figures are numbers."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        for place, section in enumerate(report.sections, 1):
            sheet = book.add_worksheet(f"{place}.{section.title}"[:SHEET_NAME])
            sheet.write_string(0, 0, f"{report.title}　{report.period.words}　{section.title}")
            sheet.write_string(1, 0, f"口径：{section.meaning}。{NOTE}")
            for column, name in enumerate(section.columns):
                sheet.write_string(3, column, name, bold)
            for line, row in enumerate(section.rows, 4):
                for column, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(line, column, value)
                    else:
                        sheet.write_number(line, column, value)
            sheet.set_column(0, len(section.columns), 16)
            sheet.freeze_panes(4, 1)
    return buffer.getvalue()


def as_csv(report: Report) -> bytes:
    """All sections below each other, in UTF-8 with the mark that spreadsheets look for."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([harmless(report.title), harmless(report.period.words), f"制表 {report.made_on}", NOTE])
    for section in report.sections:
        writer.writerow([])
        writer.writerow([harmless(section.title), harmless(f"口径：{section.meaning}")])
        writer.writerow([harmless(name) for name in section.columns])
        writer.writerows([harmless(value) for value in row] for row in section.rows)
    return buffer.getvalue().encode("utf-8-sig")


def harmless(value: Cell) -> Cell:
    """The cell, with a mark before words that a spreadsheet would calculate."""
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


def as_pdf(report: Report) -> bytes:
    """A4, each section with its meaning, a chart where it helps, and its table."""
    register_song()
    buffer = io.BytesIO()
    title = f"{report.title}　{report.period.words}"
    body = ParagraphStyle("body", fontName=SONG, fontSize=9, leading=13, wordWrap="CJK")
    head = ParagraphStyle("head", parent=body, fontSize=13, leading=20, spaceBefore=8)
    top = ParagraphStyle("top", parent=body, fontSize=18, leading=28)
    flow: list[Flowable] = [
        Paragraph(_escaped(title), top),
        Paragraph(f"制表日期 {report.made_on}。{_escaped(NOTE)}", body),
    ]
    for section in report.sections:
        flow += [Paragraph(_escaped(section.title), head), Paragraph(f"口径：{_escaped(section.meaning)}", body)]
        flow.append(Spacer(1, 4))
        if section.drawn and (chart := _chart(section)) is not None:
            flow.append(chart)
        flow += _tables(section, body)
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        title=title,
        author="12348",
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
    )
    document.build(flow)
    return buffer.getvalue()


def _tables(section: Section, style: ParagraphStyle) -> list[Flowable]:
    if not section.rows:
        return [Paragraph("本期没有。", style)]
    tables: list[Flowable] = []
    for start in range(1, max(len(section.columns), 2), COLUMNS_A_TABLE):
        shown = [(row[0], *row[start : start + COLUMNS_A_TABLE]) for row in (section.columns, *section.rows)]
        cells = [[Paragraph(_escaped(str(value)), style) for value in row] for row in shown]
        table = Table(cells, colWidths=[WIDTH / len(shown[0])] * len(shown[0]), repeatRows=1)
        table.setStyle(
            TableStyle(
                [
                    ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
                    ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
                    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ]
            )
        )
        tables += [table, Spacer(1, 6)]
    return tables


def _chart(section: Section) -> Drawing | None:
    """Bars of the first two columns; hidden and missing figures have none."""
    bars = [(str(row[0]), row[1]) for row in section.rows if not isinstance(row[1], str)]
    if len(bars) < 2:
        return None
    over_time = section.columns[0] in ("日期", "月份")
    if not over_time:
        bars = bars[:BARS][::-1]  # a horizontal chart grows from the bottom
    drawing, chart = Drawing(WIDTH, CHART_HEIGHT), VerticalBarChart() if over_time else HorizontalBarChart()
    chart.x, chart.y = (30, 30) if over_time else (90, 12)  # room for the labels
    chart.width, chart.height = int(WIDTH) - chart.x - 10, int(CHART_HEIGHT) - chart.y - 8
    chart.data = [[value for _, value in bars]]
    chart.categoryAxis.categoryNames = _thinned([name for name, _ in bars]) if over_time else [name for name, _ in bars]
    chart.categoryAxis.labels.fontName = chart.valueAxis.labels.fontName = SONG
    chart.categoryAxis.labels.fontSize = chart.valueAxis.labels.fontSize = 7
    chart.valueAxis.valueMin = 0
    chart.bars[0].fillColor = colors.HexColor("#2f5d8a")
    drawing.add(chart)
    return drawing


def _thinned(names: Sequence[str]) -> list[str]:
    """Every fifth name of many, so that they can be read."""
    return [name if len(names) <= 12 or place % 5 == 0 else "" for place, name in enumerate(names)]


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
