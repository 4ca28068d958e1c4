"""The operators' pages in a real browser, in front of the gateway itself with a database of their own."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import api.app
from api.dialogue import Reading
from hotline import handoffs, operators
from hotline.application_form import Sex
from hotline.lawyers import Lawyer
from hotline.permissions import ROLE_WORDS, Role
from knowledge.search import AnswerIndex
from store.unit_of_work import connect, unit_of_work_factory
from tests.api.gateway import PASSWORD, ScriptedDialogue, Served, message, serving, settings_for, turn
from tests.conftest import MONDAY_MORNING, Clock
from tests.web.fake_gateway import HOSTILE
from tests.web.test_chat_page import ARTEFACTS, no_axe_violations

PAGES = api.app.PAGES / "console"
WAGES: dict[str, Any] = {
    "consent": True,
    "applicant_name": "申请人甲",
    "applicant_phone": "13800001234",
    "matter": "M05A",
    "region": "340104",
    "facts": {"migrant_worker": True},
}


@pytest.fixture(scope="module")
def one_clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def database(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copy(migrated_file, tmp_path_factory.mktemp("console") / "yuanxian.db"))


@pytest.fixture(scope="module")
def served(database: Path, answer_index: AnswerIndex, one_clock: Clock) -> Iterator[Served]:
    """The gateway with the built pages, and a login of each role beside the demo supervisor."""
    if not (PAGES / "index.html").exists():
        pytest.fail("web/dist/console is missing: run `npm ci && npm run build` in web/")
    url = f"sqlite:///{database}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.app, "load_answers", lambda: ())
        patch.setattr(api.app, "AnswerIndex", lambda _: answer_index)
        with serving(settings_for(url), ScriptedDialogue(), one_clock) as gateway:
            engine = connect(url)
            password_hash = operators.hash_password(PASSWORD)
            with unit_of_work_factory(engine)[0]() as uow:
                for role in Role:
                    operators.enrol(uow, role.value, password_hash, ROLE_WORDS[role], one_clock(), role)
            engine.dispose()
            yield gateway


@pytest.fixture
def clock(one_clock: Clock) -> Clock:
    one_clock.at = MONDAY_MORNING
    return one_clock


type Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser, served: Served, clock: Clock) -> Iterator[Open]:
    """Opens the pages as somebody of a role, on a desk or on a phone; what the page's own code throws fails the test."""
    contexts, wrongs = [], []

    def open_as(login: str = "demo", place: str = "", width: int = 1280) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="zh-CN", accept_downloads=True)
        context.set_default_timeout(8000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrongs.append(str(error)))
        page.on("console", lambda said: wrongs.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(f"{served.url}/console/{place}")
        if login:
            page.get_by_label("工号").fill(login)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            expect(page.get_by_role("button", name="退出")).to_be_visible()
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert wrongs == []


def picture(page: Page, name: str) -> None:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"console-{name}.png", full_page=True)


def row(page: Page, words: str) -> Locator:
    return page.get_by_role("row").filter(has_text=words)


def applied(served: Served, **changes: Any) -> str:
    body = {**WAGES, **changes}
    sent = served.http().post("/v1/applications", json=body, headers={"Idempotency-Key": uuid4().hex})
    return str(sent.raise_for_status().json()["number"])


def test_密码不对说清楚_对了就进_退出就出来_别的标签页要重新登录(opened: Open) -> None:
    page = opened("")
    page.get_by_label("工号").fill("demo")
    page.get_by_label("密码").fill("不是这个")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("密码")
    no_axe_violations(page)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("link", name="投诉建议")).to_be_visible()
    page.reload()
    expect(page.get_by_role("link", name="投诉建议")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("密码")).to_be_visible()
    assert page.evaluate("() => sessionStorage.length") == 0


def test_没有权限的页不给看(opened: Open) -> None:
    names = opened("operator").get_by_role("navigation").get_by_role("link")
    expect(names).to_have_text(["求助", "接电话", "申请", "今天的预约", "工单", "台账"])
    expect(opened("auditor").get_by_role("navigation").get_by_role("link")).to_have_text(["报表"])


