"""What citizens decide about their data, and that nobody reads it in passing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.dialogue import Turn
from store.backup import back_up
from store.unit_of_work import connect
from tests.api.conftest import Serve
from tests.api.gateway import Citizen, Heard, ScriptedDialogue, Served, assert_problem, message, rows, turn
from tests.api.test_applications import resident
from tests.hotline.test_proofs import A_PDF

NAME, PHONE, WORDS, EMPLOYER = "欧阳测试", "13900000009", "我家住在柳树巷", "某某建筑劳务公司"
MOTHER, MOTHERS_PHONE, IDENTITY = "诸葛测试", "13900000017", resident("34010420150301001")
SECRETS = (NAME, PHONE, WORDS, EMPLOYER, "柳树巷", MOTHER, MOTHERS_PHONE, IDENTITY)


def decide(citizen: Citizen, purpose: str, given: bool, version: str = "2026-11-22") -> Any:
    body = {"purpose": purpose, "given": given, "notice_version": version}
    return citizen.http.post("/v1/web/consents", json=body)


def test_只咨询不用同意什么_不用说是谁(gateway: Served) -> None:
    citizen = gateway.citizen()
    assert citizen.ask("离婚要分居多久")
    mine = citizen.http.get("/v1/web/me").json()
    assert (mine["consents"], mine["applications"], mine["ledger"]["citizen_name"]) == ([], [], None)


def test_告知有版本_逐项同意_敏感的单列理由和影响(gateway: Served) -> None:
    notice = gateway.citizen().http.get("/v1/web/privacy-notice").json()
    assert notice["version"] == "2026-11-22" and "随时" in notice["text"]
    sensitive = {one["purpose"] for one in notice["purposes"] if one["sensitive"]}
    assert {"health", "identity_document", "violence", "evidence", "location", "bank_account"} <= sensitive
    assert all(one["why"] and one["effect"] for one in notice["purposes"])


def test_同意_再说一遍还是一条_撤回另记一条(gateway: Served) -> None:
    citizen = gateway.citizen()
    for given in (True, True, False):
        assert decide(citizen, "call_back", given).status_code == 201
    said = citizen.http.get("/v1/web/me").json()["consents"]
    assert [(one["purpose"], one["given"]) for one in said] == [("call_back", True), ("call_back", False)]


def test_没有这项用途_告知换了版本_都说清楚(gateway: Served) -> None:
    citizen = gateway.citizen()
    assert_problem(decide(citizen, "广告", True), 422, "unknown_word")
    assert_problem(decide(citizen, "call_back", True, "2020-01"), 409, "notice_outdated")
    assert citizen.http.get("/v1/web/me").json()["consents"] == []


def known(heard: Heard) -> Turn:
    """The bot says a name and keeps it."""
    return turn(message(f"{NAME}，您说：{heard.text}"), applicant_name=NAME, applicant_phone=PHONE)


@pytest.fixture
def alone(serve: Serve, tmp_path: Path) -> Iterator[Served]:
    """A gateway whose database nobody else writes to."""
    with serve(ScriptedDialogue(known), proofs_path=tmp_path / "proofs") as served:
        yield served


def plant(served: Served) -> Citizen:
    """Somebody tells everything, at every entrance there is."""
    citizen, desk = served.citizen(), served.operator()
    citizen.ask(f"{WORDS}，我叫{NAME}，电话{PHONE}")
    citizen.http.post("/v1/web/ratings", json={"score": 1, "comment": f"{NAME}不满意"}).raise_for_status()
    body = {"words": f"{WORDS}，{EMPLOYER}", "name": NAME, "phone": PHONE, "wish": "退钱"}
    citizen.http.post("/v1/web/complaints", json=body, headers={"Idempotency-Key": "1"}).raise_for_status()
    entry = {"channel": "phone", "citizen_name": NAME, "citizen_phone": PHONE, "opponent": EMPLOYER, "summary": WORDS}
    row = desk.post("/v1/console/ledger", json=entry).raise_for_status().json()
    desk.post("/v1/console/ledger/search", json={"phone": PHONE, "opponent": EMPLOYER}).raise_for_status()
    why = {"reason": "handling", "note": f"给{NAME}回电"}
    desk.post(f"/v1/console/ledger/{row['id']}/reveal", json=why).raise_for_status()
    order = {"kind": "call_back", "reason": "requested", "about": row["number"], "phone": PHONE, "note": WORDS}
    desk.post("/v1/console/work-orders", json=order, headers={"Idempotency-Key": "2"}).raise_for_status()
    served.http().post("/v1/console/sessions", json={"login": PHONE, "password": NAME})
    apply_and_book(served, citizen)
    return citizen


def apply_and_book(served: Served, citizen: Citizen) -> None:
    """Everything that an application and an appointment may say about somebody, and what operators do with it."""
    decide(citizen, "evidence", True)
    proof = A_PDF.replace(b"%%EOF", f"%{NAME} {IDENTITY}\n%%EOF".encode())
    headers = {"Idempotency-Key": "proof-001"}
    citizen.http.post("/v1/web/attachments", params={"kind": "case"}, content=proof, headers=headers).raise_for_status()
    mother = {"name": MOTHER, "phone": MOTHERS_PHONE, "relation": "parent", "ground": "minor"}
    form = {
        "identity_number": IDENTITY, "representative": mother, "guardian_consent": True, "address": f"{WORDS}一号",
        "opponent": EMPLOYER, "summary": f"{EMPLOYER}不发工资", "hardship": {"expenses": WORDS},
        "home_visit": {"address": WORDS, "contact": f"{MOTHER} {MOTHERS_PHONE}", "reason": "下不了楼"},
    }  # fmt: skip
    who = {"consent": True, "applicant_name": NAME, "applicant_phone": PHONE, "matter": "M05A", "region": "340104"}
    headers = {"Idempotency-Key": "apply-001"}
    sent = citizen.http.post("/v1/applications", json={**who, "form": form}, headers=headers).raise_for_status()
    contact = {"name": NAME, "phone": PHONE, "address": WORDS, "reason": f"{NAME}下不了楼"}
    slot = {"slot_id": "340104-center@20261124T0100Z@phone", "contact": contact}
    citizen.http.post("/v1/appointments", json=slot, headers={"Idempotency-Key": "3"}).raise_for_status()
    desk, number = served.operator(), sent.json()["number"]
    (line,) = desk.post("/v1/console/applications/search", json={"identity_number": IDENTITY}).json()
    path = f"/v1/console/applications/{line['id']}"
    desk.post(f"{path}/reveal", json={"reason": f"给{NAME}打电话"}).raise_for_status()
    desk.get(f"{path}/documents/application-form.pdf").raise_for_status()
    decision = {"granted": False, "reason": f"{NAME}的事不在范围内"}
    desk.post(f"{path}/decision", json=decision).raise_for_status()
    tail, objection = {"Phone-Tail": PHONE[-4:]}, {"words": f"{WORDS}，不服"}
    served.http().post(f"/v1/applications/{number}/objection", json=objection, headers=tail).raise_for_status()
    desk.get("/v1/console/appointments", params={"day": "2026-11-24"}).raise_for_status()


def in_clear(raw: bytes) -> list[str]:
    forms = {one: (one.encode(), one.encode("utf-16-le"), ascii(one)[1:-1].encode()) for one in SECRETS}
    return [one for one, written in forms.items() if any(form in raw for form in written)]


def test_库文件_WAL_日志_备份里都没有明文(
    serve: Serve, sqlite_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(ScriptedDialogue(known), proofs_path=tmp_path / "proofs") as alone:
        plant(alone)
        _look_everywhere(sqlite_file, tmp_path)
    logged = "".join(capsys.readouterr())
    assert "http.answered" in logged and in_clear(logged.encode()) == []


def _look_everywhere(sqlite_file: Path, tmp_path: Path) -> None:
    files = [one for one in tmp_path.iterdir() if one.name.startswith(sqlite_file.name)]
    assert {"-wal", "-shm"} <= {one.name.removeprefix(sqlite_file.name) for one in files}
    engine = connect(f"sqlite:///{sqlite_file}")
    counts = back_up(engine, tmp_path / "nightly.backup")
    engine.dispose()
    assert counts["complaints"] == counts["disclosures"] == 1 and counts["work_orders"] == 2
    assert counts["applications"] == counts["appointments"] == counts["proofs"] == 1
    (proof,) = (tmp_path / "proofs").iterdir()
    for file in (*files, proof, tmp_path / "nightly.backup"):
        assert in_clear(file.read_bytes()) == [], file.name


def test_带走的副本里什么都有(alone: Served) -> None:
    copy = plant(alone).http.get("/v1/web/me")
    assert "attachment" in copy.headers["content-disposition"]
    mine = copy.json()
    assert WORDS in mine["messages"][0]["text"] and mine["ratings"][0]["comment"] == f"{NAME}不满意"
    assert mine["complaints"][0]["words"].startswith(WORDS) and mine["ledger"]["number"].startswith("ZX")
    assert mine["applications"][0]["identity_number"] == IDENTITY
    assert [(one["kind"], one["contact"]["phone"]) for one in mine["appointments"]] == [("phone", PHONE)]
    assert [one["kind"] for one in mine["proofs"]] == ["case"]


def test_要求忘掉_话_评语_电话都没了_投诉还在办_记录里看得到删过(alone: Served, sqlite_file: Path) -> None:
    citizen = plant(alone)
    decide(citizen, "call_back", True)
    assert citizen.http.delete("/v1/web/me").status_code == 204
    assert rows(sqlite_file, "SELECT count(*) FROM events") == [(0,)]
    assert rows(sqlite_file, "SELECT comment FROM ratings") == [(None,)]
    mine = "conversation_id IS NOT NULL"
    assert rows(sqlite_file, f"SELECT status, phone FROM work_orders WHERE {mine}") == [("cancelled", None)]
    said = "SELECT given FROM consents WHERE purpose = 'call_back' ORDER BY at, rowid"
    assert rows(sqlite_file, said) == [(1,), (0,)]
    assert rows(sqlite_file, "SELECT count(*) FROM applications, appointments") == [(1,)], "在办的事还在"
    assert rows(sqlite_file, "SELECT status FROM complaints") == [("filed",)]
    assert rows(sqlite_file, "SELECT count(*) FROM audit WHERE act = 'citizen.forgotten'") == [(1,)]
