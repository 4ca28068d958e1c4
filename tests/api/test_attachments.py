"""Uploading proofs over HTTP: kept once, encrypted, seen by the reviewer, refused with a sentence."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.api.conftest import Serve
from tests.api.gateway import Citizen, ScriptedDialogue, Served, assert_problem, wait_for
from tests.api.test_applications import DESK, apply, find
from tests.conftest import Clock
from tests.hotline.test_proofs import A_PDF, PLACE, photographed, picture, zipped

PATH = "/v1/web/attachments"


@pytest.fixture
def proofs_path(tmp_path: Path) -> Path:
    return tmp_path / "proofs"


@pytest.fixture
def gateway(serve: Serve, proofs_path: Path) -> Iterator[Served]:
    with serve(ScriptedDialogue(), proofs_path=proofs_path) as served:
        yield served


def agree(citizen: Citizen, given: bool = True) -> None:
    body = {"purpose": "evidence", "given": given, "notice_version": "2026-11-22"}
    citizen.http.post("/v1/web/consents", json=body)


def send(citizen: Citizen, content: bytes, kind: str = "case", key: str = "", **headers: str) -> httpx.Response:
    agree(citizen)
    headers = {"Idempotency-Key": key or uuid4().hex, "Content-Type": "application/pdf", **headers}
    return citizen.http.post(PATH, params={"kind": kind}, content=content, headers=headers)


def test_传照片_重画了才存_存的是密文_同一个请求号只有一份(gateway: Served, proofs_path: Path) -> None:
    citizen = gateway.citizen()
    first = send(citizen, photographed(6), "identity", key="k" * 16)
    assert first.status_code == 201, first.text
    assert (first.json()["media_type"], first.json()["scan_words"], first.json()["sent"]) == (
        "image/jpeg",
        "未扫描",
        False,
    )
    assert send(citizen, photographed(6), "identity", key="k" * 16).json() == first.json()
    (stored,) = proofs_path.iterdir()
    assert stored.name == first.json()["id"].replace("-", "")
    assert PLACE not in stored.read_bytes() and b"JFIF" not in stored.read_bytes()
    assert [one["id"] for one in citizen.http.get(PATH).json()] == [first.json()["id"]]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"MZ" + b"\0" * 20 * 1024 * 1024, 413, "file_too_large"),
        (b"MZ" + b"\0" * 5000, 415, "file_type_refused"),
        (zipped(size=50_000_000), 415, "file_type_refused"),
        (picture()[:100], 422, "file_broken"),
        (b"", 422, "file_broken"),
    ],
    ids=["二十兆的程序名叫pdf", "程序", "压缩包炸弹", "没传完", "空的"],
)
def test_坏文件_一句话说清楚_前面传的不丢(
    gateway: Served, proofs_path: Path, content: bytes, status: int, code: str
) -> None:
    citizen = gateway.citizen()
    assert send(citizen, A_PDF).status_code == 201
    assert_problem(send(citizen, content), status, code)
    assert len(citizen.http.get(PATH).json()) == len(list(proofs_path.iterdir())) == 1


def test_没有会话不能传_别人的看不到也删不了(gateway: Served) -> None:
    one, other = gateway.citizen(), gateway.citizen()
    kept = send(one, A_PDF).json()
    assert_problem(send(Citizen(gateway.http(), "假的"), A_PDF), 401, "session_invalid")
    assert other.http.get(PATH).json() == []
    assert_problem(other.http.delete(f"{PATH}/{kept['id']}"), 404, "not_found")
    assert one.http.delete(f"{PATH}/{kept['id']}").status_code == 204
    assert one.http.get(PATH).json() == []


def test_先传后申请_先申请后传_都跟着申请_交了就不能自己删(gateway: Served, proofs_path: Path) -> None:
    citizen, operator = gateway.citizen(), gateway.operator()
    before = send(citizen, picture("PNG"), "identity").json()
    number = apply(citizen.http).json()["number"]
    after = send(citizen, A_PDF).json()
    path = f"{DESK}/{find(operator, number)['id']}/proofs"
    listed = operator.get(path).json()
    assert [one["id"] for one in listed] == [before["id"], after["id"]]
    assert [one["kind_words"] for one in listed] == ["身份证明", "案件材料"]
    assert_problem(citizen.http.delete(f"{PATH}/{before['id']}"), 404, "not_found")
    read = operator.get(f"{path}/{after['id']}")
    assert read.content == A_PDF
    assert read.headers["content-disposition"] == f'attachment; filename="case-{after["id"][:8]}.pdf"'
    assert (read.headers["x-content-type-options"], read.headers["cache-control"]) == ("nosniff", "no-store")
    assert_problem(operator.get(f"{DESK}/{uuid4()}/proofs/{after['id']}"), 404, "not_found")
    assert_problem(citizen.http.get(f"{path}/{after['id']}"), 401, "login_refused")


@pytest.mark.parametrize(
    ("code", "status", "words"),
    [(0, 201, "已扫描，没有发现病毒"), (1, 422, None), (2, 201, "扫描没有完成")],
    ids=["干净", "有病毒", "扫描器坏了"],
)
def test_装了扫描器(serve: Serve, proofs_path: Path, tmp_path: Path, code: int, status: int, words: str | None) -> None:
    scanner = tmp_path / "scanner.py"
    scanner.write_text(f"import sys; sys.exit({code} if sys.stdin.buffer.read().startswith(b'%PDF') else 9)")
    command = f"{sys.executable} {scanner}"
    with serve(ScriptedDialogue(), proofs_path=proofs_path, scan_command=command) as gateway:
        sent = send(gateway.citizen(), A_PDF)
    assert sent.status_code == status
    if words is None:
        assert_problem(sent, 422, "file_infected")
        assert not proofs_path.exists()
    else:
        assert sent.json()["scan_words"] == words


def test_没单独同意不收_说清楚为什么(gateway: Served, proofs_path: Path) -> None:
    citizen = gateway.citizen()
    headers = {"Idempotency-Key": uuid4().hex}
    refused = citizen.http.post(PATH, params={"kind": "case"}, content=A_PDF, headers=headers)
    assert_problem(refused, 422, "evidence_consent_missing")
    assert "窗口" in refused.json()["detail"] and not proofs_path.exists()


def test_要求忘掉_没交上去的材料一起删_交上去的留着(gateway: Served, proofs_path: Path) -> None:
    citizen = gateway.citizen()
    send(citizen, A_PDF)
    assert citizen.http.delete("/v1/web/me").status_code == 204
    assert list(proofs_path.iterdir()) == []
    applicant = gateway.citizen()
    kept = send(applicant, A_PDF).json()
    apply(applicant.http)
    applicant.http.delete("/v1/web/me")
    assert [one.name for one in proofs_path.iterdir()] == [kept["id"].replace("-", "")]


def test_四十份以后不能再传(gateway: Served) -> None:
    citizen = gateway.citizen()
    for _ in range(40):
        assert send(citizen, A_PDF).status_code == 201
    assert_problem(send(citizen, A_PDF), 409, "too_many_files")


def test_没有申请的材料一个月后清掉_有申请的留着(serve: Serve, proofs_path: Path, clock: Clock) -> None:
    with serve(ScriptedDialogue(), proofs_path=proofs_path) as gateway:
        send(gateway.citizen(), A_PDF)
        applicant = gateway.citizen()
        kept = send(applicant, A_PDF).json()
        apply(applicant.http)
    clock.forward(days=31)
    with serve(ScriptedDialogue(), proofs_path=proofs_path):
        wait_for(lambda: len(list(proofs_path.iterdir())) == 1)
    assert [one.name for one in proofs_path.iterdir()] == [kept["id"].replace("-", "")]


@pytest.mark.parametrize("document", ["application-form", "hardship-statement", "home-visit"])
@pytest.mark.parametrize(("format_", "starts"), [("pdf", b"%PDF-"), ("docx", b"PK")], ids=["pdf", "docx"])
def test_申请表_发的人和工作人员拿得到_知道编号和后四位也拿不到(
    gateway: Served, document: str, format_: str, starts: bytes
) -> None:
    citizen, operator = gateway.citizen(), gateway.operator()
    sent: dict[str, Any] = apply(citizen.http).json()
    path = f"/v1/applications/{sent['number']}/documents/{document}.{format_}"
    mine = citizen.http.get(path)
    assert mine.status_code == 200 and mine.content.startswith(starts)
    assert mine.headers["content-disposition"].startswith("attachment; filename=")
    desk = operator.get(f"{DESK}/{find(operator, sent['number'])['id']}/documents/{document}.{format_}")
    assert desk.content.startswith(starts)
    assert_problem(gateway.citizen().http.get(path), 404, "not_found")
    assert_problem(gateway.http().get(path, headers={"Phone-Tail": "1234"}), 401, "session_invalid")
