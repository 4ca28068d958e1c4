"""What is kept of an upload, and what is refused, by its bytes alone."""

import base64
import io
import random
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from PIL import Image

from hotline import proofs
from hotline.errors import FileBroken, FileTooLarge, FileTypeRefused, HotlineError, NotFound, PictureTooLarge
from hotline.proofs import JPEG, MAX_BYTES, PDF, PNG, examine
from store.encryption import use_key
from store.files import EncryptedFiles
from tests.conftest import ENCRYPTION_KEY

A_PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<<>>\nstartxref\n9\n%%EOF\n"
PLACE = b"39.9042 N"


def picture(format_: str = "JPEG", size: tuple[int, int] = (600, 400), mode: str = "RGB", **options: object) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, 128).save(file, format_, **options)
    return file.getvalue()


def photographed(orientation: int) -> bytes:
    """A photo with the place it was taken, turned by the camera."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = PLACE.decode()
    return picture(exif=exif)


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that unfold to width × height points."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def zipped(names: tuple[str, ...] = ("证据.txt",), size: int = 1000) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, b"0" * size)
    return file.getvalue()


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_照片重画_位置信息没了_转正了(orientation: int) -> None:
    kept = examine(photographed(orientation))
    assert kept.media_type == JPEG and PLACE not in kept.content
    with Image.open(io.BytesIO(kept.content)) as read:
        assert not read.getexif()
        assert read.size == ((400, 600) if orientation in (6, 8) else (600, 400))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_各种PNG都收(mode: str) -> None:
    file = io.BytesIO()
    Image.new(mode, (50, 40)).save(file, "PNG")
    kept = examine(file.getvalue())
    with Image.open(io.BytesIO(kept.content)) as read:
        assert (kept.media_type, read.size) == (PNG, (50, 40))


def test_藏在图片后面的东西不留() -> None:
    assert zipped() not in examine(picture() + zipped()).content
    assert b"<script>" not in examine(picture("PNG") + b"<script>alert(1)</script>").content


def test_大照片缩小到看得清一页纸() -> None:
    with Image.open(io.BytesIO(examine(picture(size=(5000, 4000))).content)) as read:
        assert max(read.size) == 3500


def test_四千八百万像素的照片是图片炸弹_不解开就拒绝() -> None:
    for bomb in (png_that_claims(60_000, 60_000), png_that_claims(8000, 6000)):
        assert len(bomb) < 1000
        with pytest.raises((PictureTooLarge, FileBroken)):
            examine(bomb)


def test_PDF原样收() -> None:
    assert examine(A_PDF) == proofs.Examined(PDF, A_PDF)


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (b"MZ\x90\0" + b"\0" * 100, FileTypeRefused, "程序"),
        (b"\x7fELF" + b"\0" * 100, FileTypeRefused, "程序"),
        (b"#!/bin/sh\nrm -rf /\n", FileTypeRefused, "程序"),
        (zipped(), FileTypeRefused, "压缩包"),
        (zipped(("word/document.xml",)), FileTypeRefused, "Word"),
        (b"Rar!\x1a\x07\0", FileTypeRefused, "压缩包"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileTypeRefused, "Word"),
        (b"<html><script>", FileTypeRefused, "网页"),
        (b"<?xml version='1.0'?><svg onload='x'/>", FileTypeRefused, "网页"),
        (b"GIF89a" + b"\0" * 50, FileTypeRefused, "图片格式"),
        ("普通的文字".encode(), FileTypeRefused, "认不出"),
        (b"", FileBroken, "再传一次"),
        (picture()[:200], FileBroken, "再传一次"),
        (b"\xff\xd8\xff" + b"\0" * 500, FileBroken, "再传一次"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, FileBroken, "再传一次"),
        (A_PDF[:-20], FileBroken, "再传一次"),
        (b"%PDF-1.7\nMZ", FileBroken, "再传一次"),
        (A_PDF[:-8] + zipped() + A_PDF[-8:], FileTypeRefused, "压缩包"),
        (A_PDF.replace(b"<<>>", b"<</Encrypt 1 0 R>>"), FileTypeRefused, "密码"),
        (A_PDF.replace(b"<<>>", b"<</OpenAction<</S/JavaScript/JS(app.alert)>>>>"), FileTypeRefused, "自动运行"),
        (b"MZ" + b"\0" * 20 * 1024 * 1024, FileTooLarge, "10MB"),
        (b"\xff\xd8\xff" + b"\0" * MAX_BYTES, FileTooLarge, "10MB"),
    ],
    ids=[
        "Windows程序",
        "Linux程序",
        "脚本",
        "压缩包",
        "Word文件",
        "RAR",
        "旧Word",
        "网页",
        "SVG",
        "GIF",
        "文字",
        "空的",
        "传了一半的照片",
        "只有照片的头",
        "只有PNG的头",
        "没传完的PDF",
        "PDF头后面是程序",
        "PDF里藏压缩包",
        "加密的PDF",
        "会自动运行的PDF",
        "二十兆的程序",
        "十兆多一点",
    ],
)
def test_不收的_说清楚是什么_该怎么办_前面传的还在(content: bytes, error: type[HotlineError], says: str) -> None:
    with pytest.raises(error) as refused:
        examine(content)
    assert says in refused.value.sentence and "您前面传的都还在" in refused.value.sentence


def test_随机的字节不会让它崩() -> None:
    dice = random.Random(12348)
    heads = (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"%PDF-1.4", b"")
    good = (picture(), picture("PNG"), A_PDF)
    for n in range(120):
        base = bytearray(good[n % 3] if n % 2 else heads[n % 4] + dice.randbytes(300))
        for _ in range(5):
            base[dice.randrange(len(base))] = dice.randrange(256)
        try:
            examine(bytes(base))
        except HotlineError as refused:
            assert refused.sentence


# Where contents lie


@pytest.fixture
def files(tmp_path: Path) -> EncryptedFiles:
    use_key(ENCRYPTION_KEY)
    return EncryptedFiles(tmp_path / "proofs")


def test_存的是密文_换个名字打不开_没有的说没有(files: EncryptedFiles, tmp_path: Path) -> None:
    files.put("a" * 32, A_PDF)
    assert files.get("a" * 32) == A_PDF
    stored = (tmp_path / "proofs" / ("a" * 32)).read_bytes()
    assert b"PDF" not in stored
    (tmp_path / "proofs" / ("b" * 32)).write_bytes(stored)
    with pytest.raises(InvalidTag):
        files.get("b" * 32)
    files.remove("a" * 32)
    files.remove("a" * 32)
    for name in ("a" * 32, "../../etc/passwd", "A" * 32, ""):
        with pytest.raises(NotFound):
            files.get(name)


def test_只有自己读得了(files: EncryptedFiles, tmp_path: Path) -> None:
    files.put("a" * 32, A_PDF)
    assert (tmp_path / "proofs").stat().st_mode & 0o077 == 0
    assert (tmp_path / "proofs" / ("a" * 32)).stat().st_mode & 0o077 == 0


def test_换了密钥_重新封一遍_旧钥匙可以扔(files: EncryptedFiles) -> None:
    files.put("a" * 32, A_PDF)
    new = base64.b64encode(bytes(range(1, 33))).decode()
    use_key(new, ENCRYPTION_KEY)
    assert files.rotate() == 1 and files.rotate() == 0
    use_key(new)
    assert files.get("a" * 32) == A_PDF
    use_key(ENCRYPTION_KEY)
