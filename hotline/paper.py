"""Paper: a title, tables of lines, sentences and places to sign, written as DOCX to edit or PDF to print."""

import re
from dataclasses import dataclass
from enum import StrEnum

MARGIN_MM = 20
LABEL_MM, VALUE_MM = 32, 53
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f￾￿]")


@dataclass(frozen=True)
class Lines:
    """A table. A row of one pair goes across the page, a row of two pairs shares it."""

    rows: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True)
class Heading:
    """Above a table."""

    text: str


@dataclass(frozen=True)
class Sentence:
    """A paragraph."""

    text: str
    small: bool = False


@dataclass(frozen=True)
class Signature:
    """Who signs; the day is left to be written by hand."""

    who: str


type Part = Lines | Heading | Sentence | Signature


@dataclass(frozen=True)
class Sheet:
    """One document."""

    title: str
    number: str
    parts: tuple[Part, ...]


class Format(StrEnum):
    """How a sheet can be written."""

    DOCX = "docx"
    PDF = "pdf"


MEDIA_TYPES = {
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PDF: "application/pdf",
}


def written(sheet: Sheet, format_: Format) -> bytes:
    """The sheet as a file. Its writer is imported when first needed: both are slow to load, and most days nobody prints."""
    if format_ is Format.PDF:
        from hotline.paper_pdf import as_pdf

        return as_pdf(sheet)
    from hotline.paper_word import as_docx

    return as_docx(sheet)


def signature_line(who: str) -> str:
    """Where somebody signs."""
    return f"{who}（签名）：＿＿＿＿＿＿＿　　日期：＿＿＿＿＿＿＿"


def clean(text: str) -> str:
    """The text without what XML cannot hold."""
    return CONTROL.sub("", text)
