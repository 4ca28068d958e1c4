"""The chat page as a citizen meets it, in a real browser."""

import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.web.fake_gateway import HOSTILE, FakeGateway, problem

ROOT = Path(__file__).resolve().parents[2]
ARTEFACTS = Path(os.environ.get("ARTEFACTS") or ROOT / "build" / "screenshots")
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"


OPENED = "[role=log] .message, .welcome"


def say(page: Page, words: str) -> None:
    page.get_by_label("说说您的事").fill(words)
    page.get_by_role("button", name="发送", exact=True).click()


def button(page: Page, name: str) -> Locator:
    """A button of the page itself, not an answer that the gateway offers in the same words."""
    return page.locator(".title-bar, .state-bar, .composer").get_by_role("button", name=name, exact=True)


def messages(page: Page, sender: str) -> Locator:
    return page.locator(f"[role=log] .message.{sender}")


def own(page: Page, words: str) -> Locator:
    return messages(page, "citizen").filter(has_text=words)


def wait_for_reply(page: Page, words: str) -> None:
    """Until something not said by the citizen follows their words."""
    expect(
        own(page, words).last.locator("xpath=following-sibling::*[contains(@class, 'message')]").first
    ).to_be_visible()


def scrolls_sideways(page: Page) -> bool:
    return bool(
        page.evaluate(
            """() => [document.documentElement, document.querySelector('.scroller')]
            .some((one) => one.scrollWidth > one.clientWidth)"""
        )
    )


def stored_token(page: Page) -> str:
    return str(page.evaluate("() => JSON.parse(sessionStorage.getItem('yuanxian.chat.session')).token"))


def delivered(page: Page, words: str) -> int:
    """How often the gateway itself has these words."""
    found = page.request.get(
        page.url.split("/chat")[0] + "/v1/web/events?after=0&wait=0",
        headers={"Authorization": f"Bearer {stored_token(page)}", "Accept": "application/json"},
    ).json()
    return sum(1 for e in found["events"] if e.get("from") == "citizen" and e["blocks"][0]["text"] == words)


def no_axe_violations(page: Page) -> None:
    if not AXE.exists():
        pytest.skip("axe-core is not installed: run `npm ci` in web/")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations.map((v) => [v.id, v.nodes.map((n) => n.html)])")
    assert found == [], json.dumps(found, ensure_ascii=False, indent=1)


def choose_size(page: Page, size: str) -> None:
    names = {"standard": "标准", "large": "大", "elder": "特大"}
    page.get_by_role("button", name="字号").click()
    page.get_by_role("button", name=names[size], exact=True).click()
    page.keyboard.press("Escape")


def targets_below(page: Page, pixels: int) -> list[object]:
    """Controls smaller than this; links inside a sentence are exempt."""
    found = page.evaluate(
        """(least) => [...document.querySelectorAll('button, .button, summary, textarea, .phone')]
            .map((el) => [el.textContent.trim() || el.id, el.getBoundingClientRect()])
            .filter(([, box]) => box.width > 0 && (box.height < least || box.width < Math.min(least, 44)))
            .map(([name, box]) => [name, box.width, box.height])""",
        pixels,
    )
    return list(found)


def shot(name: str) -> Path:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    return ARTEFACTS / f"chat-{name}.png"


def test_打字说话_得到回答_每条都写明谁说的(page: Page) -> None:
    say(page, "老板欠我三个月工资不给")
    wait_for_reply(page, "老板欠我三个月工资不给")
    expect(own(page, "老板欠我三个月工资不给").locator(".name")).to_have_text("我")
    expect(page.get_by_role("heading", level=1)).to_have_text("12348 智能助手（非人工）")
    names = page.locator(".message .name").all_inner_texts()
    assert len(names) == page.locator(".message").count()
    assert set(names) <= {"我", "智能助手（非人工）", "工作人员", "系统"}