def test_登录到期_说一声再登录(opened: Open, clock: Clock) -> None:
    page = opened(place="#/orders")
    expect(page.get_by_role("button", name="刷新")).to_be_enabled()
    clock.forward(hours=13)
    page.get_by_role("button", name="刷新").click()
    expect(page.get_by_role("status")).to_contain_text("登录已经结束")


def test_审查申请_受理_补正_给予援助_列表跟着变_经过都在(opened: Open, served: Served) -> None:
    number = applied(served)
    page = opened("reviewer", "#/applications")
    expect(row(page, number)).to_contain_text("申*** 1234")
    row(page, number).get_by_role("link").click()
    sheet = page.locator(".sheet")
    expect(sheet).to_contain_text("合肥市蜀山区")
    picture(page, "applications")
    no_axe_violations(page)
    sheet.get_by_role("button", name="受理", exact=True).click()
    expect(row(page, number)).to_contain_text("已受理")
    sheet.get_by_role("button", name="要求补正").click()
    sheet.get_by_label("要补哪些，一行一样").fill("劳动合同\n工资条")
    sheet.get_by_role("button", name="确定：要求补正").click()
    expect(sheet).to_contain_text("劳动合同、工资条")
    sheet.get_by_role("button", name="给予援助", exact=True).click()
    sheet.get_by_label("理由和依据").fill("第四十二条第三项")
    sheet.get_by_role("button", name="确定：给予援助").click()
    expect(row(page, number)).to_contain_text("已决定给予援助")
    expect(sheet).to_contain_text("给予援助：第四十二条第三项")
    expect(sheet.get_by_role("button", name="给予援助", exact=True)).to_have_count(0)
    picture(page, "application-granted")


@pytest.fixture
def register(database: Path, clock: Clock) -> Iterator[None]:
    """Two lawyers that nobody is; afterwards none."""
    told: dict[str, Any] = {
        "firm": "测试律师事务所",
        "practising_since": date(2010, 1, 1),
        "open_to_choice": False,
        "languages": [],
        "specialities": [],
        "stations": [],
        "regions": ["340104"],
    }
    engine = connect(f"sqlite:///{database}")
    open_uow, _ = unit_of_work_factory(engine)
    man = Lawyer("TEST-1", "测试甲", sex=Sex.MALE, conduct_clear=False, **told)
    with open_uow() as uow:
        uow.lawyers.replace([man, Lawyer("TEST-2", "测试乙", sex=Sex.FEMALE, conduct_clear=True, **told)])
    yield
    with open_uow() as uow:
        uow.lawyers.replace([])
    engine.dispose()


def test_标重大疑难_单独列_指派从推荐里选_经过写着是谁(opened: Open, served: Served, register: None) -> None:
    number = applied(served, form={"wishes": {"sex": "female"}})
    page = opened("reviewer", "#/applications")
    row(page, number).get_by_role("link").click()
    sheet = page.locator(".sheet")
    sheet.get_by_role("button", name="标为重大疑难").click()
    sheet.get_by_label("理由和依据").fill("涉及五十多人")
    sheet.get_by_role("button", name="确定：标为重大疑难").click()
    expect(sheet).to_contain_text("标为重大疑难：涉及五十多人")
    page.get_by_role("button", name="重大疑难", exact=True).click()
    expect(page.get_by_role("row")).to_have_count(2)
    expect(row(page, number)).to_contain_text("重大疑难")
    sheet.get_by_role("button", name="受理", exact=True).click()
    sheet.get_by_role("button", name="给予援助", exact=True).click()
    sheet.get_by_label("理由和依据").fill("第四十二条第三项")
    sheet.get_by_role("button", name="确定：给予援助").click()
    sheet.get_by_role("button", name="已指派律师", exact=True).click()
    choices = sheet.get_by_role("group", name="指派哪位律师").get_by_role("radio")
    expect(choices).to_have_count(3)
    expect(sheet.locator("fieldset label").first).to_contain_text("测试乙")
    expect(sheet.locator("fieldset label").first).to_contain_text("女律师，合本人意愿")
    expect(sheet.locator("fieldset label").nth(1)).to_contain_text("有不良诚信记录")
    no_axe_violations(page)
    picture(page, "application-lawyers")
    sheet.get_by_role("radio", name="测试乙").check()
    sheet.get_by_role("button", name="确定：已指派律师").click()
    expect(sheet).to_contain_text("指派律师：测试乙（测试律师事务所）")
    picture(page, "application-assigned")


