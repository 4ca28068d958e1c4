"""A browser, and a gateway to look at: the fake one, or the one named by CHAT_BASE_URL."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page

from tests.web.fake_gateway import FakeGateway

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "web" / "dist" / "chat"


@pytest.fixture(scope="session")
def fake_gateway_and_url() -> Iterator[tuple[FakeGateway, str]]:
    """The scripted gateway on a free port, for as long as the tests run."""
    if not (PAGES / "index.html").exists():
        pytest.fail("web/dist/chat is missing: run `npm ci && npm run build` in web/")
    gateway = FakeGateway(PAGES)
    server = uvicorn.Server(uvicorn.Config(gateway.app, port=0, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield gateway, f"http://127.0.0.1:{port}"
    gateway.stream_works = False
    gateway.expire_all()
    server.should_exit = True
    thread.join(timeout=5)


@pytest.fixture
def base_url(request: pytest.FixtureRequest) -> str:
    """Where the pages are served: a running gateway (CHAT_BASE_URL), else the fake one."""
    url = os.environ.get("CHAT_BASE_URL")
    return url if url else str(request.getfixturevalue("fake_gateway_and_url")[1])


@pytest.fixture
def fake(request: pytest.FixtureRequest) -> Iterator[FakeGateway]:
    """The fake gateway's levers; tests that need them are skipped against a real one."""
    if os.environ.get("CHAT_BASE_URL"):
        pytest.skip("needs the scripted gateway")
    gateway: FakeGateway = request.getfixturevalue("fake_gateway_and_url")[0]
    yield gateway
    gateway.refusals.clear()
    gateway.stream_works = True
    gateway.think_seconds = 0.05


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A cheap phone: narrow, touchable, nothing remembered."""
    found = browser.new_context(viewport={"width": 375, "height": 667}, has_touch=True, locale="zh-CN")
    found.set_default_timeout(8000)
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext, base_url: str) -> Iterator[Page]:
    """The chat page, opened and greeted. Anything the page's own code throws or its policy blocks fails the test."""
    found = context.new_page()
    wrongs: list[str] = []
    found.on("pageerror", lambda error: wrongs.append(str(error)))
    found.on(
        "console", lambda message: wrongs.append(message.text) if "Content Security Policy" in message.text else None
    )
    found.goto(f"{base_url}/chat/")
    found.wait_for_selector("[role=log] .message, .welcome")
    yield found
    assert wrongs == []
