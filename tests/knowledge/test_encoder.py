"""What is meant, beside what is said: the encoder, and the directions of the answers."""

from dataclasses import replace

import numpy as np
import pytest

from knowledge.answers import Answer
from knowledge.encoder import CHARACTERS, LONGEST, Encoder, encoder, read, vocabulary
from knowledge.encoder.directions import directions


@pytest.fixture(scope="module")
def meaning() -> Encoder:
    return encoder()


@pytest.mark.parametrize(
    ("said", "same", "other"),
    [
        ("厂里三个月没给我开支了", "单位拖欠工资怎么办", "房东不退押金怎么办"),
        ("他借我的三万块到现在不还", "朋友欠钱不还怎么要", "孩子的抚养费怎么算"),
        ("那口子老动手打我想分开过", "遭到家暴想离婚怎么办", "商标怎么注册"),
    ],
)
def test_意思相同的话_字不一样也指向同一边(meaning: Encoder, said: str, same: str, other: str) -> None:
    first, near, far = meaning.encode([said, same, other])
    assert first @ near > first @ far + 0.1


def test_方向的长度都是一_一起算和单独算差不多(meaning: Encoder) -> None:
    texts = ["老板不给钱", "我在工地上从架子摔下来，" * 6, "离婚", "合同到期房东不退押金怎么办"]
    together = meaning.encode(texts)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-3)
    for text, direction in zip(texts, together, strict=True):
        assert float(meaning.encode([text])[0] @ direction) > 0.98


ODD = {
    "空": "",
    "空白": " \n",
    "表情": "😭",
    "坏字符": "\x00\ud800",
    "五千字": "工" * 5000,
    "SQL": "SELECT 1; --",
    "全角": "ＡＢＣ　１２３",
}


@pytest.mark.parametrize("text", ODD.values(), ids=list(ODD))
def test_古怪的话也有方向(meaning: Encoder, text: str) -> None:
    assert np.isfinite(meaning.encode([text])).all()


def test_只读开头的字_全角半角大小写空格都一样() -> None:
    places = vocabulary(CHARACTERS)
    assert len(read("工" * 5000, places)) == LONGEST
    assert read("ＡＢＣ 工资", places) == read("abc工资", places)


def test_产品的答案差不多都有一起训练出来的方向(answers: tuple[Answer, ...], meaning: Encoder) -> None:
    class Silent(Encoder):
        asked = 0

        def __init__(self) -> None: ...

        def encode(self, texts: object) -> np.ndarray:
            self.asked += 1
            return np.ones((1, 384), np.float32)

    silent = Silent()
    assert directions(answers, silent).shape == (len(answers), 384)
    assert silent.asked <= 0.05 * len(answers), "fit the encoder again: knowledge/encoder/README.md"


def test_新写的答案按自己的问法定方向(answers: tuple[Answer, ...], meaning: Encoder) -> None:
    new = replace(answers[0], question=f"{answers[0].question}（新）")
    (fitted,), (own,) = directions(answers[:1], meaning), directions([new], meaning)
    assert float(fitted @ own) > 0.5 and np.isclose(np.linalg.norm(own), 1, atol=1e-3)
