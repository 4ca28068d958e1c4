"""Where to go: sourced stations, derived centres, and who is sent where."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from hotline import divisions
from hotline.divisions import DivisionUnknown
from hotline.errors import NotFound
from hotline.storage import UnitOfWork
from hotline.workstations import (
    FILE,
    UNVERIFIED,
    Confidence,
    Service,
    Station,
    StationsInvalid,
    StationType,
    Visit,
    centre_for,
    public_items,
    read_stations,
    record_of,
    station,
    station_from,
)
from hotline.workstations_matching import Purpose, Recommendation, Search
from hotline.workstations_matching import match as match_at
from store.unit_of_work import OpenUow
from tests.conftest import MONDAY_MORNING

MILITARY = Station(
    "340104-military", StationType.MILITARY, "某军人军属工作站", "340104", (Service.CONSULT, Service.PRE_REVIEW), Confidence.VERIFIED, "样例"
)  # fmt: skip
MIGRANT = Station(
    "340104-migrant_worker", StationType.MIGRANT_WORKER, "某农民工工作站", "340104", (Service.CONSULT, Service.PRE_REVIEW), Confidence.VERIFIED, "样例"
)  # fmt: skip
VISITED = Station(
    "340104-center", StationType.CENTER, "蜀山区法律援助中心", "340104", (Service.CONSULT, Service.APPLY), Confidence.VERIFIED, "样例",
    address="样例路1号", verified_on=date(2026, 11, 1),
)  # fmt: skip


MONDAY = MONDAY_MORNING


@pytest.fixture
def uow(open_uow: OpenUow) -> Iterator[UnitOfWork]:
    with open_uow() as opened:
        yield opened


def match(
    uow: UnitOfWork,
    purpose: Purpose,
    region: str,
    matter: str | None = None,
    groups: frozenset[str] = frozenset(),
    **more: Any,
) -> tuple[Recommendation, ...]:
    return match_at(uow, Search(purpose, region, matter, groups, **more), MONDAY)


def ids(found: tuple[Recommendation, ...]) -> list[str]:
    return [one.station.id for one in found]


def test_每个地方都有中心_没有来源的不编地址电话(uow: UnitOfWork) -> None:
    sourced = {one.division_code for one in read_stations(FILE) if one.type is StationType.CENTER and one.public}
    for code in divisions.divisions():
        centre = centre_for(uow, code)
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
def test_中心的名字(uow: UnitOfWork, code: str, name: str) -> None:
    assert centre_for(uow, code).name == name


def test_目录里的每个号码都出自调查_时间都缺() -> None:
    listed = read_stations(FILE)
    assert {one.phone for one in listed if one.phone} == {"0556-12348", "0818-2181511", "023-51512810"}
    assert all(one.hours is None and one.source for one in listed)
    assert all(not one.verified for one in listed), "nobody of the agency has checked any of them yet"


def test_来源不确定的地址不对外(uow: UnitOfWork) -> None:
    assert centre_for(uow, "510000").address is None
    assert station(uow, "510000-center").public is False
    for code in ("510000", "510100", "510104"):
        assert all("上翔街" not in str(one) for one in match(uow, "consult", code))


def test_凭编号找得回推荐过的中心(uow: UnitOfWork) -> None:
    assert station(uow, centre_for(uow, "340104").id) == centre_for(uow, "340104")
    with pytest.raises(NotFound):
        station(uow, "340104-court")
    with pytest.raises(NotFound):
        station(uow, "999999-center")


def test_咨询先给县里的_再往上推(uow: UnitOfWork) -> None:
    found = match(uow, "consult", "340104")
    assert [one.station.division_code for one in found] == ["340104", "340100", "340000"]
    assert all(one.why for one in found)


def test_有公共法律服务中心的排在上级中心前面(uow: UnitOfWork) -> None:
    assert [one.station.id for one in match(uow, "consult", "530303")] == [
        "530303-center",
        "530303-public_center",
        "530300-public_center",
    ]
    assert [one.station.type for one in match(uow, "apply", "530303")] == [StationType.CENTER] * 3, (
        "they give advice, they take no applications"
    )


@pytest.mark.parametrize("region", ["340104", "340100", "340000", "110000", "530303", "500238", "429004"])
@pytest.mark.parametrize("purpose", ["consult", "apply"])
def test_总有一到三个去处(uow: UnitOfWork, region: str, purpose: Purpose) -> None:
    assert 1 <= len(match(uow, purpose, region)) <= 3


def test_申请说清向哪里申请(uow: UnitOfWork) -> None:
    wages = match(uow, "apply", "340104", "M05A", frozenset({"migrant_worker"}))[0]
    assert "受理" in wages.why and "干活的地方" in wages.why and "绿色通道" in wages.why
    assert "事情发生地" in match(uow, "apply", "340104", "M07B")[0].why
    detained = match(uow, "apply", "340104", "C01", frozenset({"detained"}))[0]
    assert "办案机关" in detained.why and "看守所" in detained.why


@pytest.mark.parametrize(("matter", "groups"), [("N04", frozenset()), (None, frozenset({"domestic_violence"}))])
def test_家暴不按远近推荐_先问哪里安全(uow: UnitOfWork, matter: str | None, groups: frozenset[str]) -> None:
    (only,) = match(uow, "apply", "340422", matter, groups)
    assert only.ask_safe_place
    assert only.station.address is None
    assert only.station.division_code == "340400"
    assert "安全" in only.why and "110" in only.why
    safe = match(uow, "apply", "340422", matter, groups, safe_region="340800")
    assert safe[0].station.id == "340800-center" and not safe[0].ask_safe_place


def test_没核对过的地址要提醒先打电话(uow: UnitOfWork) -> None:
    found = match(uow, "consult", "341302")[0]
    assert found.station.address == "淮河路原埇桥区法院一楼"
    assert "2022年" in found.why and "12348" in found.why


def test_核对过的站不再说待核_九十天后要复核(uow: UnitOfWork) -> None:
    uow.workstations.put([VISITED], MONDAY)
    found = match(uow, "consult", "340104")[0]
    assert found.station.verified and found.station.note is None and "12348" not in found.why
    assert not VISITED.due_for_check(date(2027, 1, 30))
    assert VISITED.due_for_check(date(2027, 1, 31))
    assert VISITED.missing() == ("phone", "hours")


def test_军人军属站只推荐给军人军属_不登记地址(uow: UnitOfWork) -> None:
    uow.workstations.put([MILITARY], MONDAY)
    assert ids(match(uow, "apply", "340104", None, frozenset({"soldier_family"})))[:2] == [
        "340104-center",
        "340104-military",
    ]
    assert "340104-military" not in ids(match(uow, "apply", "340104"))
    with pytest.raises(StationsInvalid, match="不登记地址"):
        station_from({**record_of(MILITARY), "address": "样例路5号"})


def test_咨询时本人群的站排在最前(uow: UnitOfWork) -> None:
    uow.workstations.put([MIGRANT], MONDAY)
    assert ids(match(uow, "consult", "340104", None, frozenset({"migrant_worker"})))[:2] == [
        "340104-migrant_worker",
        "340104-center",
    ]
    assert "340104-migrant_worker" not in ids(match(uow, "consult", "340104"))


def test_公司来问_给园区和公共法律服务中心(uow: UnitOfWork) -> None:
    park = replace(MIGRANT, id="340104-park", type=StationType.ENTERPRISE_PARK, accepts=(Service.CONSULT,))
    uow.workstations.put([park], MONDAY)
    found = match(uow, "consult", "340104", None, frozenset({"organisation"}))
    assert found[0].station.id == "340104-park" and "公司" in found[0].why
    assert "公共法律服务中心" in found[1].why


def test_导入的站顶替同编号的(uow: UnitOfWork) -> None:
    assert centre_for(uow, "340800").address == "菱湖北路30号"
    mine = replace(VISITED, id="340800-center", division_code="340800", name="安庆市法律援助中心", address="样例路2号")
    uow.workstations.put([mine], MONDAY)
    assert centre_for(uow, "340800").address == "样例路2号"
    assert station(uow, "340800-center").address == "样例路2号"
    assert ids(match(uow, "consult", "340800")).count("340800-center") == 1


def test_不公开的站不推荐(uow: UnitOfWork) -> None:
    uow.workstations.put([replace(VISITED, public=False)], MONDAY)
    assert match(uow, "consult", "340104")[0].station.address is None


NEAR = replace(VISITED, id="a-near", type=StationType.JUSTICE_OFFICE, lat=31.85, lng=117.25, address="样例路3号")
FAR = replace(NEAR, id="b-far", lat=31.95, lng=117.25)
BEYOND = replace(NEAR, id="c-beyond", lat=33.5, lng=117.25)


def test_给了位置_按远近_说多少公里_太远的不算近(uow: UnitOfWork) -> None:
    uow.workstations.put([FAR, NEAR, BEYOND], MONDAY)
    found = match(uow, "consult", "340104", near=(31.86, 117.25))
    assert ids(found) == ["a-near", "b-far", "340104-center"]
    assert found[0].km is not None and round(found[0].km, 1) == 1.1
    assert found[2].km is None, "没有坐标就不编距离"
    assert match(uow, "consult", "340104")[0].km is None


def test_申请先给受理的中心_再给近的(uow: UnitOfWork) -> None:
    office = replace(NEAR, accepts=(Service.PRE_REVIEW,))
    uow.workstations.put([office], MONDAY)
    assert ids(match(uow, "apply", "340104", near=(31.86, 117.25)))[:2] == ["340104-center", "a-near"]


def test_家暴给了位置也不按远近(uow: UnitOfWork) -> None:
    uow.workstations.put([NEAR], MONDAY)
    asked = match(uow, "consult", "340104", "N04", near=(31.85, 117.25))
    assert asked[0].ask_safe_place and asked[0].station.map_link is None
    safe = match(uow, "consult", "340104", "N04", near=(31.85, 117.25), safe_region="340800", home="340104")
    assert "a-near" not in ids(safe) and "340104-center" not in ids(safe) and safe[0].station.id == "340800-center"


def test_事情在外地_也给住处的中心帮忙(uow: UnitOfWork) -> None:
    found = match(uow, "apply", "340104", "M05A", home="341500")
    assert [one.station.division_code for one in found][:2] == ["340104", "341500"]
    assert "住的地方" in found[1].why


def test_川渝可以就近申请(uow: UnitOfWork) -> None:
    assert "四川、重庆" in match(uow, "apply", "510106")[0].why
    assert "四川、重庆" not in match(uow, "apply", "340104")[0].why


MOBILE = Station(
    "340121-mobile", StationType.MOBILE, "长丰县流动工作站", "340121", (Service.CONSULT, Service.APPLY), Confidence.VERIFIED, "样例",
    schedule=(Visit(date(2026, 11, 20), time(9), time(11), "甲村"), Visit(date(2026, 11, 25), time(9), time(11, 30), "乙村")),
)  # fmt: skip


def test_流动站说下一站_走完了就不再出现(uow: UnitOfWork) -> None:
    uow.workstations.put([MOBILE], MONDAY)
    (found,) = [one for one in match(uow, "consult", "340121") if one.station.id == "340121-mobile"]
    assert found.station.where(MONDAY) == "11月25日（周三）上午9:00到11:30，乙村"
    opening = found.station.opening(MONDAY)
    assert opening is not None and opening.words == "现在不开，下次11月25日（周三）上午9:00"
    afterwards = datetime(2026, 11, 25, 4, tzinfo=UTC)
    assert "340121-mobile" not in ids(match_at(uow, Search("consult", "340121"), afterwards))


def test_七项公示_缺的是缺_不编(uow: UnitOfWork) -> None:
    full = replace(
        VISITED, scope="见法律援助法第三十一条", materials="身份证", time_limit="七日内审查",
        supervision="向区司法局投诉", phone="0551-00000000", promise="首问负责",
    )  # fmt: skip
    assert [item.name for item in public_items(full, "样例律师")] == [
        "援助范围", "申请材料", "办理时限", "值班律师", "监督方式", "联系电话", "服务承诺",
    ]  # fmt: skip
    assert all(item.text for item in public_items(full, "样例律师"))
    missing = [item.name for item in public_items(centre_for(uow, "340104"), None) if item.text is None]
    assert len(missing) == 7


def test_地图_有坐标用坐标_没有就用地址_都没有就没有() -> None:
    pinned = replace(VISITED, lat=31.85, lng=117.25).map_link
    assert pinned is not None and "position=117.25%2C31.85" in pinned
    named = VISITED.map_link
    assert named is not None and "keyword=%E5%AE%89%E5%BE%BD" in named
    assert replace(VISITED, address=None).map_link is None


def test_无障碍_知道才说() -> None:
    assert replace(VISITED, ground_floor=True, barrier_free=False).access == "在一层，没有无障碍设施"
    assert VISITED.access is None


def test_一个站写成记录再读回来_一样() -> None:
    everything = replace(MOBILE, extended_until=time(20), services=("调解",), languages=("彝语",), lat=31.8, lng=117.2)
    for one in (MILITARY, VISITED, MOBILE, everything):
        assert station_from(record_of(one)) == one


def test_没有的地区不猜(uow: UnitOfWork) -> None:
    with pytest.raises(DivisionUnknown):
        match(uow, "consult", "999999")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"division_code": "999999"}, "999999.*divisions.yaml"),
        ({"source": None}, "缺来源；请补上"),
        ({"type": "teahouse"}, "teahouse.*可以填"),
        ({"accepts": ["decide"]}, "decide.*可以填"),
        ({"phones": "1"}, "phones.*对照模板"),
        ({"hours": "看情况"}, "看情况.*请写成"),
        ({"lat": 31.8}, "纬度和经度"),
        ({"lat": 117.2, "lng": 31.8}, "不在中国境内"),
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
    with pytest.raises(StationsInvalid, match="重复"):
        read_stations(path)


def test_给市民看的话里没有看不懂的代号(uow: UnitOfWork) -> None:
    for purpose in ("consult", "apply"):
        for one in match(uow, purpose, "340104", "M05A", frozenset({"migrant_worker", "disabled"})):
            assert not re.search(r"[A-Za-z_]", one.why)