def test_回车发送_上档回车换行(page: Page) -> None:
    box = page.get_by_label("说说您的事")
    box.focus()
    page.keyboard.type("第一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    page.keyboard.press("Enter")
    expect(own(page, "第一行").locator(".text")).to_have_text("第一行\n第二行")
    expect(box).to_have_value("")


def test_输入法选字的回车不发送(page: Page) -> None:
    box = page.get_by_label("说说您的事")
    box.fill("gongzi")
    before = page.locator(".message.citizen").count()
    box.dispatch_event("compositionstart")
    box.press("Enter")
    assert page.locator(".message.citizen").count() == before
    box.evaluate("el => el.dispatchEvent(new CompositionEvent('compositionend'))")
    box.evaluate(
        "el => el.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}))"
    )
    assert page.locator(".message.citizen").count() == before


def test_超过两千字不能发送_并说明多了几个字(page: Page) -> None:
    box = page.get_by_label("说说您的事")
    box.fill("长" * 1850)
    expect(page.get_by_text("还可以写 150 个字")).to_be_visible()
    box.fill("长" * 2003)
    page.get_by_role("button", name="发送", exact=True).click()
    expect(page.get_by_text("多了 3 个字")).to_be_visible()
    expect(box).not_to_have_value("")
    expect(messages(page, "citizen")).to_have_count(0)


def test_点按钮回答_显示按钮上的字_旧按钮不再能点(page: Page, fake: FakeGateway) -> None:
    say(page, "老板拖欠工资")
    page.get_by_role("button", name="是的").click()
    expect(own(page, "是的")).to_be_visible()
    expect(page.get_by_role("button", name="是的")).to_have_count(0)
    expect(page.get_by_role("button", name="预约时间")).to_be_visible()


def test_刷新后原样恢复_不重复(page: Page) -> None:
    say(page, "老板欠我工资")
    wait_for_reply(page, "老板欠我工资")
    page.wait_for_timeout(500)
    before = page.locator("[role=log] .message .words").all_inner_texts()
    token = stored_token(page)
    page.reload()
    expect(page.locator("[role=log] .message")).to_have_count(len(before))
    assert page.locator("[role=log] .message .words").all_inner_texts() == before
    assert stored_token(page) == token


def test_断网时显示待发送_恢复后只送到一次(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    say(page, "断网时说的话")
    expect(own(page, "断网时说的话").get_by_text("待发送")).to_be_visible()
    expect(page.get_by_text(re.compile("网络断了"))).to_be_visible()
    say(page, "断网时说的第二句")
    context.set_offline(False)
    wait_for_reply(page, "断网时说的第二句")
    expect(page.locator(".message").get_by_text("待发送")).to_have_count(0)
    for words in ("断网时说的话", "断网时说的第二句"):
        expect(own(page, words)).to_have_count(1)
        assert delivered(page, words) == 1


def test_断网时刷新_待发送的话还在(page: Page, context: BrowserContext) -> None:
    page.route("**/v1/web/messages", lambda route: route.abort())
    say(page, "还没送到的话")
    expect(own(page, "还没送到的话").get_by_text("待发送")).to_be_visible()
    page.reload()
    expect(own(page, "还没送到的话").get_by_text("待发送")).to_be_visible()
    page.unroute("**/v1/web/messages")
    expect(own(page, "还没送到的话").get_by_text("待发送")).to_have_count(0, timeout=20_000)
    assert delivered(page, "还没送到的话") == 1


def test_回执丢了_用同一个编号重发_只算一次(page: Page) -> None:
    ids: list[str] = []

    def lose_first_answer(route: Route) -> None:
        ids.append(json.loads(route.request.post_data or "{}")["client_msg_id"])
        if len(ids) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/v1/web/messages", lose_first_answer)
    say(page, "回执会丢的话")
    wait_for_reply(page, "回执会丢的话")
    page.wait_for_timeout(2500)
    assert len(ids) >= 2 and len(set(ids)) == 1
    expect(own(page, "回执会丢的话")).to_have_count(1)
    assert delivered(page, "回执会丢的话") == 1


def test_最多二十条待发送(page: Page, context: BrowserContext) -> None:
    context.set_offline(True)
    for n in range(20):
        say(page, f"第{n}句")
    say(page, "第二十一句")
    expect(page.get_by_text("有 20 条消息在等网络")).to_be_visible()
    expect(page.get_by_label("说说您的事")).to_have_value("第二十一句")
    expect(messages(page, "citizen")).to_have_count(20)


def test_会话失效_换新会话_并好好说明(page: Page, fake: FakeGateway) -> None:
    say(page, "先说一句")
    wait_for_reply(page, "先说一句")
    old = stored_token(page)
    fake.expire_all()
    say(page, "隔了很久再说一句")
    expect(page.get_by_text(re.compile("之前的对话已经结束"))).to_be_visible()
    wait_for_reply(page, "隔了很久再说一句")
    assert stored_token(page) != old
    assert delivered(page, "隔了很久再说一句") == 1


def test_发得太快_按网关说的时间等_自动发出(page: Page, fake: FakeGateway) -> None:
    fake.refusals.append(problem(429, "too_many_messages", "发得有点快，请稍等。", **{"Retry-After": "1"}))
    say(page, "说得太快的话")
    expect(page.get_by_text("发得有点快，稍等一下会自动发出。")).to_be_visible()
    wait_for_reply(page, "说得太快的话")


def test_被拒绝的话说明原因_可以重新发送(page: Page, fake: FakeGateway) -> None:
    fake.refusals.append(problem(422, "action_unknown", "这个按钮已经过期。"))
    say(page, "会被拒绝的话")
    expect(page.get_by_text("没有发出去：这个按钮已经过期。")).to_be_visible()
    page.get_by_role("button", name="重新发送").click()
    wait_for_reply(page, "会被拒绝的话")
    expect(own(page, "会被拒绝的话")).to_have_count(1)


def test_推送不通时改用长轮询(page: Page, fake: FakeGateway) -> None:
    fake.stream_works = False
    page.reload()
    page.wait_for_selector(OPENED)
    with page.expect_request(lambda request: "wait=25" in request.url, timeout=15_000):
        pass
    say(page, "老板拖欠工资")
    wait_for_reply(page, "老板拖欠工资")


def test_只用键盘_从打开到转人工(page: Page) -> None:
    def tab_to(name: str) -> None:
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.textContent.trim() || document.activeElement.id") == name:
                outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
                assert outline == "solid", f"{name}: focus cannot be seen"
                return
        pytest.fail(f"{name} cannot be reached with Tab")

    tab_to("words")
    page.keyboard.type("老板拖欠工资")
    page.keyboard.press("Enter")
    wait_for_reply(page, "老板拖欠工资")
    page.evaluate("() => document.activeElement.blur()")
    tab_to("字号")
    page.keyboard.press("Enter")
    tab_to("特大")
    page.keyboard.press("Space")
    expect(page.locator("html")).to_have_attribute("data-text-size", "elder")
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.textContent.trim()") == "字号"
    tab_to("转人工")
    page.keyboard.press("Enter")
    wait_for_reply(page, "转人工")


def test_转人工按钮一直看得见_人工来了换标签(page: Page, fake: FakeGateway) -> None:
    human = button(page, "转人工")
    expect(human).to_be_in_viewport()
    human.click()
    expect(own(page, "转人工")).to_have_count(1)
    expect(messages(page, "operator").locator(".name")).to_have_text("工作人员")
    expect(page.get_by_role("heading", level=1)).to_have_text("12348 工作人员")
    expect(page.get_by_role("link", name="拨打 12348")).to_have_attribute("href", "tel:12348")
    expect(human).to_be_in_viewport()


@pytest.mark.parametrize("size", ["standard", "large", "elder"])
def test_三百二十像素宽不横向滚动(page: Page, size: str) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    choose_size(page, size)
    for words in ("老板拖欠工资", "他正在打我", "是的", "预约时间", "去哪里办", "https://example.com/" + "a" * 120):
        say(page, words)
        wait_for_reply(page, words)
        assert not scrolls_sideways(page), words
    for name in ("转人工", "快速离开"):
        expect(button(page, name)).to_be_in_viewport()


def test_文字放大到两倍仍能用(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    page.evaluate(
        "() => { document.documentElement.style.fontSize = '200%'; window.dispatchEvent(new Event('resize')) }"
    )
    say(page, "老板拖欠工资")
    wait_for_reply(page, "老板拖欠工资")
    page.screenshot(path=shot("320-text-200-end"))
    assert not scrolls_sideways(page)
    for name in ("转人工", "快速离开", "发送"):
        expect(button(page, name)).to_be_in_viewport(ratio=0.99)
    assert page.locator(".scroller").evaluate("el => el.clientHeight") >= 100
    page.evaluate("() => document.querySelector('.message:not(.citizen)').scrollIntoView()")
    page.screenshot(path=shot("320-text-200"))


def test_字号记住_特大时正文二十像素以上_按钮六十像素以上(page: Page) -> None:
    choose_size(page, "elder")
    page.reload()
    page.wait_for_selector(OPENED)
    expect(page.locator("html")).to_have_attribute("data-text-size", "elder")
    assert float(page.evaluate("() => parseFloat(getComputedStyle(document.body).fontSize)")) >= 20
    say(page, "老板拖欠工资")
    wait_for_reply(page, "老板拖欠工资")
    assert targets_below(page, 60) == []


def test_普通字号按钮至少四十四像素(page: Page) -> None:
    say(page, "老板拖欠工资")
    wait_for_reply(page, "老板拖欠工资")
    assert targets_below(page, 44) == []


def test_危险时大字给出110(page: Page) -> None:
    say(page, "他正在打我，我躲在厕所里")
    notice = page.locator(".notice.danger").first
    expect(notice.get_by_role("link", name="拨打 110")).to_have_attribute("href", "tel:110")
    expect(notice.get_by_role("link", name="拨打 110")).to_be_in_viewport()


def test_令牌不在地址里(page: Page, context: BrowserContext) -> None:
    addresses: list[str] = []
    context.on("request", lambda request: addresses.append(request.url))
    say(page, "老板拖欠工资")
    wait_for_reply(page, "老板拖欠工资")
    page.reload()
    page.wait_for_selector(OPENED)
    token = stored_token(page)
    assert addresses and not any(token in address for address in [*addresses, page.url])
    assert context.cookies() == []
    assert page.evaluate("token => !JSON.stringify({...localStorage}).includes(token)", token)


def test_自己打的尖括号原样显示(page: Page) -> None:
    say(page, HOSTILE)
    expect(own(page, "onerror").locator(".text")).to_have_text(HOSTILE)
    wait_for_reply(page, "onerror")
    assert page.title() == "12348 智能助手（非人工）"
    assert page.locator("[role=log] img, [role=log] script").count() == 0


def test_网关发来的尖括号原样显示(page: Page, fake: FakeGateway) -> None:
    say(page, "坏字")
    expect(page.locator(".conclusion")).to_have_text(HOSTILE)
    expect(page.get_by_role("button", name=HOSTILE)).to_be_visible()
    assert page.title() == "12348 智能助手（非人工）"
    assert page.locator("[role=log] img, [role=log] script").count() == 0


def test_每种内容都画得出来(page: Page, fake: FakeGateway) -> None:
    say(page, "老板拖欠工资")
    expect(page.locator(".answer .conclusion")).to_contain_text("拖欠工资是违法的")
    expect(page.locator(".deadlines .period")).to_have_text("一年")
    expect(page.locator(".steps li")).to_have_count(3)
    articles = page.locator("details li").first
    expect(articles).to_be_hidden()
    page.get_by_text("依据", exact=True).click()
    expect(articles).to_have_text("《劳动法》第五十条")
    page.get_by_role("button", name="是的").click()
    expect(page.locator(".assessment")).to_contain_text("以法律援助机构的决定为准")
    page.get_by_role("button", name="去哪里办").click()
    expect(page.locator(".station").nth(0).get_by_role("link")).to_have_attribute("href", "tel:00001234567")
    expect(page.locator(".station").nth(1)).to_contain_text("待核，去之前请先拨打 12348 问清楚")
    say(page, "预约时间")
    expect(page.locator(".appointment .number")).to_have_text("YY-20261123-007")
    say(page, "新花样")
    expect(page.get_by_text("新花样的文字版")).to_be_visible()
    expect(page.get_by_text("请说一下您在哪个城市？")).to_be_visible()


def test_快速离开_去空白页_不留会话(page: Page) -> None:
    say(page, "老板拖欠工资")
    chat = page.url
    page.get_by_role("button", name="快速离开").click()
    page.wait_for_url("about:blank")
    page.goto(chat)
    page.wait_for_selector(OPENED)
    expect(messages(page, "citizen")).to_have_count(0)


def test_说再见后可以打分(page: Page, fake: FakeGateway) -> None:
    say(page, "再见")
    page.get_by_role("radio", name="4 满意").check()
    page.get_by_label("还想说什么").fill("说得清楚")
    page.get_by_role("button", name="提交评价").click()
    expect(page.get_by_text("谢谢您的评价。")).to_be_visible()
    expect(page.locator(".rating")).to_have_count(0)
    assert fake.ratings[-1] == {"score": 4, "comment": "说得清楚"}


def test_从更多里打分和下载记录(page: Page) -> None:
    say(page, "老板拖欠工资")
    wait_for_reply(page, "老板拖欠工资")
    page.get_by_role("button", name="更多").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载对话记录").click()
    assert download.value.suggested_filename == "12348对话记录.txt"
    assert "老板拖欠工资" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="给这次服务打分").click()
    expect(page.locator(".rating")).to_be_in_viewport()


def test_删除对话要问两次(page: Page, fake: FakeGateway) -> None:
    say(page, "老板拖欠工资")
    wait_for_reply(page, "老板拖欠工资")
    page.get_by_role("button", name="更多").click()
    page.get_by_role("button", name="删除我的对话").click()
    page.get_by_role("button", name="确定删除").click()
    expect(page.get_by_text("已经删除。")).to_be_visible()
    expect(messages(page, "citizen")).to_have_count(0)


def test_对话区会被读屏念出来(page: Page) -> None:
    log = page.get_by_role("log", name="对话内容")
    expect(log).to_have_attribute("aria-live", "polite")


def test_要求少动画的手机上没有动画(page: Page, fake: FakeGateway) -> None:
    page.emulate_media(reduced_motion="reduce")
    fake.think_seconds = 1.5
    say(page, "老板拖欠工资")
    expect(page.locator(".typing")).to_be_visible()
    assert page.locator(".typing i").first.evaluate("el => getComputedStyle(el).animationName") == "none"


@pytest.mark.parametrize(
    "width,height,size",
    [
        (320, 568, "standard"),
        (375, 667, "standard"),
        (768, 1024, "standard"),
        (375, 667, "large"),
        (320, 568, "elder"),
        (375, 667, "elder"),
    ],
)
def test_截图并查无障碍(page: Page, fake: FakeGateway, width: int, height: int, size: str) -> None:
    page.set_viewport_size({"width": width, "height": height})
    name = f"{width}-{size}"
    check = no_axe_violations if width == 375 else lambda page: None  # the same elements at every width
    page.get_by_role("button", name="字号").click()
    page.screenshot(path=shot(f"{name}-0-sizes"))
    page.keyboard.press("Escape")
    choose_size(page, size)
    page.screenshot(path=shot(f"{name}-1-start"))
    check(page)
    say(page, "老板拖欠工资，三个月没发了")
    wait_for_reply(page, "老板拖欠工资")
    page.wait_for_timeout(200)
    page.screenshot(path=shot(f"{name}-2-answer"))
    page.get_by_text("依据", exact=True).click()
    page.get_by_role("button", name="不是").scroll_into_view_if_needed()
    page.screenshot(path=shot(f"{name}-3-answer-end"))
    check(page)
    for step, words in enumerate(("是的", "预约时间"), start=4):
        page.get_by_role("button", name=words).click()
        wait_for_reply(page, words)
        page.wait_for_timeout(200)
        page.screenshot(path=shot(f"{name}-{step}"))
    say(page, "去哪里办")
    wait_for_reply(page, "去哪里办")
    page.wait_for_timeout(200)
    page.screenshot(path=shot(f"{name}-6-stations"))
    say(page, "他正在打我")
    wait_for_reply(page, "他正在打我")
    page.wait_for_timeout(200)
    page.screenshot(path=shot(f"{name}-7-danger"))
    check(page)
    say(page, "提醒")
    wait_for_reply(page, "提醒")
    button(page, "转人工").click()
    expect(messages(page, "operator")).to_be_visible()
    page.context.set_offline(True)
    say(page, "断网时说的话")
    expect(own(page, "断网时说的话").get_by_text("待发送")).to_be_visible()
    page.screenshot(path=shot(f"{name}-8-operator-offline"))
    check(page)
    page.context.set_offline(False)
    say(page, "再见")
    page.get_by_role("button", name="更多").click()
    page.screenshot(path=shot(f"{name}-9-menu"))
    page.get_by_role("button", name="给这次服务打分").click()
    page.screenshot(path=shot(f"{name}-10-rating"))
    check(page)