def test_看完整信息要写理由_下载的是纸(opened: Open, served: Served) -> None:
    number = applied(served, applicant_phone="13800004321", applicant_name="申请人丙")
    page = opened("reviewer", "#/applications")
    page.get_by_label("按编号或手机号找").fill("13800004321")
    page.get_by_role("button", name="查找").click()
    row(page, number).get_by_role("link").click()
    sheet = page.locator(".sheet")
    expect(sheet).not_to_contain_text("13800004321")
    sheet.get_by_role("button", name="看完整的姓名、电话").click()
    sheet.get_by_label("为什么要看（会留痕）").fill("联系补材料")
    sheet.get_by_role("button", name="确定").click()
    expect(sheet).to_contain_text("13800004321")
    expect(sheet).to_contain_text("查看完整信息：联系补材料")
    with page.expect_download() as download:
        sheet.get_by_role("button", name="申请表").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def test_别人刚办过_说清楚_不丢写的话(opened: Open, served: Served) -> None:
    number = applied(served)
    page = opened("reviewer", "#/applications")
    row(page, number).get_by_role("link").click()
    sheet = page.locator(".sheet")
    sheet.get_by_role("button", name="不予援助").click()
    sheet.get_by_label("理由和依据").fill("不在事项内")
    desk = served.operator("reviewer", PASSWORD)
    (found,) = desk.post("/v1/console/applications/search", json={"number": number}).json()
    body = {"granted": True, "reason": "第四十二条"}
    desk.post(f"/v1/console/applications/{found['id']}/decision", json=body).raise_for_status()
    sheet.get_by_role("button", name="确定：不予援助").click()
    expect(sheet.get_by_role("alert")).to_contain_text("别人刚刚处理过")
    expect(sheet.get_by_label("理由和依据")).to_have_value("不在事项内")


def test_值班人员不能审查_只能登记撤回(opened: Open, served: Served) -> None:
    number = applied(served)
    page = opened("operator", "#/applications")
    row(page, number).get_by_role("link").click()
    expect(page.locator(".sheet .bar button")).to_have_text(["登记撤回"])


def test_快到期的单列_草稿另看(opened: Open, served: Served, clock: Clock) -> None:
    number = applied(served)
    clock.forward(days=7, hours=-2)
    page = opened("supervisor", "#/applications")
    page.get_by_role("button", name="快到期、已逾期").click()
    expect(row(page, number).filter(has_text="最后一天 2026-11-30")).to_be_visible()
    expect(row(page, number).filter(has_text="已逾期 2026-11-23")).to_be_visible()
    page.get_by_role("button", name="草稿").click()
    expect(page.get_by_text("没有要办的。")).to_be_visible()


def booked(served: Served) -> str:
    citizen = served.citizen()
    slots = citizen.http.get("/v1/slots", params={"region": "340104", "from": "2026-11-24", "to": "2026-11-24"}).json()
    body = {"slot_id": slots["slots"][0]["id"], "contact": {"phone": "13800001234"}}
    made = citizen.http.post("/v1/appointments", json=body, headers={"Idempotency-Key": uuid4().hex})
    return str(made.raise_for_status().json()["number"])


