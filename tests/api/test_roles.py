"""What each role may do over HTTP: the table of hotline/permissions.py, route by route, and what follows from it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import APIRoute

from api import outbox
from api.app import create_app
from api.console import (
    application_review,
    applications,
    appointments,
    complaints,
    handoffs,
    ledger,
    record,
    reports,
    sessions,
    words,
    work_orders,
)
from api.gateway import Allowed
from hotline import operators
from hotline.permissions import MAY, PERMISSION_WORDS, ROLE_WORDS, Permission, Role
from store.unit_of_work import OpenUow
from tests.api.conftest import Serve
from tests.api.gateway import Citizen, ScriptedDialogue, Served, assert_problem, settings_for
from tests.api.test_applications import DESK, apply, find
from tests.conftest import Clock

PASSWORD = "每个人自己的口令"
HASH = operators.hash_password(PASSWORD)


@pytest.fixture
def served(serve: Serve, open_sqlite: OpenUow, clock: Clock) -> Iterator[Served]:
    """A gateway where each role has a login of its name."""
    with open_sqlite() as uow:
        for role in Role:
            operators.enrol(uow, role.value, HASH, ROLE_WORDS[role], clock(), role)
    with serve(ScriptedDialogue()) as gateway:
        yield gateway


DESKS = (
    application_review,
    applications,
    appointments,
    complaints,
    handoffs,
    ledger,
    record,
    reports,
    sessions,
    words,
    work_orders,
)
ROUTERS = [one.router for one in (outbox, *DESKS)]
type Routes = list[tuple[str, str, Permission | None]]


@pytest.fixture(scope="module")
def console_routes(indexed_once: None, migrated_file: Path) -> Routes:
    """Method, path and permission of every route for staff, as the app has them."""

    def permissions(dependant: Any) -> Iterator[Permission]:
        if isinstance(dependant.call, Allowed):
            yield dependant.call.permission
        for inner in dependant.dependencies:
            yield from permissions(inner)

    found: Routes = []
    for route in (route for router in ROUTERS for route in router.routes):
        if isinstance(route, APIRoute) and route.path.startswith("/v1/console"):
            wanted = [*permissions(route.dependant)]
            assert len(wanted) <= 1, route.path
            found += [(method, route.path, wanted[0] if wanted else None) for method in sorted(route.methods or ())]
    documented = create_app(settings_for(f"sqlite:///{migrated_file}")).openapi()["paths"]
    assert {path for path in documented if path.startswith("/v1/console")} == {path for _, path, _ in found}
    return found


def test_每条工作台的路都写明要什么权限_登录退出除外(console_routes: Routes) -> None:
    routes = console_routes
    assert {path for _, path, permission in routes if permission is None} == {"/v1/console/sessions"}
    assert {permission for *_, permission in routes if permission} == set(Permission)
    assert PERMISSION_WORDS.keys() == set(Permission) and ROLE_WORDS.keys() == MAY.keys() == set(Role)


@pytest.mark.parametrize("role", Role, ids=list(ROLE_WORDS.values()))
def test_没有权限的一律403_说清楚是哪一项_有权限的不拦(served: Served, console_routes: Routes, role: Role) -> None:
    staff = served.operator(role.value, PASSWORD)
    for method, path, permission in console_routes:
        if permission is None:
            continue
        filled = path.replace("{document}", "home-visit").replace("{format_}", "pdf").replace("{period}", "2026-11")
        answered = staff.request(method, re.sub(r"\{\w+\}", str(uuid4()), filled))
        if permission in MAY[role]:
            assert answered.status_code != 403, f"{method} {path}"
        else:
            assert_problem(answered, 403, "not_permitted")
            assert PERMISSION_WORDS[permission] in answered.json()["detail"]


def test_登录就知道自己是什么权限(served: Served) -> None:
    opened = served.http().post("/v1/console/sessions", json={"login": "auditor", "password": PASSWORD}).json()
    assert (opened["role"], opened["may"]) == ("auditor", ["audit", "report"])


def test_值班人员代填_不能审查_审查人员审查_异议的结果由值班长登记(served: Served) -> None:
    number = apply(served.http()).json()["number"]
    operator, reviewer, supervisor = (served.operator(one, PASSWORD) for one in ("operator", "reviewer", "supervisor"))
    path = f"{DESK}/{find(operator, number)['id']}"
    decision = {"granted": False, "reason": "不在事项内"}
    for act, body in (("accept", {}), ("decision", decision), ("reveal", {"reason": "想看看"})):
        assert_problem(operator.post(f"{path}/{act}", json=body), 403, "not_permitted")
    assert operator.get(path).json()["status"] == "submitted"
    assert reviewer.post(f"{path}/decision", json=decision).json()["status"] == "refused"
    told = {"words": "电话里说不服", "received_on": "2026-11-23"}
    assert operator.post(f"{path}/objection", json=told).json()["status"] == "objected"
    settled = {"upheld": False, "reason": "属于事项范围"}
    assert_problem(reviewer.post(f"{path}/objection/decision", json=settled), 403, "not_permitted")
    assert supervisor.post(f"{path}/objection/decision", json=settled).json()["status"] == "accepted"


def test_替打电话的人预约_也要有接待的权限(served: Served) -> None:
    citizen = served.citizen()
    body = {"slot_id": "340104-center@20261124T0100Z@window"}
    where = {"conversation_id": citizen.session_id}
    refused = served.operator("auditor", PASSWORD).post(
        "/v1/appointments", params=where, json=body, headers={"Idempotency-Key": "1"}
    )
    assert_problem(refused, 403, "not_permitted")


def test_锁了的台账_值班人员打不开_值班长打得开(served: Served) -> None:
    operator, supervisor = served.operator("operator", PASSWORD), served.operator("supervisor", PASSWORD)
    entry = {"channel": "phone", "topic": "wages", "told_right_to_apply": True}
    row = operator.post("/v1/console/ledger", json=entry).raise_for_status().json()
    path = f"/v1/console/ledger/{row['id']}"
    assert operator.post(f"{path}/lock").json()["locked_at"]
    assert_problem(operator.post(f"{path}/reopen"), 403, "not_permitted")
    assert supervisor.post(f"{path}/reopen").json()["locked_at"] is None


def acts(auditor: httpx.Client, **wanted: Any) -> list[tuple[str, str]]:
    return [(one["actor"], one["act"]) for one in auditor.get("/v1/console/record", params=wanted).json()]


def test_审计人员看得到谁看过什么_看不到案件_自己看过也留痕(served: Served) -> None:
    auditor, operator = served.operator("auditor", PASSWORD), served.operator("operator", PASSWORD)
    entry = {"channel": "phone", "citizen_name": "申请人甲"}
    row = operator.post("/v1/console/ledger", json=entry).raise_for_status().json()
    operator.post(f"/v1/console/ledger/{row['id']}/reveal", json={"reason": "call_back"}).raise_for_status()
    assert acts(auditor, subject=row["number"]) == [
        ("operator", "consultation.opened"),
        ("operator", "personal_data.revealed"),
    ]
    assert acts(auditor, actor="operator", act="personal_data.revealed") == [("operator", "personal_data.revealed")]
    assert acts(auditor, since="2026-11-24T00:00:00+08:00") == []
    assert ("auditor", "record.read") in acts(auditor, actor="auditor")
    (first,) = auditor.get("/v1/console/record", params={"limit": 1}).json()
    (second,) = auditor.get("/v1/console/record", params={"limit": 1, "after": first["seq"]}).json()
    assert second["seq"] == first["seq"] + 1 and "申请人甲" not in str(first) + str(second)


def test_停用的工号_登录着也马上退出_再也进不来_换了权限马上算数(
    served: Served, open_sqlite: OpenUow, clock: Clock
) -> None:
    lawyer, operator = served.operator("lawyer", PASSWORD), served.operator("operator", PASSWORD)
    with open_sqlite() as uow:
        operators.close(uow, "lawyer", clock())
        operators.change_role(uow, "operator", Role.AUDITOR, clock())
    assert_problem(lawyer.get("/v1/console/handoffs"), 401, "login_refused")
    again = served.http().post("/v1/console/sessions", json={"login": "lawyer", "password": PASSWORD})
    assert_problem(again, 401, "login_refused")
    assert_problem(operator.get("/v1/console/handoffs"), 403, "not_permitted")
    assert ("system", "operator.closed") in acts(operator, subject="lawyer")


def test_来询人的令牌不是工号(served: Served) -> None:
    citizen: Citizen = served.citizen()
    assert_problem(citizen.http.get("/v1/console/record"), 401, "login_refused")
