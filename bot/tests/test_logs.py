"""Rasa's log holds what happened and where, never what a citizen said or what is known of them."""

import logging
from collections.abc import Iterator

import pytest
import structlog
from rasa.core.nlg.interpolator import interpolate_text
from rasa.utils.log_utils import configure_structlog

from bot.logs import keep_words_out

NAME = "赵小梅"


@pytest.fixture
def logs(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    before = structlog.get_config()
    configure_structlog(logging.WARNING)
    keep_words_out()
    keep_words_out()  # a second server in one process changes nothing
    yield caplog
    structlog.configure(**before)


def test_an_exception_is_logged_with_its_place_and_without_what_is_known_of_the_citizen(
    logs: pytest.LogCaptureFixture,
) -> None:
    template = "您好，{nickname}"

    assert interpolate_text(template, {"citizen_name": NAME}) == template  # Rasa logs the missing slot with all others

    assert "KeyError" in logs.text
    assert "interpolator.py" in logs.text
    assert NAME not in logs.text


def test_a_warning_is_logged_without_the_words_it_is_about(logs: pytest.LogCaptureFixture) -> None:
    structlog.get_logger("rasa.test").warning(
        "tracker.strange", event_info="Odd.", text=f"我叫{NAME}", slots={"a": NAME}
    )

    assert "tracker.strange" in logs.text
    assert NAME not in logs.text


def test_a_button_of_the_domain_carries_its_code_without_an_error() -> None:
    """Doubled braces: with single ones Rasa looks for a slot of that name, fails, and logs all slots."""
    assert interpolate_text('/inform{{"disabled":"yes"}}', {"region": "340104"}) == '/inform{"disabled":"yes"}'
