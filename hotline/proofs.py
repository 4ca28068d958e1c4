"""Proofs (证据、证明材料): pictures and PDFs that an applicant sends, looked at before they are kept.

What a file is called and what it claims to be is of no account: its bytes are. Pictures are decoded and written anew, so
that nothing but the picture remains (no EXIF with the place it was taken, no second file behind it). Archives and office
files are refused, as what is in them cannot be seen. integration.md §5.2.
"""

import hashlib
import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID, uuid4

from PIL import Image, ImageOps, UnidentifiedImageError

from hotline import privacy
from hotline.errors import (
    EvidenceConsentMissing,
    FileBroken,
    FileInfected,
    FileTooLarge,
    FileTypeRefused,
    NotFound,
    PictureTooLarge,
    TooManyFiles,
)
from hotline.storage import UnitOfWork

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
"""A phone takes 12 to 50 million; in memory that is 120 MB, which one upload may cost and not more."""
LONGEST_SIDE = 3500
"""Enough to read a page of A4 at 300 dpi."""
MAX_FILES = 40
ABANDONED = timedelta(days=30)
"""A proof that belongs to no application by then is deleted: nobody needs it (个人信息保护法 第十九条)."""

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
EXTENSIONS = {JPEG: "jpg", PNG: "png", PDF: "pdf"}
KNOWN_BUT_REFUSED = (
    (
        (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa", b"#!"),
        "这个文件其实是程序，不能收。",
    ),
    ((b"PK\x03\x04", b"PK\x05\x06"), "压缩包和 Word、Excel 文件不能收。"),
    ((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd"), "压缩包不能收。"),
    ((b"\xd0\xcf\x11\xe0",), "旧版的 Word、Excel 文件不能收。"),
    ((b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF"), "这种图片格式不能收。"),
    ((b"<",), "网页文件不能收。"),
)
WAY_ON = "请拍成照片（JPG、PNG），或者存成 PDF 再传。您前面传的都还在。"
PDF_ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/OpenAction")


class ProofKind(StrEnum):
    """What a proof is for; the list of materials by matter and category is in `eligibility`."""

    IDENTITY = "identity"
    STANDING = "standing"
    HARDSHIP = "hardship"
    CATEGORY = "category"
    CASE = "case"
    OTHER = "other"


KIND_WORDS = {
    ProofKind.IDENTITY: "身份证明",
    ProofKind.STANDING: "代理权或者亲属关系的材料",
    ProofKind.HARDSHIP: "经济困难状况的材料",
    ProofKind.CATEGORY: "免予核查的身份证明",
    ProofKind.CASE: "案件材料",
    ProofKind.OTHER: "其他材料",
}


class Scan(StrEnum):
    """What a virus scanner said; NOT_SCANNED also when none is installed."""

    NOT_SCANNED = "not_scanned"
    CLEAN = "clean"
    INFECTED = "infected"
    FAILED = "failed"


SCAN_WORDS = {
    Scan.NOT_SCANNED: "未扫描",
    Scan.CLEAN: "已扫描，没有发现病毒",
    Scan.INFECTED: "有病毒",
    Scan.FAILED: "扫描没有完成",
}
type Scanner = Callable[[bytes], Scan]


@dataclass(eq=False)
class Proof:
    """One kept file. Its content lies encrypted in a file named by its id, never by what the applicant called it."""

    conversation_id: UUID
    kind: ProofKind
    media_type: str
    size: int
    sha256: str
    uploaded_at: datetime
    idempotency_key: str
    scan: Scan
    application_id: UUID | None = None
    id: UUID = field(default_factory=uuid4)

    @property
    def file_name(self) -> str:
        """What it is called when it is downloaded."""
        return f"{self.kind}-{self.id.hex[:8]}.{EXTENSIONS[self.media_type]}"


class Files(Protocol):
    """Where contents lie; `store` encrypts them."""

    def put(self, name: str, content: bytes) -> None: ...
    def get(self, name: str) -> bytes: ...
    def remove(self, name: str) -> None: ...


@dataclass(frozen=True)
class Examined:
    """A file that may be kept."""

    media_type: str
    content: bytes


def examine(content: bytes) -> Examined:
    """What is kept of an upload: a picture written anew, or a PDF without anything that acts.

    Raises:
        FileTooLarge, FileTypeRefused, FileBroken, PictureTooLarge
    """
    if len(content) > MAX_BYTES:
        raise FileTooLarge
    if not content:
        raise FileBroken
    if content.startswith(b"\xff\xd8\xff"):
        return Examined(JPEG, _redrawn(content, "JPEG"))
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Examined(PNG, _redrawn(content, "PNG"))
    if content.startswith(b"%PDF-"):
        return Examined(PDF, _quiet_pdf(content))
    for beginnings, sentence in KNOWN_BUT_REFUSED:
        if content.startswith(beginnings):
            raise FileTypeRefused(sentence + WAY_ON)
    raise FileTypeRefused("认不出这个文件。" + WAY_ON)


def upload(
    uow: UnitOfWork,
    files: Files,
    conversation_id: UUID,
    kind: ProofKind,
    examined: Examined,
    scan: Scan,
    key: str,
    at: datetime,
) -> Proof:
    """Keep a file that was examined and scanned; the same key gives the one already kept.

    The content is on the disk before the row is committed: a crash leaves a file without a row, never the reverse.

    Raises:
        EvidenceConsentMissing, FileInfected, TooManyFiles
    """
    known = uow.proofs.by_key(key)
    if known is not None:
        return known
    if not privacy.consented(uow, conversation_id, "evidence"):
        raise EvidenceConsentMissing
    if scan is Scan.INFECTED:
        raise FileInfected
    if len(uow.proofs.of_conversation(conversation_id)) >= MAX_FILES:
        raise TooManyFiles
    sent = uow.applications.of_conversation(conversation_id)
    proof = Proof(
        conversation_id=conversation_id,
        kind=kind,
        media_type=examined.media_type,
        size=len(examined.content),
        sha256=hashlib.sha256(examined.content).hexdigest(),
        uploaded_at=at,
        idempotency_key=key,
        scan=scan,
        application_id=sent[0].id if sent else None,
    )
    files.put(proof.id.hex, examined.content)
    uow.proofs.add(proof)
    return proof


def take_back(uow: UnitOfWork, conversation_id: UUID, proof_id: UUID) -> str:
    """Forget what was uploaded by mistake, as long as no application has it; the file to remove once this is committed.

    Raises:
        NotFound: not this conversation's, or part of an application by now.
    """
    proof = uow.proofs.get(proof_id)
    if proof.conversation_id != conversation_id or proof.application_id is not None:
        raise NotFound
    return _forgotten(uow, proof)


def forget_loose(uow: UnitOfWork, conversation_id: UUID) -> list[str]:
    """Forget what no application has, for somebody who wants to be forgotten; the files to remove once committed."""
    loose = [one for one in uow.proofs.of_conversation(conversation_id) if one.application_id is None]
    return [_forgotten(uow, one) for one in loose]


def forget_abandoned(uow: UnitOfWork, at: datetime) -> list[str]:
    """Forget what has belonged to no application for too long; the files to remove once committed."""
    return [_forgotten(uow, one) for one in uow.proofs.without_application(at - ABANDONED)]


def _forgotten(uow: UnitOfWork, proof: Proof) -> str:
    uow.proofs.delete(proof)
    return proof.id.hex


def _redrawn(content: bytes, format_: str) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            picture = Image.open(io.BytesIO(content), formats=(format_,))
            if picture.width * picture.height > MAX_PIXELS:
                raise PictureTooLarge
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
        kept = upright.convert("RGB" if format_ == "JPEG" or upright.mode in ("CMYK", "P", "I;16") else upright.mode)
        kept.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        bare = Image.new(kept.mode, kept.size)
        bare.paste(kept)
        written = io.BytesIO()
        bare.save(written, format_, **({"quality": 88} if format_ == "JPEG" else {"optimize": False}))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise FileBroken(type(error).__name__) from None
    return written.getvalue()


def _quiet_pdf(content: bytes) -> bytes:
    tail = content[-1024:]
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise FileBroken
    if b"PK\x05\x06" in content[-65_557:]:
        raise FileTypeRefused("这个 PDF 里藏着压缩包，不能收。" + WAY_ON)
    if b"/Encrypt" in content:
        raise FileTypeRefused("这个 PDF 加了密码，工作人员打不开。请去掉密码，或者拍成照片再传。您前面传的都还在。")
    if any(name in content for name in PDF_ACTIVE):
        raise FileTypeRefused("这个 PDF 里有会自动运行的内容，不能收。请打印后拍成照片再传。您前面传的都还在。")
    return content
