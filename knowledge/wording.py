"""Turns what people type or say into the runs of characters that the search counts."""

import re
import unicodedata
from collections import Counter
from pathlib import Path

import yaml

MAX_TEXT = 400  # characters read of one question; people come to the point before that
LENGTH_WEIGHT = {1: 0.6, 2: 1.0}  # by the length of a run; runs of three only cost time, measured
FILLER = re.compile(
    r"你好|您好|请问一下|请问|想问一下|问一下|想咨询一下|咨询一下|麻烦|谢谢|那个|就是说|[的了啊呀呢吧嘛哦]"
    r"|[0-9.]+[年月日号天元块万岁点个]+"  # dates and amounts tell the case, not the question
)
MARKS = re.compile(r"[^0-9a-z\u4e00-\u9fff]+")
_PAIRS = yaml.safe_load((Path(__file__).parent / "spoken.yaml").read_text("utf-8")).items()
WRITTEN = {said: written for written, forms in _PAIRS for said in forms}
SPOKEN = re.compile("|".join(sorted(WRITTEN, key=len, reverse=True)))


def grams(text: str) -> Counter[str]:
    """Count the single characters and pairs left when greetings and marks are gone and spoken words written."""
    plain = unicodedata.normalize("NFKC", text[:MAX_TEXT]).lower()
    plain = SPOKEN.sub(lambda found: WRITTEN[found[0]], FILLER.sub(" ", plain))
    counts: Counter[str] = Counter()
    for run in MARKS.split(plain):
        counts.update(run[i : i + n] for n in LENGTH_WEIGHT for i in range(len(run) - n + 1))
    return counts
