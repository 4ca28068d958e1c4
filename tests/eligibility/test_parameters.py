"""Parameters are validated when loaded; a message names the file, the key and the remedy. Overlays need no fork."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility import Facts, Law, Outcome, ParameterError, assess, explain, loading
from eligibility.loading import FILES, SHIPPED
from eligibility.reading import read_parameters

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
        ("matters.yaml", "M01", "hardship 'maybe' is not one of"),
    ),
    "地方规则重叠": (
        "matter_lists",
        'values:\n  "340000":\n    2025-01-01: {policy: open, reason: SC01, source: 甲}\n',
        ("matter_lists.yaml", "340000: 2017-01-01", "overlaps the line of 2025-01-01"),
    ),
    "地方规则没有日期": ("home_visits", 'values:\n  "340100": 1\n', ("home_visits.yaml", "write dated lines")),
    "材料没有来源": ("materials", "values:\n  x: {text: 甲}\n", ("materials.yaml", "x", "add the article")),
    "理由的键写错": (
        "reasons",
        "values:\n  x: {citizens: 甲, basis: 甲}\n",
        ("reasons.yaml", "x", "unknown key citizens"),
    ),
    "不知道的受理规则": (
        "matters",
        "values:\n  M01: {name: 甲, basis: 甲, hardship: required, scope: national, agency: moon, source: 甲}\n",
        ("matters.yaml", "M01", "agency art_38_moon"),
    ),
    "事项没有名称": (
        "matters",
        "values:\n  Q01: {basis: 甲, hardship: required, scope: national, agency: civil, source: 甲}\n",
        ("matters.yaml", "Q01", "has no name"),
    ),
    "不看收入的事项没有理由": (
        "matters",
        "values:\n  Q01: {name: 甲, basis: 甲, hardship: not_required, scope: national, agency: civil, source: 甲}\n",
        ("matters.yaml", "Q01", "has no reason"),
    ),
    "通知的结果写错": (
        "matters",
        "values:\n  C02: {notice_outcome: yes please, source: 甲}\n",
        ("C02", "notice_outcome 'yes please' is not one of likely"),
    ),
    "事项的理由没有句子": (
        "matters",
        "values:\n  M01: {reason: art_99, source: 甲}\n",
        ("matters.yaml", "M01", "reason art_99 is not in reasons.yaml; add it there"),
    ),
    "受害人的事项不存在": (
        "matters",
        "values:\n  M04: {victim_matter: N99, source: 甲}\n",
        ("M04", "victim_matter N99 is not in matters.yaml"),
    ),
    "是非写成了文字": (
        "matters",
        'values:\n  M01: {check_exempt: "false", source: 甲}\n',
        ("M01", "check_exempt 'false' is neither true nor false"),
    ),
    "名称写成了数": ("matters", "values:\n  M01: {name: 5, source: 甲}\n", ("M01", "name 5 is no text", "quotes")),
    "标记不是列表": (
        "matters",
        "values:\n  M01: {flags: safety_first, source: 甲}\n",
        ("M01", "flags 'safety_first' is no list"),
    ),
    "类别没有材料": (
        "applicant_categories",
        "values:\n  Q01: {name: 甲, effects: [], facts: {}, source: 甲}\n",
        ("applicant_categories.yaml", "Q01", "has no proof"),
    ),
    "类别的事实不存在": (
        "applicant_categories",
        "values:\n  P05: {facts: {migrant: true}, source: 甲}\n",
        ("P05: facts", "unknown key migrant"),
    ),
    "期间的年龄写成了文字": (
        "procedure",
        'values:\n  person.elderly_age_min:\n    2013-07-01: {value: "65", unit: year, source: 甲}\n',
        ("procedure.yaml", "person.elderly_age_min: 2013-07-01", "value '65' is no whole number"),
    ),
    "程序的数漏写": (
        "procedure",
        "values:\n  national.decision_days:\n    2027-01-01: {unit: day, source: 甲}\n",
        ("national.decision_days: 2027-01-01", "value: null if not obtained"),
    ),
    "规则要用的数断了": (
        "procedure",
        "values:\n  person.minor_age_lt:\n    2021-01-01: {value: 18, unit: year, valid_to: 2026-12-31, source: 甲}\n",
        ("procedure.yaml", "person.minor_age_lt", "no number in force on 2027-01-01", "add a dated line"),
    ),
    "规则要用的数没有取得": (
        "procedure",
        "values:\n  person.minor_age_lt:\n    2027-01-01: {value: null, unit: year, source: 甲}\n",
        ("person.minor_age_lt", "no number in force on 2027-01-01"),
    ),
    "清单的做法写错": (
        "matter_lists",
        'values:\n  "110000":\n    2026-01-01: {policy: opne, reason: SC01, source: 甲}\n',
        ("matter_lists.yaml", "110000: 2026-01-01", "policy 'opne' is not one of closed, open, unknown"),
    ),
    "清单没有理由": (
        "matter_lists",
        'values:\n  "110000":\n    2026-01-01: {policy: open, source: 甲}\n',
        ("matter_lists.yaml", "110000: 2026-01-01", "has no reason"),
    ),
    "就近申请的说法不存在": (
        "nearby_agencies",
        'values:\n  "110000":\n    2026-01-01: {reason: art_2, source: 甲}\n',
        ("nearby_agencies.yaml", "110000: 2026-01-01", "reason art_2 is not in agencies.yaml"),
    ),
    "军属的身份不存在": (
        "military_families",
        'values:\n  "110000":\n    2026-01-01: {reason: SC02, statuses: [general], source: 甲}\n',
        ("military_families.yaml", "110000: 2026-01-01", "statuses 'general' is not one of"),
    ),
    "上门的年龄写成了文字": (
        "home_visits",
        'values:\n  "110000":\n    2026-01-01: {age_min: "70", source: 甲}\n',
        ("home_visits.yaml", "110000: 2026-01-01", "age_min '70' is no whole number"),
    ),
    "终止日写成了文字": (
        "minimum_wage_month",
        'values:\n  "110000":\n    2022-07-01: {amount: "1", valid_to: "2023-06-30", source: 甲}\n'
        '    2023-07-01: {amount: "2", source: 乙}\n',
        ("110000: 2022-07-01", "'2023-06-30' is not a date"),
    ),
    "日期带了时刻": (
        "minimum_wage_month",
        'values:\n  "110000":\n    2022-07-01 08:00:00: {amount: "1", source: 甲}\n',
        ("110000", "is not a date"),
    ),
    "金额的地区码没有加引号": (
        "minimum_wage_month",
        'values:\n  110000:\n    2022-07-01: {amount: "1", source: 甲}\n',
        ("minimum_wage_month.yaml: 110000: is not quoted",),
    ),
    "没有一行": ("minimum_wage_month", 'values:\n  "110000": {}\n', ("110000", "write dated lines")),
    "事实的名称写错": ("facts", "values:\n  ages: {name: 甲}\n", ("facts.yaml", "unknown key ages")),
    "材料没有写": ("materials", "values:\n  x: {source: 甲}\n", ("materials.yaml: x: has no text",)),
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


ENTRIES = [
    (file, key) for file in FILES for key in read_parameters(SHIPPED / f"{file}.yaml")["values"] if file != "regions"
]
ODD: tuple[object, ...] = (None, "错", "2023-01-01", 5, -1, True, [], ["错"], {}, date(2023, 1, 1))


def spots(line: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the way to every value in an entry, however deep."""
    for key, value in line.items() if isinstance(line, dict) else ():
        yield (*path, key)
        yield from spots(value, (*path, key))


