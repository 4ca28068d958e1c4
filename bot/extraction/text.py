"""Typed and dictated Chinese brought to one form: half width, no stutter, no hemming at the beginning."""

import re
import unicodedata

_INVISIBLE = re.compile(r"[​-‏‪-‮⁠﻿­\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_HAN = r"[一-鿿㐀-䶿]"
_MARK = r"[。，、！？；：,!?;:]"
_NEEDLESS_SPACE = re.compile(rf"(?<={_HAN}) (?={_HAN})| (?={_MARK})|(?<={_MARK}) (?={_HAN})")
_SPACES = re.compile(r"\s+")
_REPEATED_MARKS = re.compile(r"([。，、！？；：…,!?;:~～.\-—])\1+")
_REPEATED_FILLER = r"(?:嗯+|呃+|额(?=[，,。\s嗯呃额我那])|啊+(?=[，,。\s我那])|哦+|噢|唉+|哎+(?!呀)|诶+|欸+)"
# Old and spoken short forms; 廿 and 卅 only before what is counted, for they are names too.
_SHORT_NUMBERS = re.compile(
    r"廿(?=[一二三四五六七八九天年个岁元块])|卅(?=[一二三四五六七八九天年个岁元块])|[俩仨](?=[月人])"
)
_LONG_NUMBERS = {"廿": "二十", "卅": "三十", "俩": "两个", "仨": "三个"}
_FILLERS = re.compile(
    rf"^(?:{_REPEATED_FILLER}"
    r"|喂+(?=[，,。!?！？\s你您喂请我是])"
    r"|那个(?=[，,。\s那嗯呃]|我[想要就]|就是)|这个(?=[，,。\s嗯呃]|我[想要就])|就是说?(?=[，,。\s]|我)|是这样(?:的|子的?)?(?=[，,。:\s]|我)"
    r"|(?:你|您)们?好+(?:啊|呀|哈)?|哈[喽啰]|在吗(?=[，,。?？\s]|我)"
    r"|我?(?:就|就是|是)?(?:想|要)(?:请|来)?(?:问|咨询|了解|请教)(?:一下|下|一哈|哈|问|个问题|个事|一个问题|一件事)(?:就是|子|儿)?"
    r"|请问(?:一下|下)?|咨询(?:一下|下|个问题)|打扰(?:一下|了)"
    r")[，,。.!！?？、:：;；~\s]*"
)


def tidy(text: str) -> str:
    """Give the sentence in half width, without repeated marks, spaces between characters and fillers at its beginning.

    Never empty unless the text was: 你好啊 alone stays 你好啊.
    """
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = _NEEDLESS_SPACE.sub("", _SPACES.sub(" ", text)).strip()
    text = _REPEATED_MARKS.sub(r"\1", text)
    text = _SHORT_NUMBERS.sub(lambda short: _LONG_NUMBERS[short[0]], text)
    return without_fillers(text)


def without_fillers(text: str) -> str:
    """Drop hemming, greetings and announcements of a question from the beginning, as long as something is left."""
    while (match := _FILLERS.match(text)) and re.search(r"\w", text[match.end() :]):
        text = text[match.end() :]
    return text
