"""Parameters are validated when loaded; a message names the file, the key and the remedy. Overlays need no fork."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from eligibility import Facts, Law, Outcome, ParameterError, assess
from eligibility.loading import FILES, SHIPPED

HEAD = "description: 测试\nunit: text\nlegal_basis: 测试\n"


def overlay(folder: Path, file: str, body: str) -> Path:
    """Write one overlay file and give its folder."""
    (folder / f"{file}.yaml").write_text(HEAD + body, encoding="utf-8")
    return folder


def test_every_shipped_file_is_read() -> None:
    assert {path.stem for path in SHIPPED.glob("*.yaml")} == set(FILES)


WRONG = {
    "金额没有加引号": (
        "subsistence_allowance_month",
        'values:\n  "340104":\n    2025-07-01: {amount: 1000, source: 测试文件}\n',
        ("subsistence_allowance_month.yaml", "340104: 2025-07-01", "not quoted"),
    ),
    "没有来源": (
        "subsistence_allowance_month",
        'values:\n  "340104":\n    2025-07-01: {amount: "1000"}\n',
        ("subsistence_allowance_month.yaml", "340104: 2025-07-01", "add the document"),
    ),
    "键放错了地方": (
        "subsistence_allowance_month",
        'values:\n  "340104":\n    2025-07-01: {amount: "1000", factor: "2", source: 测试文件}\n',
        ("340104: 2025-07-01", "unknown key factor", "move it where it belongs"),
    ),
    "期间重叠": (
        "subsistence_allowance_month",
        'values:\n  "340104":\n    2025-07-01: {amount: "1", valid_to: 2026-07-01, source: 甲}\n'
        '    2026-07-01: {amount: "2", source: 乙}\n',
        ("340104: 2025-07-01", "overlaps", "2026-06-30"),
    ),
    "期间有空档": (
        "minimum_wage_month",
        'values:\n  "110000":\n    2022-07-01: {amount: "1", valid_to: 2023-06-30, source: 甲}\n'
        '    2024-07-01: {amount: "2", source: 乙}\n',
        ("minimum_wage_month.yaml", "nothing from 2023-07-01 until 2024-07-01", "amount: null"),
    ),
    "地区码不存在": (
        "minimum_wage_month",
        'areas:\n  新区: {regions: ["999999"]}\nvalues:\n  新区:\n    2022-07-01: {amount: "1", source: 甲}\n',
        ("minimum_wage_month.yaml", "999999", "regions.yaml"),
    ),
    "地区码没有加引号": (
        "hardship_standards",
        "values:\n  X-1: {region: 340000, valid_from: 2026-01-01, blocks_older: true, source: 甲}\n",
        ("hardship_standards.yaml", "X-1", "not quoted"),
    ),
    "不知道的金额表": (
        "hardship_standards",
        'values:\n  X-1: {region: "110000", valid_from: 2026-01-01, measure: gdp, operator: lt, source: 甲}\n',
        ("X-1", "measure gdp", "use one of"),
    ),
    "没写含不含本数": (
        "hardship_standards",
        'values:\n  X-1: {region: "110000", valid_from: 2026-01-01, amount: "2000", source: 甲}\n',
        ("X-1", "no operator", "unspecified"),
    ),
    "两个标准同时生效": (
        "hardship_standards",
        'values:\n  X-1: {region: "340000", valid_from: 2024-01-01, amount: "2000", operator: lt, source: 甲}\n',
        ("AH-2017", "X-1", "overlap from 2024-01-01", "valid_to"),
    ),
    "下级比上级严": (
        "hardship_standards",
        'values:\n  X-1: {region: "340402", valid_from: 2024-01-01, measure: subsistence_allowance_month,'
        ' factor: "1.5", operator: lt, source: 甲}\n',
        ("X-1 is stricter than AH-2017", "may only widen"),
    ),
    "日期写成了文字": (
        "minimum_wage_month",
        'values:\n  "110000":\n    "2022-07-01": {amount: "1", source: 甲}\n',
        ("minimum_wage_month.yaml", "110000", "is not a date"),
    ),
    "终止早于起始": (
        "minimum_wage_month",
        'values:\n  "110000":\n    2022-07-01: {amount: "1", valid_to: 2022-06-30, source: 甲}\n',
        ("valid_to 2022-06-30 is before 2022-07-01",),
    ),
    "金额是负数": (
        "minimum_wage_month",
        'values:\n  "110000":\n    2022-07-01: {amount: "-1", source: 甲}\n',
        ("110000: 2022-07-01", "is not an amount"),
    ),
    "状态写错": (
        "minimum_wage_month",
        'values:\n  "110000":\n    2022-07-01: {amount: "1", status: old, source: 甲}\n',
        ("status 'old' is not one of", "superseded"),
    ),
    "预计到期早于起始": (
        "minimum_wage_month",
        'values:\n  "110000":\n    2022-07-01: {amount: "1", expected_until: 2021-01-01, source: 甲}\n',
        ("expected_until 2021-01-01 is before",),
    ),
    "没有金额": (
        "minimum_wage_month",
        'values:\n  "110000":\n    2022-07-01: {source: 甲}\n',
        ("has no amount", "amount: null"),
    ),
    "同一个键写了两次": (
        "minimum_wage_month",
        'values:\n  "110000":\n    2022-07-01: {amount: "1", source: 甲}\n    2022-07-01: {amount: "2", source: 甲}\n',
        ("minimum_wage_month.yaml", "2022-07-01 is written twice"),
    ),
    "没有这个文件": ("minimun_wage_month", "values: {}\n", ("no such parameter file", "minimum_wage_month")),
    "没有 values": ("minimum_wage_month", "value: {}\n", ("minimum_wage_month.yaml", "has no values")),
    "事项代码不存在": (
        "applicant_categories",
        "values:\n  P05: {name: 甲, effects: [], facts: {}, matters: [M99], proof: [], source: 甲}\n",
        ("applicant_categories.yaml", "P05", "M99"),
    ),
    "地方事项没有写地区": (
        "matters",
        "values:\n  AH09: {name: 甲, basis: 甲, hardship: required, scope: regional, agency: civil, source: 甲}\n",
        ("matters.yaml", "AH09", "names its region"),
    ),
    "空白的行": ("minimum_wage_month", 'values:\n  "110000": 1\n', ("110000", "write dated lines")),
    "行不是对照": ("matters", "values:\n  AH09: 1\n", ("matters.yaml", "AH09", "must be a mapping")),
    "整个文件多了键": ("matters", "extra: 1\nvalues: {}\n", ("matters.yaml", "unknown key extra")),
    "YAML 写坏了": ("matters", "values: {\n", ("matters.yaml",)),
    "区划码没有加引号": ("regions", "values:\n  340105: 甲\n", ("regions.yaml", "quoted six-digit code")),
    "区划没有名称": ("regions", 'values:\n  "340105":\n', ("regions.yaml", "340105", "has no name")),
    "区域没有数": (
        "minimum_wage_month",
        'areas:\n  甲区: {regions: ["110000"]}\nvalues: {}\n',
        ("minimum_wage_month.yaml", "甲区", "has no values"),
    ),
    "既不是地区也没有说明的区域": (
        "minimum_wage_month",
        'values:\n  甲区:\n    2022-07-01: {amount: "1", source: 甲}\n',
        ("甲区", "describe it under `areas:`"),
    ),
    "应相等的区域不存在": (
        "minimum_wage_month",
        'areas:\n  甲区: {regions: ["110000"], must_equal: 乙区}\nvalues:\n  甲区:\n    2022-07-01: {amount: "1", source: 甲}\n',
        ("must_equal 乙区", "correct the name"),
    ),
    "金额不是数字": (
        "minimum_wage_month",
        'values:\n  "110000":\n    2022-07-01: {amount: "一千", source: 甲}\n',
        ("一千", "is not an amount"),
    ),
    "标准又有表又有数": (
        "hardship_standards",
        'values:\n  AH-2017: {region: "340000", valid_from: 2017-01-01, amount: "1", source: 甲}\n',
        ("AH-2017", "both measure and amount"),
    ),
    "比较方式写错": (
        "hardship_standards",
        'values:\n  X-1: {region: "110000", valid_from: 2026-01-01, amount: "1", operator: "<", source: 甲}\n',
        ("X-1", "operator '<'"),
    ),
    "标准的标记没有说明": (
        "hardship_standards",
        'values:\n  X-1: {region: "110000", valid_from: 2026-01-01, amount: "1", operator: lt, flag: x, source: 甲}\n',
        ("X-1", "flag x", "flags.yaml"),
    ),
    "经济条件写错": (
        "matters",
        "values:\n  M01: {hardship: maybe, source: 甲}\n",
        ("matters.yaml", "M01", "hardship is not one of"),
    ),
    "地方规则重叠": (
        "matter_lists",
        'values:\n  "340000":\n    2025-01-01: {policy: open, source: 甲}\n',
        ("matter_lists.yaml", "340000: 2017-01-01", "overlaps the line of 2025-01-01"),
    ),
    "地方规则没有日期": ("home_visits", 'values:\n  "340100": 1\n', ("home_visits.yaml", "write dated lines")),
    "材料没有来源": ("materials", "values:\n  x: {text: 甲}\n", ("materials.yaml", "x", "add the article")),
    "理由的键写错": ("reasons", "values:\n  x: {citizens: 甲, basis: 甲}\n", ("reasons.yaml", "x", "correct the keys")),
    "不知道的受理规则": (
        "matters",
        "values:\n  M01: {name: 甲, basis: 甲, hardship: required, scope: national, agency: moon, source: 甲}\n",
        ("matters.yaml", "M01", "agency moon"),
    ),
    "不知道的标记": (
        "matters",
        "values:\n  M01: {name: 甲, basis: 甲, hardship: required, scope: national, agency: civil, flags: [x], source: 甲}\n",
        ("matters.yaml", "M01", "flag x"),
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_named_with_its_file_its_key_and_its_remedy(tmp_path: Path, mistake: str) -> None:
    file, body, parts = WRONG[mistake]

    with pytest.raises(ParameterError) as error:
        Law.load(overlay(tmp_path, file, body))
    assert all(part in str(error.value) for part in parts), str(error.value)


def test_an_overlay_that_is_not_there_or_misnamed_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="PARAMETERS_DIR"):
        Law.load(tmp_path / "nowhere")

    (tmp_path / "matters.yml").write_text(HEAD + "values: {}\n", encoding="utf-8")
    with pytest.raises(ParameterError, match="no such parameter file"):
        Law.load(tmp_path)


def person(region: str, income: str) -> Facts:
    """Give an adult without any status, hurt in traffic."""
    return Facts(
        matter="M07B", region=region, assistance_recipient=False, no_fixed_income=False, military_status="none",
        income_yuan_per_person_month=Decimal(income),
    )  # fmt: skip


NEW_STANDARDS = (
    "values:\n"
    '  AH-2025: {region: "340000", valid_from: 2025-07-01, amount: "2000.00", operator: le, source: 示例文件甲}\n'
    '  SC-2025: {region: "510000", valid_from: 2025-01-01, amount: "2400.00", operator: lt, source: 示例文件乙}\n'
)


@pytest.mark.parametrize(
    ("region", "income", "outcome"),
    [
        ("340104", "2000.00", Outcome.LIKELY),
        ("340104", "2000.01", Outcome.UNLIKELY),
        ("510117", "2399.99", Outcome.LIKELY),
        ("510117", "2400.00", Outcome.UNLIKELY),
    ],
)
def test_an_agency_adds_the_missing_standard_with_one_line(
    tmp_path: Path, law: Law, region: str, income: str, outcome: Outcome
) -> None:
    on = date(2026, 1, 1)
    assert assess(person(region, income), on, law).outcome is Outcome.REVIEW

    own = Law.load(overlay(tmp_path, "hardship_standards", NEW_STANDARDS))
    assert assess(person(region, income), on, own).outcome is outcome


def test_an_agency_adds_a_new_amount_with_one_line(tmp_path: Path, law: Law) -> None:
    on = date(2026, 8, 1)
    facts = Facts(
        matter="M04", region="530113", household="urban", assistance_recipient=False, no_fixed_income=False,
        military_status="none", abuse_victim=False, opponent_in_household=False,
        income_yuan_per_person_month=Decimal("1499.99"),
    )  # fmt: skip
    assert assess(facts, on, law).reasons == ("YN-2016-URBAN", "amount_expired")

    line = 'values:\n  dongchuan:\n    2026-07-01: {amount: "750", source: 示例文件丙}\n'
    own = Law.load(overlay(tmp_path, "subsistence_allowance_month_urban", line))
    assert assess(facts, on, own).outcome is Outcome.LIKELY
    assert assess(facts, date(2026, 6, 30), own).outcome is Outcome.UNLIKELY  # 2 × 744, the old line stays


def test_every_code_a_rule_can_give_has_its_sentence(law: Law) -> None:
    reasons = {m.reason for m in law.matters.values()} | {c.reason for c in law.categories.values()}
    reasons |= {line.reason for lines in law.local_rules.values() for ls in lines.values() for line in ls}
    assert {r for r in reasons if r} <= law.reasons.keys() | law.agencies.keys()
    assert {flag for m in law.matters.values() for flag in m.flags} <= law.flags.keys()
