"""Monthly and yearly reports, to look at or to take away."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from api.gateway import Reporting, TheGateway
from hotline import audit, reports
from hotline.reports import Cell

router = APIRouter(prefix="/v1/console/reports", tags=["console"])


class Form(StrEnum):
    """How the report is wanted."""

    JSON = "json"
    XLSX = "xlsx"
    CSV = "csv"
    PDF = "pdf"


MEDIA_TYPES = {
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.CSV: "text/csv; charset=utf-8",
    Form.PDF: "application/pdf",
}


class SectionOut(BaseModel):
    """One table with what its figures mean."""

    title: str
    meaning: str
    columns: list[str]
    rows: list[list[Cell]]


class ReportOut(BaseModel):
    """All sections of a month or a year."""

    title: str
    period: str
    made_on: date
    sections: list[SectionOut]


@router.get("/{period}", response_model=ReportOut)
def read_report(
    here: TheGateway,
    operator: Reporting,
    period: Annotated[str, Path(max_length=7)],
    form: Annotated[Form, Query(alias="format")] = Form.JSON,
) -> ReportOut | Response:
    """The report of a month (2026-11) or a year (2026); who took it is recorded."""
    wanted, now = reports.period(period), here.services.now()
    with here.open_reading() as uow:
        made = reports.report(uow, wanted, now)
    with here.services.open_uow() as uow:
        audit.record(uow, operator.login, "report.read", wanted.name, now, format=str(form))
    if form is Form.JSON:
        sections = [
            SectionOut(
                title=one.title, meaning=one.meaning, columns=list(one.columns), rows=[list(row) for row in one.rows]
            )
            for one in made.sections
        ]
        return ReportOut(title=made.title, period=made.period.words, made_on=made.made_on, sections=sections)
    from hotline import report_files  # slow to load, and wanted once a month: not at every start of the gateway

    writers = {Form.XLSX: report_files.as_xlsx, Form.CSV: report_files.as_csv, Form.PDF: report_files.as_pdf}
    name = f'attachment; filename="12348-{wanted.name}.{form}"'
    return Response(writers[form](made), media_type=MEDIA_TYPES[form], headers={"Content-Disposition": name})