def test_今天谁来_怎么提醒_没来的记一笔(opened: Open, served: Served, clock: Clock) -> None:
    number = booked(served)
    page = opened("operator", "#/appointments")
    page.get_by_label("哪一天").fill("2026-11-24")
    expect(row(page, number)).to_contain_text("11月24日（周二）上午9:00")
    expect(row(page, number)).to_contain_text("138****1234")
    picture(page, "appointments")
    no_axe_violations(page)
    row(page, number).get_by_role("button", name="没来").click()
    row(page, number).get_by_role("button", name="确定没来").click()
    expect(page.get_by_role("alert")).to_be_visible()
    clock.forward(days=1, hours=2)
    page.get_by_role("button", name="退出").click()
    page = opened("operator", "#/appointments")
    page.get_by_label("哪一天").fill("2026-11-24")
    row(page, number).get_by_role("button", name="没来").click()
    row(page, number).get_by_role("button", name="确定没来").click()
    expect(row(page, number).locator(".mark")).to_have_text("没来")


def test_工单_取了才看得到号码_办结就没了(opened: Open, served: Served) -> None:
    desk = served.operator()
    wanted = {"kind": "call_back", "reason": "requested", "about": "来电", "phone": "13800001111", "note": HOSTILE}
    order = desk.post("/v1/console/work-orders", json=wanted, headers={"Idempotency-Key": uuid4().hex}).json()
    page = opened("operator", "#/orders")
    expect(row(page, order["number"])).to_contain_text("138****1111")
    row(page, order["number"]).get_by_role("button", name="我来办").click()
    expect(page.locator(".ring")).to_have_text("13800001111")
    expect(page.locator(".panel")).to_contain_text(HOSTILE)
    picture(page, "orders")
    no_axe_violations(page)
    expect(row(page, order["number"]).get_by_role("button")).to_have_text("接着办")
    page.get_by_label("结果").select_option("已联系上")
    page.get_by_role("button", name="办结").click()
    expect(row(page, order["number"])).to_have_count(0)
    assert "hurt" not in page.title()


def test_投诉_看原话_受理_答复_办结(opened: Open, served: Served) -> None:
    words = f"律师收了我两千块钱 {HOSTILE}"
    desk = served.operator()
    filed = desk.post("/v1/console/complaints", json={"words": words}, headers={"Idempotency-Key": uuid4().hex}).json()
    page = opened("supervisor", "#/complaints")
    expect(row(page, filed["number"])).to_contain_text("收费")
    for step, answer in (("受理", ""), ("答复", "已经核实，费用退还。"), ("办结", "")):
        row(page, filed["number"]).get_by_role("button", name="查看").click()
        panel = page.locator(".panel")
        expect(panel).to_contain_text("律师收了我两千块钱")
        panel.get_by_role("button", name=step, exact=True).click()
        if answer:
            panel.get_by_label("理由或者答复（会告诉本人）").fill(answer)
            picture(page, "complaints")
            no_axe_violations(page)
        panel.get_by_role("button", name=f"确定：{step}").click()
        expect(panel).to_have_count(0)
    expect(row(page, filed["number"])).to_have_count(0)
    assert "hurt" not in page.title()


