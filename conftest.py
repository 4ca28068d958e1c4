"""For every test, in both environments: nothing may be asked of the network."""

import socket
from typing import Any

import pytest

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def nothing_leaves_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to any address but loopback, so that a test cannot depend on, or disturb, a real service."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {address[0]}; tests stay on this machine")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
