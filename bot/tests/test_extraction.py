"""Facts found in sentences, one YAML list per kind; today is Sunday 2026-11-22."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.extraction import facts, numerals
from bot.extraction.spans import Span

TODAY = date(2026, 11, 22)
CASES = Path(__file__).parent / "extraction"
SENTENCES = [
    pytest.param(case, id=f"{path.stem}: {case['text']}")
    for path in sorted(CASES.glob("*.yaml"))
    if path.stem != "tidy"
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def _as_expected(span: Span, expected: Any) -> Any:
    """What was found, cut down to what the case speaks of."""
    if not isinstance(expected, dict):
        return span.value
    return {key: span.value if key == "value" else span.extras.get(key) for key in expected}


@pytest.mark.parametrize("case", SENTENCES)
def test_一句话里说了什么(case: dict[str, Any]) -> None:
    text = str(case["text"])
    found = facts.find(text, TODAY)
    for kind in case.keys() - {"text", "why"}:
        expected = case[kind]
        spans = [span for span in found if span.kind == kind]
        seen = [_as_expected(span, want) for span, want in zip(spans, expected, strict=False)]
        assert (len(spans), seen) == (len(expected), expected), [
            (text[s.start : s.end], s.value, s.extras) for s in spans
        ]
    assert all(0 <= span.start < span.end <= len(text) for span in found)


@pytest.mark.parametrize(
    ("said", "value"),
    [("两万八", 28000), ("一千七", 1700), ("三百零五", 305), ("两万八千五", 28500), ("1万2千5", 12500), ("十五", 15), ("二〇二四", 2024),
     ("一亿二千万", 120_000_000), ("一万零八百", 10800), ("1,848", 1848), ("3w5", 35000), ("一百二", 120), ("三点五万", 35000), ("壹仟贰佰", 1200)],
)  # fmt: skip
def test_数字怎么念怎么写都认得(said: str, value: int) -> None:
    assert numerals.read(said) == value


@pytest.mark.parametrize("said", ["三四千", "一直", "", "元", "五百三百"])
def test_不是一个数就不猜(said: str) -> None:
    assert numerals.read(said) is None


def test_再长的胡话也不会卡住() -> None:
    for nonsense in ("三四千两万八一二三四" * 200, "1,111" * 400, "合肥" * 1000, "一" * 2000, "我妈12" * 330):
        facts.find(nonsense[:2000], TODAY)
