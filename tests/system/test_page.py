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
    PICTURES.mkdir(parents=True, exist_ok=True)
    phone.screenshot(path=PICTURES / "running-system-assessment.png")

    phone.get_by_role("button", name="预约窗口").last.click()
    expect(talk).to_contain_text("哪天方便", timeout=WAIT_MS)
    words.fill("下周二上午")
    words.press("Enter")
    expect(talk).to_contain_text("蜀山区法律援助中心", timeout=WAIT_MS)
    expect(talk).to_contain_text("AP2", timeout=WAIT_MS)
    phone.screenshot(path=PICTURES / "running-system-appointment.png")


def test_danger_shows_a_number_to_press(phone: Page) -> None:
    phone.get_by_role("textbox").fill("他刚才又打我了，我躲在厕所")
    phone.get_by_role("textbox").press("Enter")
    call = phone.get_by_role("log").get_by_role("link", name="110").first
    expect(call).to_be_visible(timeout=WAIT_MS)
    assert call.get_attribute("href") == "tel:110"
    PICTURES.mkdir(parents=True, exist_ok=True)
    phone.screenshot(path=PICTURES / "running-system-danger.png")
