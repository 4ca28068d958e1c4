"""Turns what people type or say into the plain words that the search counts."""

import re
import unicodedata
from pathlib import Path

import yaml

MAX_TEXT = 400  # characters read of one question; people come to the point before that
FILLER = re.compile(
    r"你好|您好|请问一下|请问|想问一下|问一下|想咨询一下|咨询一下|麻烦|谢谢|那个|就是说|[的了啊呀呢吧嘛哦]"
    r"|[0-9.]+[年月日号天元块万岁点个]+"  # dates and amounts tell the case, not the question
)
_PAIRS = yaml.safe_load((Path(__file__).parent / "spoken.yaml").read_text("utf-8")).items()
WRITTEN = {said: written for written, forms in _PAIRS for said in forms}
SPOKEN = re.compile("|".join(sorted(WRITTEN, key=len, reverse=True)))


def plain(text: str) -> str:
    """The beginning of a text with greetings and fillers gone and spoken words written."""
    levelled = unicodedata.normalize("NFKC", text[:MAX_TEXT]).lower()
    return SPOKEN.sub(lambda found: WRITTEN[found[0]], FILLER.sub(" ", levelled))
