"""Facts of eligibility that callers tell in passing, in words that no entity carries."""

import re
from collections.abc import Mapping
from typing import Any

KIN = r"(?:丈夫|老公|爱人|对象|老婆|妻子|儿子|女儿|孩子|爸爸?|妈妈?|父亲|母亲|哥哥?|弟弟?|姐姐?|妹妹?|家人|家属|侄子|外甥)"
# A match right after one of these says the opposite, or nothing.
DENIED = re.compile(r"(?:不是|不算|没有?|不用|不需要|并非)[^，。,；;]{0,2}$")
DAYS_LEFT = re.compile(
    r"(?:时效|期限|上诉期|起诉期|截止|到期)[^，。,；;]{0,8}(?:还剩|只剩|剩下|剩余|还有|剩|不到)[^，。,；;]{0,3}$"
)
# 不给我办低保 is said by who has none.
NOT_HELD = re.compile(r"(?:不给|不批|没批|不让|取消|停|退掉|想|要|申请|怎么|办不)[^，。,；;]{0,6}$")
OWN_INCOME = re.compile(
    r"(?:本人|我自己|我)[^，。,；;欠该]{0,4}(?:每个?月|一个?月|月)[^，。,；;欠该]{0,4}"
    r"(?:收入|养老金|退休金|低保金|只有|挣|拿|领)[^，。,；;]{0,4}$"
)
SPOKEN: tuple[tuple[re.Pattern[str], dict[str, Any]], ...] = tuple(
    (re.compile(words), facts)
    for words, facts in (
        (r"行动不(?:便|方便)|走不(?:了路|动路?)|下不了(?:床|地)|卧床|瘫(?:痪|在床)|坐轮椅|腿脚不(?:便|好|灵)", {"mobility_impaired": True}),
        (r"转移(?:了|走|他?的)*(?:财产|资产|存款|房产)|(?:财产|证据)保全|先予执行", {"preservation_needed": True}),
        (r"我们(?:这里|村|一共|总共|共|有|这)*(?:[一二三四五六七八九]?十|几十|上百|\d{2,})[几多来]?(?:个|名|户)", {"group_dispute": True}),
        (r"(?:没有?|还没|尚未|未)(?:决定|裁定|说)?(?:要|能)?再审", {"retrial_ordered": False}),
        (r"(?<!没)(?<!未)(?<!没有)(?:决定|裁定)再审|(?:检察院|已经?)(?:提出)?抗诉", {"retrial_ordered": True}),
        (rf"[和跟与]我?{KIN}(?:一家|他们)?(?:住在一起|一起住|同住|一起过|共同生活|一起生活)|住在我?{KIN}家", {"opponent_in_household": True}),
        (r"(?:没有?|无|没什么|没啥)(?:任何)?(?:固定|稳定|生活)的?(?:收入|工作|来源|生活来源)|[点么啥]收入[也都]没有", {"no_fixed_income": True}),
        (r"农村户口?(?!籍地)|农业户口|农村居民", {"household": "rural"}),
        (r"(?:城镇|城市)户口?(?!籍地)|居民户口|非农户?口?", {"household": "urban"}),
        (r"不是[^，。]{0,4}(?:农民工|打工的?|进城务工)", {"migrant_worker": False}),
        (r"(?:没有?|不是)(?:吃|拿|领|享受)?低保", {"assistance_recipient": False}),
        (r"没有?残疾", {"disabled": False}),
    )
)  # fmt: skip
# Said of whoever is accused; elsewhere 聋哑 or 精神病 is the other side as often as the caller's.
SPOKEN_OF_THE_ACCUSED: tuple[tuple[re.Pattern[str], dict[str, Any]], ...] = tuple(
    (re.compile(words), facts)
    for words, facts in (
        (rf"我?{KIN}", {"on_behalf": True}),
        (r"(?:刑拘|拘留|被?抓(?:走|了|进去)|关(?:在|进)|羁押|看守所|逮捕)", {"detained": True}),
        (r"[聋哑盲]|听不见|看不见|不会说话", {"sensory_disability": True}),
        (r"精神(?:病|分裂|障碍|有问题)|智力(?:障碍|残疾)|智障|脑子(?:有|不)", {"limited_capacity": True}),
        (
            r"(?:可能|会|要|怕)[^，。]{0,4}判(?:处|个)?(?:死刑|无期|死缓)|(?:死刑|无期)",
            {"life_or_death_sentence": True},
        ),
    )
)


def spoken_facts(text: str, about_the_accused: bool) -> dict[str, Any]:
    """Read the facts that a message tells in passing; what is denied or not said stays out."""
    found: dict[str, Any] = {}
    for words, facts in (*SPOKEN, *(SPOKEN_OF_THE_ACCUSED if about_the_accused else ())):
        match = words.search(text)
        if match and not DENIED.search(text[: match.start()]):
            found = {**facts, **found}
    return found


def says_days_left(text: str, entity: Mapping[str, Any]) -> bool:
    """Tell whether a length of time is what is left of a period: 时效只剩五天."""
    return bool(DAYS_LEFT.search(text[: entity.get("start", 0)]))


def says_not_held(text: str, entity: Mapping[str, Any]) -> bool:
    """Tell whether help that a message names is not what its speaker has: 民政局不给我办低保."""
    return bool(NOT_HELD.search(text[: entity.get("start", 0)]))


def opening_word(text: str) -> bool | None:
    """Give the yes or no that a reply begins with, None where it begins otherwise."""
    if re.match(r"(?:是不是|有没有|有什么|有谁|有时|对方|对了|要是)", text):
        return None
    if re.match(r"(?:不是|没有?|不(?!知道|清楚|太|想|愿|方便|好说|一定)|并没有?|无(?!所谓))", text):
        return False
    return True if re.match(r"(?:是|对|有|嗯|确实)", text) else None


def says_own_income(text: str, entity: Mapping[str, Any]) -> bool:
    """Tell whether a sum is the speaker's own income: 我自己一个月养老金九百."""
    return bool(OWN_INCOME.search(text[: entity.get("start", 0)]))
