"""Places: which division of China the caller means, down to the county, and whether they live there or come from there.

The names come from hotline/divisions.yaml. A name with its suffix (蜀山区) is believed anywhere; a county without it
(蜀山) needs its parent before it or words around it that speak of a place, because many are ordinary words too.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.extraction.spans import Span, clause_before, whole_message

DIVISIONS = Path(__file__).parents[2] / "hotline" / "divisions.yaml"

_PEOPLES = (
    "壮族|回族|维吾尔|藏族|羌族|彝族|苗族|侗族|布依族|土家族|傣族|景颇族|傈僳族|白族|哈尼族|蒙古族|蒙古|朝鲜族|哈萨克|柯尔克孜|"
    "纳西族|拉祜族|佤族|布朗族|瑶族|普米族|独龙族|怒族"
)
_SUFFIX = re.compile(rf"(?:(?:{_PEOPLES})*(?:自治区|自治州|自治县)|特别行政区|地区|林区|省|市|区|县|盟|州)$")

_WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("regions.yaml").read_text(encoding="utf-8"))
_ORDINARY = frozenset(_WORDS["ordinary"].split())
_NOT_PLACES = re.compile("|".join(_WORDS["accidents"]))
_VAGUE = frozenset({"东区", "西区", "郊区"})  # every town has them: only beside the city
_ROAD = re.compile(r"[东西南北中]?(?:路|街|大道|巷|菜|话|火锅|小吃|啤酒|烤鸭|时间|米线|人寿)")
_BAD_AFTER_SHORT = re.compile(r"[区县镇乡村]|市(?!里|区|上|场|内|中区)")  # 朝阳区 is not 朝阳市
_PLACE_BEFORE = re.compile(
    r"(?:在|住|来|到|去|从|自|回|是|于|离|往|嫁到|老家|户口|户籍|籍贯|家|我们?|这边|人在|地址|区域|地区|属于|归|找|叫|[:：,，。\s、]|^)$"
)
_PLACE_AFTER = re.compile(
    r"(?:的?(?:人(?![民工事社])|这边|那边|这里|那里|这儿|那儿|本地|当地|老家|农村|乡下|城里|法院|检察|法援|法律援助|司法|公安|派出所|看守所|人社|劳动|工地|工厂|厂|打工|务工|上班|干活|做工|工作"
    r"|住|户口|户籍|有|哪|怎么|能|可以|申请|12348|一个|一家|某|分局|交警|民政|医院|中学|小学|政府)|的?[。，,!！?？\s]|的?$|的(?=人|公司|老板|厂|法))"
)
_I_AM_IN = re.compile(r"(?:我们?|人|我家|我人)?(?:现在|目前|就)*(?:在|住在?|是)")
_NOTHING_MORE = re.compile(r"(?:这边|那边|这里|那里|的|住|上班|打工|干活|工作)*[，。,.!！?？\s]*")
_OPPONENT_IS = re.compile(
    r"(?:老板|对方|包工头|公司|厂|他|她|老公|丈夫|老婆|妻子|前夫|前妻|房东|被告|肇事者?|司机|邻居|骗子|债务人)(?:们|人)?(?:老家|户口|户籍|籍贯)?(?:就|也|都|好像|可能)?(?:是|在|住)?$"
)
_ORIGIN_BEFORE = re.compile(
    r"(?:老家(?:是|在|就?在|就?是)?|籍贯(?:是|在)?|户籍(?:地|所在地)?(?:是|在)?|户口(?:是|在|还在|本在)?|原籍(?:是|在)?|来自|出生(?:在|于)|生在|娘家(?:在|是)?)$"
)
_FROM_BEFORE = re.compile(r"(?:从|打|由|自)$")
_JOIN = re.compile(r"[\s,，的]?|这边|那边|市|省|下面|下辖|辖区|里的?|那个|这个|底下")
_GENERIC_ZONE = re.compile(
    r"市?(?:的|这边|那边)?(?P<zone>高新技术产业开发区|高新技术开发区|高新区|高新(?=[区\s，,。]|$)|经济技术开发区|经济开发区|经开区|开发区|新站区|新区|工业园区?|产业园区?|度假区|示范区|综合保税区|保税区)"
)


@dataclass(frozen=True)
class Place:
    """A division of hotline/divisions.yaml; `parents` runs from the province down and is empty for a province."""

    code: str
    name: str
    level: str
    parents: tuple[str, ...]


@dataclass(frozen=True)
class _Mention:
    start: int
    end: int
    codes: tuple[str, ...]  # more than one: several places bear this name
    sure: bool  # False: an ordinary word too, needs company
    zone: str | None = None


class Gazetteer:
    """Every name of every division, and what each may mean."""

    def __init__(
        self,
        places: dict[str, Place],
        aliases: dict[str, str],
        zones: dict[str, tuple[str, str]],
        former: dict[str, str],
    ) -> None:
        self.places = places
        self.former = former
        self.zones = zones  # what people call it → its name, the division it belongs to
        self._full: dict[str, set[str]] = defaultdict(set)
        self._short: dict[str, set[str]] = defaultdict(set)
        for place in places.values():
            self._full[place.name].add(place.code)
            for short in _shorter(place.name):
                self._short[short].add(place.code)
        for name, code in aliases.items():
            self._full[name].add(code)
            for short in _shorter(name):
                if short not in self._short and len(short) > 1:
                    self._short[short].add(code)
        self._names = frozenset({*self._full, *self._short, *zones})
        self._lengths = sorted({len(name) for name in self._names}, reverse=True)

    def longest_at(self, text: str, position: int) -> str | None:
        """Give the longest name that stands at a position."""
        return next((said for n in self._lengths if (said := text[position : position + n]) in self._names), None)

    def is_within(self, code: str, ancestor: str) -> bool:
        """Tell whether a division lies in another one, today or as people remember it."""
        former = self.former.get(code)
        return ancestor in self.places[code].parents or former == ancestor

    def widest(self, codes: set[str]) -> tuple[str, ...]:
        """Of places with one name keep the one that contains the others (大理 is the prefecture, 吉林 the province)."""
        if len(codes) == 1:
            return tuple(codes)
        for code in sorted(codes):
            if all(other == code or code in self.places[other].parents for other in codes):
                return (code,)
        provinces = [code for code in codes if not self.places[code].parents]
        return tuple(provinces) if provinces else tuple(sorted(codes))

    def lookup(self, name: str) -> tuple[tuple[str, ...], bool] | None:
        """Give what a name may mean, and whether the name alone is enough to believe it."""
        if name in self._full:
            vague = name in _VAGUE or (len(name) == 2 and name[1] == "县")
            return self.widest(self._full[name]), not vague
        if name in self._short:
            codes = self.widest(self._short[name])
            above_county = all(self.places[code].level != "county" for code in codes)
            return codes, above_county and name not in _ORDINARY
        return None


def _shorter(name: str) -> set[str]:
    """合肥市 → 合肥; 石林彝族自治县 → 石林, 石林县; 楚雄彝族自治州 → 楚雄, 楚雄州. Never a single character."""
    stem = _SUFFIX.sub("", name)
    shorter = {stem}
    for long, short in (("自治州", "州"), ("自治县", "县")):
        if name.endswith(long):
            shorter.add(stem + short)
    return {one for one in shorter if len(one) > 1 and one != name}


@lru_cache(maxsize=4)
def load(path: Path = DIVISIONS) -> Gazetteer:
    """Read the divisions file."""
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    places: dict[str, Place] = {}
    for province, about in data["divisions"].items():
        places[province] = Place(province, about["name"], "province", ())
        for county, name in about.get("counties", {}).items():
            places[county] = Place(county, name, "county", (province,))
        for city, about_city in about.get("cities", {}).items():
            places[city] = Place(city, about_city["name"], "city", (province,))
            for county, name in about_city.get("counties", {}).items():
                places[county] = Place(county, name, "county", (province, city))
    aliases = {alias["name"]: alias["code"] for alias in data["aliases"]}
    zones = {name: (zone["name"], zone["region"]) for zone in data["zones"] for name in (zone["name"], *zone["also"])}
    return Gazetteer(places, aliases, zones, data["former_parents"])


def find(text: str, gazetteer: Gazetteer | None = None) -> list[Span]:
    """Find the places in a sentence.

    Returns:
        spans of kind `region`; value is the six-digit code of the most specific division that the words allow.
        Extras: text (the words), role (place: where it happened or where they live; origin: where they come from),
        name; zone for an economic zone (ask the district); candidates when several divisions bear the name and the
        value is only what they share.
    """
    gazetteer = gazetteer or load()
    mentions = _mentions(text, gazetteer)
    merged = _merge(text, mentions, gazetteer)
    spans = [_span(text, mention, gazetteer) for mention in merged if mention.sure]
    return _most_specific([span for span in spans if span is not None], gazetteer)


def _mentions(text: str, gazetteer: Gazetteer) -> list[_Mention]:
    masked = list(text)
    for accident in _NOT_PLACES.finditer(text):
        shown = re.search(r"安徽|和县$", accident.group())
        keep = shown.span() if shown and accident.group().startswith("来") else (0, 0)
        for at in range(accident.start(), accident.end()):
            if not accident.start() + keep[0] <= at < accident.start() + keep[1]:
                masked[at] = "\0"
    searched, mentions, position = "".join(masked), [], 0
    while position < len(searched):
        name = gazetteer.longest_at(searched, position)
        if name and searched.startswith("市中区", position + len(name) - 1):
            name = name.removesuffix("市")  # 内江市中区: the 市 belongs to the district
        mention = _mention(text, name, position, gazetteer) if name else None
        position = mention.end if mention else position + 1
        if mention:
            mentions.append(mention)
    return mentions


def _mention(text: str, name: str, start: int, gazetteer: Gazetteer) -> _Mention | None:
    end = start + len(name)
    if name in gazetteer.zones:
        known_as, region = gazetteer.zones[name]
        return _Mention(start, end, (region,), True, known_as)
    found = gazetteer.lookup(name)
    if found is None or _ROAD.match(text, end):
        return None
    codes, sure = found
    complete = (name[-1] in "省市区县州盟" and name in {gazetteer.places[c].name for c in codes}) or (
        len(name) > 2 and name[-1] in "市区县州"
    )
    if not complete and _BAD_AFTER_SHORT.match(text, end):
        return None
    places = [gazetteer.places[code] for code in codes]
    if places[0].level == "city" and (generic := _GENERIC_ZONE.match(text, end)):
        return _Mention(start, generic.end(), codes, True, places[0].name.removesuffix("市") + generic["zone"])
    if not sure:
        sure = _speaks_of_a_place(text, name, start, end, complete)
    return _Mention(start, end, codes, sure)


def _speaks_of_a_place(text: str, name: str, start: int, end: int, complete: bool) -> bool:
    if name in _VAGUE:
        return False
    if whole_message(text, start, end) or (_I_AM_IN.fullmatch(text, 0, start) and _NOTHING_MORE.fullmatch(text, end)):
        return True
    before, after = text[max(0, start - 6) : start], text[end : end + 8]
    if complete:  # 寿县, 东区: the suffix is there, one sign is enough
        return bool(_PLACE_BEFORE.search(before))
    if name in _ORDINARY:
        return bool(re.search(r"(?:老家(?:在|是)?|[住家人]在|户口在)$", before)) and bool(_PLACE_AFTER.match(after))
    return bool(_PLACE_BEFORE.search(before)) or bool(_PLACE_AFTER.match(after))


def _merge(text: str, mentions: list[_Mention], gazetteer: Gazetteer) -> list[_Mention]:
    """Join 安徽省 合肥 蜀山 into one, and settle names that several places bear by the places said beside them."""
    merged: list[_Mention] = []
    for mention in mentions:
        last = merged[-1] if merged else None
        if last and _JOIN.fullmatch(text, last.end, mention.start):
            inside = tuple(c for c in mention.codes if any(gazetteer.is_within(c, p) for p in last.codes))
            if inside and not last.zone:
                merged[-1] = replace(mention, start=last.start, codes=inside, sure=True)
                continue
        merged.append(mention)
    elsewhere = {code for mention in merged if mention.sure and len(mention.codes) == 1 for code in mention.codes}
    return [_settle(mention, elsewhere, gazetteer) for mention in merged]


def _settle(mention: _Mention, elsewhere: set[str], gazetteer: Gazetteer) -> _Mention:
    if len(mention.codes) == 1:
        return mention
    inside = tuple(c for c in mention.codes if any(gazetteer.is_within(c, other) for other in elsewhere))
    return replace(mention, codes=inside) if inside else mention


def _span(text: str, mention: _Mention, gazetteer: Gazetteer) -> Span | None:
    extras: dict[str, object] = {"text": text[mention.start : mention.end]}
    if len(mention.codes) > 1:
        shared = [
            p
            for p in gazetteer.places[mention.codes[0]].parents
            if all(p in gazetteer.places[c].parents for c in mention.codes)
        ]
        if not shared:
            return None
        code = shared[-1]
        extras["candidates"] = list(mention.codes)
    else:
        code = mention.codes[0]
    role = _role(text, mention)
    if role is None:
        return None
    extras |= {"role": role, "name": gazetteer.places[code].name}
    if mention.zone:
        extras["zone"] = mention.zone
    return Span("region", mention.start, mention.end, code, extras, 0.8 if len(mention.codes) > 1 else 1.0)


def _role(text: str, mention: _Mention) -> str | None:
    """Place or origin; None for where the other side comes from or has gone."""
    before, after = clause_before(text, mention.start), text[mention.end :]
    if re.search(r"[跑逃躲溜](?:到|去|回)?了?$", before):
        return None
    if _ORIGIN_BEFORE.search(before):
        subject = _ORIGIN_BEFORE.sub("", before)
        return None if _OPPONENT_IS.search(subject) and subject else "origin"
    is_from = re.match(r"(?:那边|这边|农村|乡下)?(?:人(?![民工事社力才大口员均])|籍|户口|户籍)", after)
    if is_from:
        if _OPPONENT_IS.search(before):
            return None
        return "origin"
    if _FROM_BEFORE.search(before):
        return (
            "origin"
            if re.match(r"(?:那边|这边|农村|乡下|老家)?(?:过来|出来|来|到|去|跑到|嫁到|嫁|调到)", after)
            else "place"
        )
    if re.match(r"(?:那边|这边|农村|乡下)?(?:过来|出来|来)(?:的|打工|务工|干活|做工|上班|这|那|找|到)", after) or (
        re.match(r"(?:过|出)?来[一-龥]{2,6}(?:打工|务工|干活|做工|上班)", after)
    ):
        return None if _OPPONENT_IS.search(before) else "origin"
    return "place"


def _most_specific(spans: list[Span], gazetteer: Gazetteer) -> list[Span]:
    """Drop a wider place when a narrower one inside it is said in the same role, and repetitions."""
    kept: list[Span] = []
    for span in spans:
        rivals = [other for other in spans if other is not span and other.extras["role"] == span.extras["role"]]
        if any(gazetteer.is_within(other.value, span.value) and not span.extras.get("zone") for other in rivals):
            continue
        if any(other.value == span.value and other.extras["role"] == span.extras["role"] for other in kept):
            continue
        kept.append(span)
    return kept
