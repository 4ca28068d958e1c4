"""The record of acts for whoever checks it: who did, read or searched what, and when; never anybody's words."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel

from api.gateway import Auditing, TheGateway
from hotline import audit
from hotline.audit import AuditEntry, AuditSearch

router = APIRouter(prefix="/v1/console/record", tags=["console"])

MOST_ENTRIES = 500


class EntryOut(BaseModel):
    """One act."""

    seq: int
    at: datetime
    actor: str
    act: str
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    hash: str

    @classmethod
    def from_domain(cls, entry: AuditEntry) -> "EntryOut":
        """The act as JSON."""
        return cls(**{name: getattr(entry, name) for name in cls.model_fields})


@router.get("")
def read_record(
    here: TheGateway,
    operator: Auditing,
    after: Annotated[int, Query(ge=0, description="上一页最后一条的序号")] = 0,
    subject: Annotated[str | None, Query(max_length=64, description="申请、台账、预约等的编号")] = None,
    actor: Annotated[str | None, Query(max_length=64, description="工号")] = None,
    act: Annotated[str | None, Query(max_length=64, description="如 personal_data.revealed")] = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST_ENTRIES)] = 100,
) -> list[EntryOut]:
    """Acts in their order; that the record was read is recorded too."""
    wanted = AuditSearch(after, subject, actor, act, since, until, limit)
    with here.services.open_uow() as uow:
        found = [EntryOut.from_domain(one) for one in uow.audit.find(wanted)]
        audit.record(uow, operator.login, "record.read", subject or "", here.services.now(), of=actor, only=act)
    return found
