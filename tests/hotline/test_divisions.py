"""Divisions: the codes of GB/T 2260 and the names people use."""

import re
from pathlib import Path

import pytest

from eligibility import Law
from hotline import divisions
from hotline.divisions import Division, DivisionsInvalid, DivisionUnknown, Level


def test_省市县都在_三省的县是全的() -> None:
    by_level = {level: [d for d in divisions.divisions().values() if d.level is level] for level in Level}
    assert (len(by_level[Level.PROVINCE]), len(by_level[Level.CITY])) == (34, 333)
    counties = {
        province: sum(d.code.startswith(province) for d in by_level[Level.COUNTY]) for province in ("34", "51", "53")
    }
    assert counties == {"34": 104, "51": 183, "53": 129}


def test_代码和上级对得上() -> None:
    for division in divisions.divisions().values():
        assert re.fullmatch(r"\d{6}", division.code)
        assert division.code.endswith("0000") == (division.level is Level.PROVINCE)
        if division.parent is not None:
            assert division.code.startswith(division.parent.rstrip("0")[:2])
            parent = divisions.get(division.parent)
            assert parent.level is not Level.COUNTY
            assert parent.level is Level.PROVINCE or division.code[:4] == parent.code[:4]


def test_开发区不是行政区划() -> None:
    assert not {"340171", "340176", "340271", "511071"} & divisions.divisions().keys()
    assert not any("开发区" in division.name for division in divisions.divisions().values())


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("340104", "安徽省合肥市蜀山区"),
        ("532328", "云南省楚雄彝族自治州元谋县"),
        ("510000", "四川省"),
        ("500238", "重庆市巫溪县"),
    ],
)
def test_全名(code: str, name: str) -> None:
    assert divisions.full_name(code) == name


def test_上级从省往下() -> None:
    assert [d.name for d in divisions.parents("340104")] == ["安徽省", "合肥市"]
    assert divisions.parents("530000") == ()
    assert divisions.get("340104") == Division("340104", "蜀山区", Level.COUNTY, "340100")


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("蜀山区", ["340104"]),
        ("安徽省合肥市蜀山区", ["340104"]),
        ("市中区", ["511002", "511102"]),
        ("无为县", ["340281"]),
        ("郫县", ["510117"]),
        ("三山区", ["340209"]),
        ("没有的县", []),
    ],
)
def test_按名字找(name: str, codes: list[str]) -> None:
    assert [division.code for division in divisions.find(name)] == codes


def test_没有的代码不猜() -> None:
    with pytest.raises(DivisionUnknown, match="999999"):
        divisions.full_name("999999")


def test_旧名和功能区都指向现有的区划() -> None:
    raw = divisions._raw()
    targets = [a["code"] for a in raw["aliases"]] + [z["region"] for z in raw["zones"]]
    targets += [code for pair in raw["former_parents"].items() for code in pair]
    assert set(targets) <= divisions.divisions().keys()


def test_每个地区资格规则都认() -> None:
    law = Law.load()
    for code in divisions.divisions():
        law.check_region(code)


def test_代码和金额一样加引号_否则会变成数字() -> None:
    text = Path(divisions.FILE).read_text(encoding="utf-8")
    assert not re.search(r"(?m)[:{\s](?<!\")\d{6}(?!\")\s*:", text)


def test_别的省加上区县就能用() -> None:
    tree = {"330000": {"name": "浙江省", "cities": {"330100": {"name": "杭州市", "counties": {"330106": "西湖区"}}}}}
    assert divisions.read(tree)["330106"] == Division("330106", "西湖区", Level.COUNTY, "330100")


@pytest.mark.parametrize(
    ("counties", "told"),
    [({"340104": "蜀山区"}, "move it"), ({330106: "西湖区"}, "quotation"), ({"330100": "杭州"}, "twice")],
)
def test_写错的区划不收(counties: dict[str, str], told: str) -> None:
    tree = {"330000": {"name": "浙江省", "cities": {"330100": {"name": "杭州市", "counties": counties}}}}
    with pytest.raises(DivisionsInvalid, match=told):
        divisions.read(tree)