@settings(max_examples=60, deadline=None)
@given(entry=st.sampled_from(ENTRIES), odd=st.sampled_from(ODD), choose=st.randoms(use_true_random=False))
def test_whatever_an_agency_writes_is_refused_by_name_or_can_be_assessed(
    entry: tuple[str, str], odd: object, choose: Random
) -> None:
    file, key = entry
    written = {key: read_parameters(SHIPPED / f"{file}.yaml")["values"][key]}
    *way, last = choose.choice(list(spots(written)))
    line: Any = written
    for step in way:
        line = line[step]
    line[last] = odd

    with TemporaryDirectory() as folder:
        try:
            own = Law.load(overlay(Path(folder), file, yaml.safe_dump({"values": written}, allow_unicode=True)))
        except ParameterError as error:
            assert f"{file}.yaml" in str(error), str(error)
            return
    for region in ("340104", "510104", "530113"):
        explain(assess(person(region, "1500"), date(2024, 3, 1), own))


def test_an_overlay_that_is_not_there_or_misnamed_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="YUANXIAN_PARAMETERS_DIR"):
        Law.load(tmp_path / "nowhere")

    (tmp_path / "matters.yml").write_text(HEAD + "values: {}\n", encoding="utf-8")
    with pytest.raises(ParameterError, match="no such parameter file"):
        Law.load(tmp_path)


def test_a_shipped_file_that_is_lost_or_that_nothing_reads_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "SHIPPED", tmp_path)
    monkeypatch.setattr(loading, "_shipped", loading._shipped.__wrapped__)
    with pytest.raises(ParameterError, match=r"minimum_wage_month\.yaml: cannot be read; restore the file"):
        Law.load()

    (tmp_path / "old.yaml").write_text(HEAD + "values: {}\n", encoding="utf-8")
    with pytest.raises(ParameterError, match=r"old\.yaml: nothing reads this file; rename it or remove it"):
        Law.load()


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
