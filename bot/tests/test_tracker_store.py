"""Rasa remembers the most recent conversations only, and nothing of them reaches a disk."""

import asyncio

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import tracker_store
from bot.tracker_store import RECENT_CONVERSATIONS, RecentTrackerStore


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> RecentTrackerStore:
    """A store that keeps three conversations."""
    monkeypatch.setattr(tracker_store, "RECENT_CONVERSATIONS", 3)
    return RecentTrackerStore(Domain.empty())


def save(store: RecentTrackerStore, *senders: str) -> None:
    for sender in senders:
        tracker = DialogueStateTracker(sender, [])
        tracker.update(UserUttered(f"{sender}说的话"))
        asyncio.run(store.save(tracker))


def kept(store: RecentTrackerStore) -> list[str]:
    return list(asyncio.run(store.keys()))


def test_满了就忘最久没用的(store: RecentTrackerStore) -> None:
    save(store, "一", "二", "三", "四")
    assert kept(store) == ["二", "三", "四"]
    assert asyncio.run(store.retrieve("一")) is None


def test_又说了话的排到最新(store: RecentTrackerStore) -> None:
    save(store, "一", "二", "三", "一", "四")
    assert kept(store) == ["三", "一", "四"]


def test_取出来的就是存进去的(store: RecentTrackerStore) -> None:
    save(store, "一")
    found = asyncio.run(store.retrieve("一"))
    assert found is not None
    assert (found.sender_id, found.latest_message.text) == ("一", "一说的话")


def test_没来过的没有(store: RecentTrackerStore) -> None:
    assert asyncio.run(store.retrieve("没来过")) is None


def test_默认记得两千个() -> None:
    assert RECENT_CONVERSATIONS == 2000
