"""Reading the law from the chat page: a cited article opens where it is cited, on a small phone and with the keyboard."""

import pytest
from playwright.sync_api import Page, expect

from tests.web.fake_gateway import FakeGateway, problem
from tests.web.test_chat_page import (
    choose_size,
    no_axe_violations,
    say,
    scrolls_sideways,
    shot,
    targets_below,
    wait_for_reply,
)


@pytest.fixture
def answered(page: Page, fake: FakeGateway) -> Page:
    """The page after an answer, its sources unfolded, as narrow as phones are."""
    page.set_viewport_size({"width": 320, "height": 568})
    say(page, "老板拖欠工资")
    wait_for_reply(page, "老板拖欠工资")
    page.locator("summary", has_text="依据").last.click()
    return page


def test_点依据看原文_再点收起(answered: Page) -> None:
    name = answered.get_by_role("button", name="《劳动合同法》第八十五条")
    expect(name).to_have_attribute("aria-expanded", "false")
    name.click()
    expect(name).to_have_attribute("aria-expanded", "true")
    expect(answered.get_by_text("责令限期支付劳动报酬")).to_be_visible()
    expect(answered.get_by_text("2012年12月28日通过的版本，现行有效")).to_be_visible()
    assert not scrolls_sideways(answered)
    assert targets_below(answered, 44) == []
    no_axe_violations(answered)
    answered.screenshot(path=shot("320-standard-article"))
    name.click()
    expect(name).to_have_attribute("aria-expanded", "false")
    expect(answered.get_by_text("责令限期支付劳动报酬")).to_be_hidden()


def test_只用键盘也打得开(answered: Page) -> None:
    name = answered.get_by_role("button", name="《劳动合同法》第八十五条")
    name.focus()
    answered.keyboard.press("Enter")
    expect(answered.get_by_text("责令限期支付劳动报酬")).to_be_visible()


def test_手边没有原文_好好说_不让再试(answered: Page) -> None:
    answered.get_by_role("button", name="《劳动法》第五十条").click()
    expect(answered.get_by_text("这一条的原文现在手边没有。可以转人工问一问")).to_be_visible()
    expect(answered.get_by_role("button", name="再试一次")).to_have_count(0)


def test_没取到可以再试一次(answered: Page, fake: FakeGateway) -> None:
    fake.refusals.append(problem(503, "busy", "忙"))
    answered.get_by_role("button", name="《劳动合同法》第八十五条").click()
    answered.get_by_role("button", name="再试一次").click()
    expect(answered.get_by_text("责令限期支付劳动报酬")).to_be_visible()


def test_特大字号不横向滚动(answered: Page) -> None:
    choose_size(answered, "elder")
    answered.get_by_role("button", name="《劳动合同法》第八十五条").click()
    expect(answered.get_by_text("责令限期支付劳动报酬")).to_be_visible()
    assert not scrolls_sideways(answered)
