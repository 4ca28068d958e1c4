"""A sheet of paper as a Word document, to edit."""

import io
from collections.abc import Sequence

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import _Cell

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

WORD_SONG = "宋体"


def as_docx(sheet: Sheet) -> bytes:
    """The sheet as a Word document."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(MARGIN_MM / 10)
    section.top_margin = section.bottom_margin = Cm(1.8)
    _set_word_font(document)
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = title.add_run(clean(sheet.title))
    run.bold, run.font.size = True, Pt(18)
    number = document.add_paragraph(clean(sheet.number))
    number.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for part in sheet.parts:
        _add_to_word(document, part)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _set_word_font(document: WordDocument) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = WORD_SONG, Pt(10.5)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), WORD_SONG)
    style.paragraph_format.space_after = Pt(4)


def _add_to_word(document: WordDocument, part: Part) -> None:
    match part:
        case Lines(rows):
            _add_word_table(document, rows)
        case Heading(text):
            run = document.add_paragraph().add_run(clean(text))
            run.bold, run.font.size = True, Pt(12)
        case Sentence(text, small):
            run = document.add_paragraph().add_run(clean(text))
            run.font.size = Pt(9 if small else 10.5)
        case Signature(who):
            line = document.add_paragraph(signature_line(who))
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _add_word_table(document: WordDocument, rows: Sequence[tuple[tuple[str, str], ...]]) -> None:
    table = document.add_table(rows=len(rows), cols=4, style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for line, pairs in zip(table.rows, rows, strict=True):
        cells = line.cells
        for cell, width in zip(cells, (LABEL_MM, VALUE_MM) * 2, strict=True):
            cell.width = Cm(width / 10)
        if len(pairs) == 1:
            _write(cells[0], pairs[0][0], bold=True)
            _write(cells[1].merge(cells[3]), pairs[0][1])
        else:
            for at, (label, value) in zip((0, 2), pairs, strict=True):
                _write(cells[at], label, bold=True)
                _write(cells[at + 1], value)
    document.add_paragraph()


def _write(cell: _Cell, text: str, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(3)
    paragraph.add_run(clean(text)).bold = bold
