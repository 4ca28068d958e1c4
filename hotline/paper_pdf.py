"""A sheet of paper as PDF, to print.

It names the font STSong-Light and carries no font file: every reader with Chinese support shows it, as printers at agencies
do. What that font has no sign for (rare characters beyond the basic plane) is written as its code, never left out.
"""

import io
from collections.abc import Sequence
from functools import cache
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from hotline.paper import (
    LABEL_MM,
    MARGIN_MM,
    VALUE_MM,
    Heading,
    Lines,
    Part,
    Sentence,
    Sheet,
    Signature,
    clean,
    signature_line,
)

SONG = "STSong-Light"


def as_pdf(sheet: Sheet) -> bytes:
    """The sheet as a PDF, A4."""
    register_song()
    flow: list[Flowable] = [
        Paragraph(_printable(sheet.title), _style(18, centre=True, after=10)),
        Paragraph(_printable(sheet.number), _style(10.5, after=6)),
    ]
    for part in sheet.parts:
        flow += _flowables(part)
    file = io.BytesIO()
    margin = MARGIN_MM * mm
    SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=margin,
        rightMargin=margin,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
        title=clean(sheet.title),
        author="",
        creator="",
        invariant=1,
    ).build(flow)
    return file.getvalue()


def _flowables(part: Part) -> list[Flowable]:
    match part:
        case Lines(rows):
            return [_pdf_table(rows), Spacer(1, 4 * mm)]
        case Heading(text):
            return [Paragraph(_printable(text), _style(12, after=4))]
        case Sentence(text, small):
            return [Paragraph(_printable(text), _style(9 if small else 10.5, after=4))]
        case Signature(who):
            return [Spacer(1, 4 * mm), Paragraph(_printable(signature_line(who)), _style(10.5, after=6, indent=90))]


def _pdf_table(rows: Sequence[tuple[tuple[str, str], ...]]) -> Table:
    body: list[list[Flowable | str]] = []
    style = TableStyle([("GRID", (0, 0), (-1, -1), 0.6, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
    text = _style(10.5)
    for at, pairs in enumerate(rows):
        cells: list[Flowable | str] = [Paragraph(_printable(one), text) for pair in pairs for one in pair]
        if len(pairs) == 1:
            cells += ["", ""]
            style.add("SPAN", (1, at), (3, at))
        body.append(cells)
    # A row longer than a page would stop the printing: it goes on over the page.
    return Table(body, colWidths=[width * mm for width in (LABEL_MM, VALUE_MM) * 2], style=style, splitInRow=1)


def _style(size: float, centre: bool = False, after: float = 0, indent: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        "song",
        fontName=SONG,
        fontSize=size,
        leading=size * 1.5,
        wordWrap="CJK",
        spaceAfter=after,
        leftIndent=indent,
        alignment=TA_CENTER if centre else TA_LEFT,
    )


def _printable(text: str) -> str:
    """As markup: what people wrote is no markup, and a sign that the font lacks is written as its code."""
    shown = "".join(one if ord(one) <= 0xFFFF else f"〔生僻字U+{ord(one):X}，请手写〕" for one in clean(text))
    return escape(shown).replace("\n", "<br/>")


@cache
def register_song() -> None:
    """Make the font known, once."""
    pdfmetrics.registerFont(UnicodeCIDFont(SONG))
