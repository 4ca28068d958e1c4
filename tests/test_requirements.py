"""docs/requirements.md: each row that software has to fulfil is there, and what it names exists."""

import re

import pytest

from settings import ROOT

TEXT = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
ASKED = [
    *range(50, 63),
    *(row for row in range(90, 107) if row not in (103, 105)),
    *(*range(110, 119), 121),
    *(130, 133, 134, 136, 137, 139, 140, 142, 143, 144),
    *range(150, 155),
]
"""Rows of the groups ACC, STN, ASG, QLT and REC that the analysis of the seeds marked 内 or 部分."""
NAMED = sorted(set(re.findall(r"`((?:[\w.]+/)+[^`]*?|\w+\.py)`", TEXT)))


def test_每一行都在_一行一次() -> None:
    assert [int(row) for row in re.findall(r"^\| SR-(\d+) ", TEXT, re.MULTILINE)] == ASKED


@pytest.mark.parametrize("named", NAMED)
def test_写到的文件和测试都在(named: str) -> None:
    file, _, test = named.partition("::")
    assert (ROOT / file).exists()
    if test:
        assert f"\ndef {test}(" in (ROOT / file).read_text(encoding="utf-8")