def test_接电话_一句话看到怎么答_还要问什么_去哪里(opened: Open, served: Served) -> None:
    served.dialogue.reads = lambda _: Reading(
        "report_unpaid_wages",
        0.9,
        [{"entity": "region", "value": "340104", "role": "place", "start": 0, "end": 3}],
        [{"name": "report_unpaid_wages", "confidence": 0.9}, {"name": "danger_crowd", "confidence": 0.3}],
        [{"name": "wages", "confidence": 0.95}],
    )
    page = opened("operator", "#/assist")
    page.get_by_label("来询人说了什么").fill("蜀山区工地上老板欠薪")
    page.get_by_role("button", name="看看怎么答").click()
    found = page.locator(".found")
    expect(found.get_by_role("alert")).to_contain_text("先处理危险")
    expect(found).to_contain_text("蜀山区法律援助中心")
    expect(page.get_by_text("安徽省合肥市蜀山区")).to_be_visible()
    expect(page.get_by_role("heading", name="还要问：进城务工人员")).to_be_visible()
    picture(page, "assist")
    no_axe_violations(page)
    page.get_by_role("button", name="是", exact=True).click()
    expect(found).to_contain_text("可能符合")
    expect(page.get_by_role("heading", name="还要问")).to_have_count(0)
    picture(page, "assist-likely")
    page.get_by_role("button", name="登记到台账").click()
    row_form = page.locator("form.panel")
    expect(row_form.locator("h2")).to_contain_text("ZX20261123")
    expect(row_form.get_by_label("主题")).to_have_value("wages")
    expect(row_form.get_by_label(re.compile("^初步判断"))).to_have_value("likely")
    row_form.get_by_label("姓名（已有的不显示）").fill("来电人丁")
    page.get_by_role("button", name="保存并锁定").click()
    expect(row_form.get_by_role("alert")).to_contain_text("申请法律援助")
    row_form.get_by_label("已告知有权申请法律援助").check()
    picture(page, "ledger")
    no_axe_violations(page)
    page.get_by_role("button", name="保存并锁定").click()
    expect(row_form.locator("h2")).to_contain_text("已锁定")
    expect(row_form.get_by_label("主题")).to_be_disabled()
    expect(page.locator("table")).not_to_contain_text("来电人丁")


@pytest.mark.parametrize(
    "place",
    ["handoffs", "assist", "applications", "appointments", "orders", "complaints", "ledger", "ledger/new", "reports"],
)
def test_手机上也看得了_页面不横着滚(opened: Open, served: Served, place: str) -> None:
    applied(served)
    page = opened("supervisor", f"#/{place}", width=375)
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    picture(page, f"{place.replace('/', '-')}-375")
    no_axe_violations(page)


def test_键盘走得通_选中的页念得出来(opened: Open) -> None:
    page = opened("supervisor")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="接电话", exact=True)).to_have_attribute("aria-current", "page")
    expect(page).to_have_title("接电话 · 12348 工作台")


def test_接入求助_看得到话_两边说话_交还(opened: Open, served: Served, database: Path) -> None:
    citizen = served.citizen()
    served.dialogue.script = lambda heard: turn(message(f"收到：{heard.text}"), region="340104", migrant_worker=True)
    citizen.ask(f"老板欠薪 {HOSTILE}")
    engine = connect(f"sqlite:///{database}")
    with unit_of_work_factory(engine)[0]() as uow:
        handoffs.request(uow, uow.conversations.get(UUID(citizen.session_id)), "requested", MONDAY_MORNING, hold=True)
    engine.dispose()
    page = opened("operator", "#/handoffs")
    expect(row(page, "来询人要求人工")).to_be_visible()
    row(page, "来询人要求人工").get_by_role("button", name="接入").click()
    log = page.get_by_role("log")
    expect(log).to_contain_text(f"老板欠薪 {HOSTILE}")
    expect(page.locator(".panel .lines")).to_contain_text("安徽省合肥市蜀山区")
    expect(page.locator(".panel .lines")).to_contain_text("进城务工人员")
    page.get_by_label("回复来询人").fill("您好，我是值班人员，您慢慢说。")
    page.get_by_role("button", name="发送").click()
    expect(log).to_contain_text("您慢慢说")
    citizen.send("好的，我在蜀山区")
    expect(log).to_contain_text("好的，我在蜀山区")
    picture(page, "handoffs")
    no_axe_violations(page)
    page.reload()
    row(page, "来询人要求人工").get_by_role("button", name="打开").click()
    expect(log).to_contain_text("好的，我在蜀山区")
    expect(row(opened("reviewer", "#/handoffs"), "来询人要求人工")).to_contain_text("别人在接")
    page.get_by_role("button", name="交还给机器人").click()
    expect(page.get_by_text("现在没有人在等。")).to_be_visible()
    assert any("智能助手继续" in block["text"] for event in citizen.events() for block in event["blocks"])
    assert "hurt" not in page.title()


