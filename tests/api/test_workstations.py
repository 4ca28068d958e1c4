"""Finding a station over HTTP, and the page of each."""

import httpx
import pytest

from hotline.workstations import Confidence, Service, Station, StationType
from store.unit_of_work import OpenUow
from tests.api.conftest import Serve
from tests.api.gateway import ScriptedDialogue, Served, assert_problem
from tests.conftest import MONDAY_MORNING

FULL = Station(
    "340104-center", StationType.CENTER, "蜀山区法律援助中心", "340104", (Service.CONSULT, Service.APPLY), Confidence.VERIFIED, "样例",
    address="样例路1号", phone="0551-00000000", hours="工作日 9:00-12:00", scope="法律援助法第三十一条所列事项", materials="身份证等",
    time_limit="七日内审查", supervision="区司法局", promise="首问负责", ground_floor=True, lat=31.85, lng=117.25,
)  # fmt: skip


def get(gateway: Served, path: str, **params: str | list[str]) -> httpx.Response:
    with gateway.http() as http:
        return http.get(f"/v1/workstations{path}", params=params)


def test_没有来源的中心_缺的是空_让人先拨12348(gateway: Served) -> None:
    found = get(gateway, "", region="340104").json()
    first = found["stations"][0]
    assert first["name"] == "合肥市蜀山区法律援助中心"
    assert (first["address"], first["phone"], first["opening"], first["km"], first["verified"]) == (
        None,
        None,
        None,
        None,
        False,
    )
    assert not found["ask_safe_place"] and found["bring"]


def test_申请带什么按事项来(gateway: Served) -> None:
    wages = get(gateway, "", region="340104", purpose="apply", matter="M05A").json()
    assert len(wages["bring"]) > 2 and "干活的地方" in wages["stations"][0]["why"]


def test_家暴先问哪里安全_不给地址(gateway: Served) -> None:
    found = get(gateway, "", region="340422", matter="N04", lat="32.57", lng="116.78").json()
    assert found["ask_safe_place"]
    assert [one["address"] for one in found["stations"]] == [None]


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"region": "999999"}, 404, "division_unknown"),
        ({"region": "340104", "home": "999999", "purpose": "apply"}, 404, "division_unknown"),
        ({"region": "340104", "purpose": "dance"}, 422, "malformed"),
        ({"region": "340104", "lat": "北", "lng": "1"}, 422, "malformed"),
        ({}, 422, "malformed"),
    ],
)
def test_问得不对(gateway: Served, params: dict[str, str], status: int, code: str) -> None:
    assert_problem(get(gateway, "", **params), status, code)


def test_站点页_缺一项就不算公示(gateway: Served) -> None:
    page = get(gateway, "/340104-center").json()
    assert [item["name"] for item in page["items"]] == [
        "援助范围",
        "申请材料",
        "办理时限",
        "值班律师",
        "监督方式",
        "联系电话",
        "服务承诺",
    ]
    assert all(item["text"] is None for item in page["items"]) and not page["published"]
    assert "12348" in page["note"]


def test_不对外的站没有页(gateway: Served) -> None:
    assert_problem(get(gateway, "/510000-center"), 404, "station_unknown")
    assert_problem(get(gateway, "/随便"), 404, "station_unknown")


def test_导入齐全的站_开不开_怎么去_都说(serve: Serve, dialogue: ScriptedDialogue, open_sqlite: OpenUow) -> None:
    with open_sqlite() as uow:
        uow.workstations.put([FULL], MONDAY_MORNING)
    with serve(dialogue) as gateway:
        first = get(gateway, "", region="340104", lat="31.86", lng="117.25").json()["stations"][0]
        assert (first["address"], first["opening"], first["access"], first["km"]) == (
            "样例路1号",
            "现在开着，到12:00",
            "在一层",
            1.1,
        )
        assert first["map"].startswith("https://uri.amap.com/marker?")
        page = get(gateway, "/340104-center").json()
        assert [item["name"] for item in page["items"] if item["text"] is None] == ["值班律师"]
        assert page["kinds"] == ["窗口", "电话", "网上"]
