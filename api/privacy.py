"""What citizens decide about their own data: the notice, consents, a copy of everything, erasure."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.gateway import CurrentConversation, TheGateway
from hotline import privacy, proofs
from store.files import EncryptedFiles

router = APIRouter(prefix="/v1/web", tags=["privacy"])


class PurposeOut(BaseModel):
    """One thing to agree to, or not."""

    purpose: str
    name: str
    why: str
    effect: str
    sensitive: bool


class NoticeOut(BaseModel):
    """What citizens are told, and what they can agree to one by one."""

    version: str
    text: str
    purposes: list[PurposeOut]


class ConsentIn(BaseModel):
    """Yes or no to one purpose, under the notice that was read."""

    model_config = ConfigDict(extra="forbid")
    purpose: str = Field(max_length=32)
    given: bool
    notice_version: str = Field(max_length=16)


class ConsentOut(BaseModel):
    """What is kept of it."""

    purpose: str
    given: bool
    notice_version: str


@router.get("/privacy-notice")
def read_notice(here: TheGateway) -> NoticeOut:
    """The notice in force today."""
    notice = privacy.notice_on(here.services.today())
    purposes = [
        PurposeOut(purpose=name, name=one.name, why=one.why, effect=one.effect, sensitive=one.sensitive)
        for name, one in notice.purposes.items()
    ]
    return NoticeOut(version=notice.version, text=notice.text, purposes=purposes)


@router.post("/consents", status_code=201)
def decide(here: TheGateway, conversation: CurrentConversation, decision: ConsentIn) -> ConsentOut:
    """Agree to one purpose, refuse it, or take an agreement back."""
    notice = privacy.current_notice(decision.notice_version, here.services.today())
    with here.services.open_uow() as uow:
        kept = privacy.decide(uow, conversation.id, decision.purpose, decision.given, notice, here.services.now())
    return ConsentOut(purpose=kept.purpose, given=kept.given, notice_version=kept.notice_version)


@router.get("/me")
def export_me(here: TheGateway, conversation: CurrentConversation) -> JSONResponse:
    """All that is kept about this talk, as a file to take away."""
    with here.open_reading() as uow:
        found: dict[str, Any] = privacy.export(uow, uow.conversations.get(conversation.id))
    return JSONResponse(found, headers={"Content-Disposition": 'attachment; filename="my-data.json"'})


@router.delete("/me", status_code=204)
def forget_me(here: TheGateway, conversation: CurrentConversation) -> None:
    """Erase what was said and who it was; appointments, applications and complaints stay, they have their own numbers."""
    with here.services.open_uow() as uow:
        privacy.forget(uow, uow.conversations.get(conversation.id), here.services.now())
        unsent = proofs.forget_loose(uow, conversation.id)
    for name in unsent:
        EncryptedFiles(here.settings.proofs_path).remove(name)
