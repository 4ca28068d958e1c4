"""Where to go: sourced stations, derived centres, and who is sent where."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from hotline import divisions, workstations
from hotline.divisions import DivisionUnknown
from hotline.errors import NotFound
from hotline.workstations import (
    FILE,
    UNVERIFIED,
    Confidence,
    Directory,
    Service,
    Station,
    StationsInvalid,
    StationType,
    centre_for,
    match,
    read_stations,
    station,
)

MILITARY = Station(
    "340104-military", StationType.MILITARY, "某军人军属工作站", "340104", (Service.CONSULT, Service.PRE_REVIEW), Confidence.VERIFIED, "样例"
)  # fmt: skip
VISITED = Station(
    "340104-center", StationType.CENTER, "蜀山区法律援助中心", "340104", (Service.CONSULT, Service.APPLY), Confidence.VERIFIED, "样例",
    address="样例路1号", verified_on=date(2026, 11, 1),
)  # fmt: skip


def test_每个地方都有中心_没有来源的不编地址电话() -> None:
    sourced = {one.division_code for one in read_stations(FILE) if one.type is StationType.CENTER and one.public}
    for code in divisions.divisions():
        centre = centre_for(code)
        assert centre.accepts, code
        if code not in sourced:
            assert (centre.address, centre.phone, centre.hours) == (None, None, None)
            assert (centre.verified, centre.note) == (False, UNVERIFIED)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("340104", "合肥市蜀山区法律援助中心"),
        ("340121", "长丰县法律援助中心"),
        ("340181", "巢湖市法律援助中心"),
        ("530126", "石林彝族自治县法律援助中心"),
        ("510100", "成都市法律援助中心"),
        ("340422", "寿县法律援助中心便民服务大厅"),
        ("340800", "安庆市法律援助中心"),
    ],
)
def test_中心的名字(code: str, name: str) -> None:
    assert centre_for(code).name == name


def test_目录里的每个号码都出自调查_时间都缺() -> None:
    listed = read_stations(FILE)
    assert {one.phone for one in listed if one.phone} == {"0556-12348", "0818-2181511", "023-51512810"}
    assert all(one.hours is None and one.source for one in listed)
    assert all(not one.verified for one in listed), "nobody of the agency has checked any of them yet"


def test_来源不确定的地址不对外() -> None:
    assert centre_for("510000").address is None
    assert station("510000-center").public is False
    for code in ("510000", "510100", "510104"):
        assert all("上翔街" not in str(one) for one in match("consult", code))


def test_凭编号找得回推荐过的中心() -> None:
    assert station(centre_for("340104").id) == centre_for("340104")
    with pytest.raises(NotFound):
        station("340104-court")
    with pytest.raises(NotFound):
        station("999999-center")


def test_咨询先给县里的_再往上推() -> None:
    found = match("consult", "340104")
    assert [one.station.division_code for one in found] == ["340104", "340100", "340000"]
    assert all(one.why for one in found)


def test_有公共法律服务中心的排在上级中心前面() -> None:
    assert [one.station.id for one in match("consult", "530303")] == [
        "530303-center",
        "530303-public_center",
        "530300-public_center",
    ]
    assert [one.station.type for one in match("apply", "530303")] == [StationType.CENTER] * 3, (
        "they give advice, they take no applications"
    )


@pytest.mark.parametrize("region", ["340104", "340100", "340000", "110000", "530303", "500238", "429004"])
@pytest.mark.parametrize("purpose", ["consult", "apply"])
def test_总有一到三个去处(region: str, purpose: workstations.Purpose) -> None:
    assert 1 <= len(match(purpose, region)) <= 3


def test_申请说清向哪里申请() -> None:
    wages = match("apply", "340104", "M05A", frozenset({"migrant_worker"}))[0]
    assert "受理" in wages.why and "干活的地方" in wages.why and "绿色通道" in wages.why
    assert "事情发生地" in match("apply", "340104", "M07B")[0].why
    detained = match("apply", "340104", "C01", frozenset({"detained"}))[0]
    assert "办案机关" in detained.why and "看守所" in detained.why


@pytest.mark.parametrize(("matter", "groups"), [("N04", frozenset()), (None, frozenset({"domestic_violence"}))])
def test_家暴不按远近推荐_先问哪里安全(matter: str | None, groups: frozenset[str]) -> None:
    (only,) = match("apply", "340422", matter, groups)
    assert only.ask_safe_place
    assert only.station.address is None
    assert only.station.division_code == "340400"
    assert "安全" in only.why and "110" in only.why
    safe = match("apply", "340422", matter, groups, safe_region="340800")
    assert safe[0].station.id == "340800-center" and not safe[0].ask_safe_place


def test_没核对过的地址要提醒先打电话() -> None:
    found = match("consult", "341302")[0]
    assert found.station.address == "淮河路原埇桥区法院一楼"
    assert "2022年" in found.why and "12348" in found.why


def test_核对过的站不再说待核_九十天后要复核() -> None:
    found = Directory([VISITED]).match("consult", "340104")[0]
    assert found.station.verified and found.station.note is None and "12348" not in found.why
    assert not VISITED.due_for_check(date(2027, 1, 30))
    assert VISITED.due_for_check(date(2027, 1, 31))
    assert VISITED.missing() == ("phone", "hours")


def test_军人军属站只推荐给军人军属() -> None:
    directory = Directory([MILITARY])
    ids = [one.station.id for one in directory.match("apply", "340104", None, frozenset({"soldier_family"}))]
    assert ids[:2] == ["340104-center", "340104-military"]
    assert "340104-military" not in [one.station.id for one in directory.match("apply", "340104")]


def test_没有的地区不猜() -> None:
    with pytest.raises(DivisionUnknown):
        match("consult", "999999")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"division_code": "999999"}, "no division"),
        ({"source": None}, "no source"),
        ({"type": "teahouse"}, "teahouse"),
        ({"accepts": ["decide"]}, "decide"),
        ({"phones": "1"}, "no such field"),
    ],
)
def test_写错的站点不收_并说怎么改(tmp_path: Path, change: dict[str, object], message: str) -> None:
    entry = yaml.safe_load(FILE.read_text(encoding="utf-8"))["stations"][0]
    path = tmp_path / "stations.yaml"
    path.write_text(yaml.safe_dump({"stations": [{**entry, **change}]}, allow_unicode=True), encoding="utf-8")
    with pytest.raises(StationsInvalid, match=message):
        read_stations(path)


def test_编号不能重复(tmp_path: Path) -> None:
    entry = yaml.safe_load(FILE.read_text(encoding="utf-8"))["stations"][0]
    path = tmp_path / "stations.yaml"
    path.write_text(yaml.safe_dump({"stations": [entry, entry]}, allow_unicode=True), encoding="utf-8")
    with pytest.raises(StationsInvalid, match="twice"):
        read_stations(path)


def test_给市民看的话里没有看不懂的代号() -> None:
    for purpose in ("consult", "apply"):
        for one in match(purpose, "340104", "M05A", frozenset({"migrant_worker", "disabled"})):
            assert not re.search(r"[A-Za-z_]", one.why)
