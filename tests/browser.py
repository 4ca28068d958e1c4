"""One real Chromium for every test that needs a page: Debian's package, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless browser, started once: Playwright's synchronous interface allows only one at a time."""
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.fail("no Chromium: `make test` installs it on Debian; elsewhere install it or set CHROMIUM to its path")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield found
        found.close()
