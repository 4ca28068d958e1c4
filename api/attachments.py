"""Uploading proofs: the bytes of one file as the body, looked at before they are kept (`hotline.proofs`).

No multipart form: its parser would write the file to the disk in clear before anybody has looked at it.
"""

import asyncio
import shlex
import subprocess
from datetime import datetime
from threading import Lock
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel

from api.gateway import CurrentConversation, Gateway, TheGateway
from hotline import proofs
from hotline.errors import FileTooLarge
from hotline.proofs import KIND_WORDS, MAX_BYTES, SCAN_WORDS, Proof, ProofKind, Scan
from store.files import EncryptedFiles

log = structlog.get_logger()
router = APIRouter(prefix="/v1/web/attachments", tags=["web"])

READ_ON = 64 * 1024 * 1024
"""So much of a body that is too large is read and thrown away: who is cut off while sending never sees the answer."""
SCAN_SECONDS = 20
one_picture = Lock()
"""A picture of 40 million points takes 120 MB while it is drawn anew; two cores draw one at a time."""


class ProofOut(BaseModel):
    """A kept file."""

    id: UUID
    kind: ProofKind
    kind_words: str
    media_type: str
    size: int
    scan: Scan
    scan_words: str
    uploaded_at: datetime
    sent: bool
    """Whether an application has it; before that it can be taken back."""

    @classmethod
    def from_domain(cls, proof: Proof) -> "ProofOut":
        """The proof as JSON."""
        return cls(
            id=proof.id,
            kind=proof.kind,
            kind_words=KIND_WORDS[proof.kind],
            media_type=proof.media_type,
            size=proof.size,
            scan=proof.scan,
            scan_words=SCAN_WORDS[proof.scan],
            uploaded_at=proof.uploaded_at,
            sent=proof.application_id is not None,
        )


@router.post("", status_code=201)
async def upload(
    here: TheGateway,
    request: Request,
    conversation: CurrentConversation,
    kind: Annotated[ProofKind, Query()],
    idempotency_key: Annotated[str, Header(min_length=8, max_length=64)],
) -> ProofOut:
    """Keep a picture (JPG, PNG) or a PDF of at most 10 MB; the same key gives the same proof.

    Needs a yes to the purpose `evidence` (POST /v1/web/consents) before.

    The file's name and its declared type are not looked at.
    """
    content = await _body(request)
    key = f"{conversation.id}:{idempotency_key}"
    return await asyncio.to_thread(_keep, here, conversation.id, kind, content, key)


@router.get("")
def list_proofs(here: TheGateway, conversation: CurrentConversation) -> list[ProofOut]:
    """What this conversation has brought."""
    with here.open_reading() as uow:
        return [ProofOut.from_domain(one) for one in uow.proofs.of_conversation(conversation.id)]


@router.delete("/{proof_id}", status_code=204)
def take_back(here: TheGateway, conversation: CurrentConversation, proof_id: UUID) -> None:
    """Delete what was uploaded by mistake, as long as no application has it."""
    with here.services.open_uow() as uow:
        name = proofs.take_back(uow, conversation.id, proof_id)
    EncryptedFiles(here.settings.proofs_path).remove(name)


def _keep(here: Gateway, conversation_id: UUID, kind: ProofKind, content: bytes, key: str) -> ProofOut:
    with one_picture:
        examined = proofs.examine(content)
    scan = scanned(here.settings.scan_command, examined.content)
    with here.services.open_uow() as uow:
        files = EncryptedFiles(here.settings.proofs_path)
        kept = proofs.upload(uow, files, conversation_id, kind, examined, scan, key, here.services.now())
        return ProofOut.from_domain(kept)


async def _body(request: Request) -> bytes:
    """The whole body.

    Raises:
        FileTooLarge: after as much of the rest was read as a page needs to hear it.
    """
    content, read = bytearray(), 0
    async for part in request.stream():
        read += len(part)
        if read <= MAX_BYTES:
            content += part
        elif read > READ_ON:
            break
    if read > MAX_BYTES:
        raise FileTooLarge
    return bytes(content)


def scanned(command: str | None, content: bytes) -> Scan:
    """What the scanner says; NOT_SCANNED without one, FAILED when it is of no help."""
    if not command:
        return Scan.NOT_SCANNED
    try:
        done = subprocess.run(
            shlex.split(command), input=content, capture_output=True, timeout=SCAN_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        log.error("proofs.scanner_failed", error=type(error).__name__)
        return Scan.FAILED
    return {0: Scan.CLEAN, 1: Scan.INFECTED}.get(done.returncode, Scan.FAILED)
