"""Who the caller is, or the person they call for, where the law treats that person in its own way.

Only what is said of the caller's side counts: 老板是残疾人 says nothing about the caller.
"""

import re
from functools import lru_cache
from pathlib import Path

import yaml

from bot.extraction.spans import CLAUSE_ENDS, Span, clause_after, clause_before, without_overlaps

_KIN = r"(?:我|我们|咱|俺|本人)?(?:爸爸?|妈妈?|父亲|母亲|爹|娘|爷爷|奶奶|外公|外婆|公公|婆婆|岳父|岳母|儿子|女儿|孩子|小孩|孙子|孙女|哥哥?|姐姐?|弟弟?|妹妹?|老婆|妻子|老公|丈夫|爱人|对象|家人|亲戚|老伴|叔叔?|舅舅?|侄子)"

_OPPONENT = r"(?:老板|对方|包工头|工头|公司|单位|厂里|工厂|他们?|被告|房东|租客|肇事者?|司机|施暴者|邻居|前夫|前妻|小三|骗子|债务人|借款人|欠钱的|介绍人|领导|同事)"
_SPOUSE = r"(?:老公|丈夫|老婆|妻子|男朋友|女朋友|男友|女友|男的|[孩娃][子儿]?他?爸|他爸)"
_OUR_SIDE = re.compile(rf"我(?![们]?(?:{_OPPONENT}|{_SPOUSE}|的?{_OPPONENT}))|{_KIN}|本人|俺|咱")
_AGAINST_SPOUSE = re.compile(r"打(?:我|人|骂)|家暴|离婚|出轨|不给|骗我|分居|抚养|没寄|不寄|不管|不回家")
_NOT = re.compile(
    r"(?:不是|不算|没有?|并非|非|又不|不属于|没办|没|取消了?|不再是?|凭什么说我是)(?:什么|办|吃|拿|享受|当|被|过|领)*$"
)
_GENERAL = re.compile(r"(?:什么(?:是|叫)|哪些|怎么(?:认定|算)|规定|标准|条件|如果|假如|万一|是不是(?=.*才))")
_QUESTION = re.compile(r"吗|么|多少|怎么|哪些|哪里|能不能|可不可以|是不是|要不要|有没有|多久|如何|合法不|[?？]")
_SPEAKS_OF_SELF = re.compile(rf"我|俺|咱|本人|{_KIN}")
# What a company does to its worker: then 我们公司 is the other side.
_WRONGED_ME = re.compile(
    r"欠(?!我们?(?:公司|单位|厂|的?货款|的?工程款|的?款))|拖|不发|没发|不给|没给|还没|辞|开除|裁|克扣|扣|让我|叫我|逼|把我|对我|不签|没签|不交|没交|不买|没买|不缴|没缴|强迫|强制|调岗|降薪|违法|倒闭|破产|"
    r"不批|老板|领导|同事|经理|主管|门口|上班|加班|工作|干活|干了|做了|受伤|摔|食堂|宿舍|工会|不让|不承认|不认|停工|停产|放假|搬|规定|制度|要求(?:我|员工)|给我|跟我|和我|克|罚我|劝退|优化"
)
_ACTS = re.compile(
    r"告|起诉|诉讼|追讨|讨|要回|申请|咨询|请律师|律师|法律援助|法援|被(?:.{0,6})(?:告|骗|起诉)|货款|工程款|合同纠纷|打官司|仲裁|维权|执行|欠我们"
)


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, str | None, re.Pattern[str]]]:
    """The phrases of roles.yaml: role, detail, pattern."""
    entries = yaml.safe_load(Path(__file__).with_name("roles.yaml").read_text(encoding="utf-8"))
    return [(e["role"], e.get("detail"), re.compile("|".join(e["say"]).replace("(KIN)", _KIN))) for e in entries]


def find(text: str) -> list[Span]:
    """Find what the caller's side is.

    Returns:
        spans of kind `role`; value one of migrant_worker elderly minor disabled woman soldier_family veteran student
        pregnant low_income foreign_national organisation detained. Extras: text, the words; `detail` where a role has kinds.
    """
    spans: list[Span] = []
    for role, detail, pattern in _patterns():
        for match in pattern.finditer(text):
            about_caller = _is_our_organisation if role == "organisation" else _is_our_side
            if about_caller(text, match):
                spans.append(
                    Span(
                        "role",
                        match.start(),
                        match.end(),
                        role,
                        {"text": match.group(), **({"detail": detail} if detail else {})},
                    )
                )
    return _once_each(spans)


def _is_our_side(text: str, match: re.Match[str]) -> bool:
    before = clause_before(text, match.start())
    if _NOT.search(before) or _GENERAL.search(before):
        return False
    if _QUESTION.search(text) and not _SPEAKS_OF_SELF.search(text):  # 聋哑人能申请吗 asks what the law says
        return False
    subject = before + match.group()
    opponents = [m.start() for m in re.finditer(_OPPONENT, subject)]
    if _AGAINST_SPOUSE.search(text):
        opponents += [m.start() for m in re.finditer(_SPOUSE, subject)]
    ours = [m.start() for m in _OUR_SIDE.finditer(subject)]
    if not opponents:
        return True
    # 老板说我是农民工 speaks of the caller, 我老板是残疾人 of the other side; 给老板打工 of neither's nature but the caller's work
    if re.search(rf"(?:给|帮|跟着?|替|在|为){_OPPONENT}[^，。,]{{0,6}}$", before):
        return True
    return bool(ours) and max(ours) > max(opponents)


def _is_our_organisation(text: str, match: re.Match[str]) -> bool:
    """The caller speaks for a company that wants something, and not of an employer who did something."""
    after = clause_after(text, match.end())
    if match.group().startswith(("我开", "我是", "我作为", "我代表", "公司想", "公司要")):
        return True
    if _WRONGED_ME.search(after[:12]):
        return False
    rest = re.split(f"[{CLAUSE_ENDS}]", text[match.end() :])
    return bool(_ACTS.search("，".join(rest[:2]))) and not re.search(
        r"欠我(?!们)|我的工资|给我发|我被|我要告|我想告|我能告|告他们|告它", text
    )


def _once_each(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for role in dict.fromkeys(span.value for span in spans):
        kept += without_overlaps(span for span in spans if span.value == role)[:1]
    return sorted(kept, key=lambda span: span.start)
