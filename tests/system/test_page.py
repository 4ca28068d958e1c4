"""A citizen on a phone: from their own words to an appointment number, in a real browser against the running system."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from settings import ROOT
from tests.running_system import RunningSystem

PICTURES = Path(os.environ.get("ARTEFACTS", ROOT / "build" / "screenshots"))
WAIT_MS = 20_000
TOLD_WITHIN_MS = 5_000
RESTARTED_WITHIN_MS = 120_000  # a busy machine starts slowly; how fast it is on a quiet one is measured in bench/


@pytest.fixture
def phone(browser: Browser, system: RunningSystem) -> Iterator[Page]:
    """The chat page on a cheap phone."""
    context = browser.new_context(viewport={"width": 375, "height": 812}, has_touch=True, locale="zh-CN")
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.goto(f"{system.base_url}/chat/")
    yield page
    context.close()


def test_from_a_question_to_an_appointment_number(phone: Page) -> None:
    words = phone.get_by_role("textbox")
    talk = phone.get_by_role("log")
    words.fill("我在合肥蜀山区工地干活，老板欠我四个月工资两万八一直不给，我是从六安来打工的")
    words.press("Enter")
    expect(talk).to_contain_text("劳动仲裁", timeout=WAIT_MS)
    expect(talk).to_contain_text("可能符合法律援助条件", timeout=WAIT_MS)
    expect(phone.locator(".state-bar")).to_contain_text("机器人在回答")
    PICTURES.mkdir(parents=True, exist_ok=True)
    phone.screenshot(path=PICTURES / "running-system-assessment.png")

    expect(talk).to_contain_text("约个窗口时间", timeout=WAIT_MS)  # the last message is there: nothing moves the button
    phone.get_by_role("button", name="预约窗口").last.click()
    expect(talk).to_contain_text("哪天方便", timeout=WAIT_MS)
    words.fill("下周二上午")
    words.press("Enter")
    expect(talk).to_contain_text("蜀山区法律援助中心", timeout=WAIT_MS)
    expect(talk).to_contain_text("AP2", timeout=WAIT_MS)
    phone.screenshot(path=PICTURES / "running-system-appointment.png")

    with phone.expect_download() as download:
        phone.get_by_role("button", name="存到日历").last.click()
    saved = download.value
    assert saved.suggested_filename.endswith(".ics")
    assert "BEGIN:VALARM" in Path(saved.path()).read_text("utf-8")


def test_danger_shows_a_number_to_press(phone: Page) -> None:
    phone.get_by_role("textbox").fill("他刚才又打我了，我躲在厕所")
    phone.get_by_role("textbox").press("Enter")
    call = phone.get_by_role("log").get_by_role("link", name="110").first
    expect(call).to_be_visible(timeout=WAIT_MS)
    assert call.get_attribute("href") == "tel:110"
    PICTURES.mkdir(parents=True, exist_ok=True)
    phone.screenshot(path=PICTURES / "running-system-danger.png")


def say(phone: Page, words: str) -> None:
    phone.get_by_role("textbox").fill(words)
    phone.get_by_role("textbox").press("Enter")


def test_gateway_is_dead_when_the_citizen_speaks(phone: Page, system: RunningSystem) -> None:
    talk = phone.get_by_role("log")
    say(phone, "你好")
    expect(talk.locator(".message.bot").first).to_be_visible()
    system.kill("gateway")
    say(phone, "劳动仲裁要交钱吗")
    expect(phone.get_by_text("正在重新连接")).to_contain_text("12348", timeout=TOLD_WITHIN_MS)
    expect(talk).to_contain_text("待发送", timeout=TOLD_WITHIN_MS)
    PICTURES.mkdir(parents=True, exist_ok=True)
    phone.screenshot(path=PICTURES / "running-system-gateway-dead.png")
    expect(talk).to_contain_text("不收费", timeout=RESTARTED_WITHIN_MS)
    expect(talk).not_to_contain_text("待发送")
    expect(talk.locator(".message.citizen", has_text="劳动仲裁要交钱吗")).to_have_count(1)
    system.wait_until_ready()


def test_gateway_dies_while_it_answers(phone: Page, system: RunningSystem) -> None:
    talk = phone.get_by_role("log")
    say(phone, "你好")
    expect(talk.locator(".message.bot").first).to_be_visible()
    with phone.expect_response("**/v1/web/messages"):
        say(phone, "劳动仲裁要交钱吗")
    system.kill("gateway")
    expect(phone.get_by_text("不收费").or_(phone.get_by_text("正在重新连接")).first).to_be_visible(
        timeout=TOLD_WITHIN_MS
    )
    expect(talk).to_contain_text("不收费", timeout=RESTARTED_WITHIN_MS)
    system.wait_until_ready()


def test_database_locks_while_the_bot_answers(phone: Page, system: RunningSystem) -> None:
    talk = phone.get_by_role("log")
    say(phone, "你好")
    expect(talk.locator(".message.bot").first).to_be_visible()
    with phone.expect_response("**/v1/web/messages"):
        say(phone, "老板欠我两个月工资，我在合肥庐阳区上班")
    with system.locked():
        answered_or_told = phone.get_by_text("劳动监察").or_(phone.get_by_text("回复比平时慢"))
        expect(answered_or_told.first).to_be_visible(timeout=TOLD_WITHIN_MS)
    # What the lock broke off is answered, or apologised for with the way to a person; then the talk goes on.
    answer_or_apology = talk.get_by_text("劳动监察").or_(talk.get_by_text("转人工"))
    expect(talk.locator(".message.bot").nth(1)).to_be_visible(timeout=RESTARTED_WITHIN_MS)
    expect(answer_or_apology.first).to_be_visible()
    expect(phone.get_by_text("回复比平时慢")).to_have_count(0)
    say(phone, "劳动仲裁要交钱吗")
    expect(talk).to_contain_text("不收费", timeout=RESTARTED_WITHIN_MS)