def test_台账_没有会话的登记一条_按电话找得到_锁了由值班长打开(opened: Open) -> None:
    page = opened("operator", "#/ledger/new")
    form = page.locator("form.panel")
    form.get_by_label("主题").select_option("divorce")
    form.get_by_label("电话（已有的不显示）").fill("13800002222")
    form.get_by_label("已告知有权申请法律援助").check()
    page.get_by_role("button", name="保存并锁定").click()
    expect(form.locator("h2")).to_contain_text("已锁定")
    number = str(form.locator("h2").inner_text()).split()[0]
    expect(page.get_by_role("button", name="重新打开")).to_have_count(0)
    page = opened("supervisor", "#/ledger")
    page.get_by_label("流水号，或者完整的电话").fill("13800002222")
    page.get_by_role("button", name="查找").click()
    row(page, number).get_by_role("link").click()
    page.get_by_role("button", name="重新打开").click()
    expect(page.get_by_role("button", name="保存并锁定")).to_be_visible()


def test_报表_看得到口径_带得走(opened: Open) -> None:
    page = opened("auditor", "#/reports")
    page.get_by_placeholder("哪个月（2026-11）或者哪一年（2026）").fill("2026-11")
    page.get_by_role("button", name="看", exact=True).click()
    expect(page.get_by_text("口径：").first).to_be_visible()
    picture(page, "reports")
    no_axe_violations(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="下载 XLSX").click()
    assert download.value.suggested_filename == "12348-2026-11.xlsx"
    assert Path(download.value.path()).read_bytes().startswith(b"PK")


def test_代填申请_从电话接着填_读给本人听了才提交(opened: Open, served: Served) -> None:
    served.dialogue.reads = lambda _: Reading(
        "report_unpaid_wages",
        0.9,
        [{"entity": "region", "value": "340104", "role": "place", "start": 0, "end": 3}],
        [],
        [{"name": "wages", "confidence": 0.95}],
    )
    page = opened("operator", "#/assist")
    page.get_by_label("来询人说了什么").fill("蜀山区工地上老板欠薪")
    page.get_by_role("button", name="看看怎么答").click()
    page.get_by_role("button", name="代填申请").click()
    sheet = page.locator(".sheet")
    expect(sheet.get_by_label("地区（六位区划代码）")).to_have_value("340104")
    sheet.get_by_label("本人同意记下这些信息").check()
    sheet.get_by_label("申请人姓名").fill("申请人戊")
    sheet.get_by_label("申请人电话").fill("1380000")
    sheet.get_by_label("由别人代为申请").check()
    sheet.get_by_label("代为申请人姓名").fill("家人己")
    sheet.get_by_label("代为申请人电话").fill("13800006666")
    sheet.get_by_label("和申请人的关系").select_option("子女")
    sheet.get_by_label("为什么代为申请").select_option("受申请人之托代为联系")
    sheet.get_by_role("button", name="存为草稿").click()
    expect(sheet.get_by_role("alert")).to_contain_text("号码好像不对")
    sheet.get_by_label("申请人电话", exact=True).fill("13800005555")
    picture(page, "application-draft")
    no_axe_violations(page)
    sheet.get_by_role("button", name="存为草稿").click()
    expect(sheet).to_contain_text("正在填写，还没有提交")
    sheet.get_by_role("button", name="读给本人听").click()
    expect(sheet).to_contain_text("由家人己代为申请")
    sheet.get_by_label("本人听了，没有说错").check()
    sheet.get_by_label("本人同意提交").check()
    sheet.get_by_role("button", name="提交").click()
    expect(sheet).to_contain_text("待本人确认")
    expect(sheet).to_contain_text("已提交，等待法律援助机构审查")
    expect(sheet.get_by_role("button", name="读给本人听")).to_have_count(0)
