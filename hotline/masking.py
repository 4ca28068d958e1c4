"""Takes out of a question what tells who somebody is: it may be read by whoever improves the answers.

What looks like a name, number or address goes; a word too many may go with it. No list knows every name, so such a
question stays encrypted and is kept only with its asker's consent all the same.
"""

import re
import string

FAMILY_NAMES = (
    "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|"
    "[王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚"
    "谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜瞿]"
)
GIVEN = r"[\u4e00-\u9fff]"
PERSON = r"老公|老婆|丈夫|妻子|前夫|前妻|男友|女友|朋友|同事|邻居|房东|老板|经理|包工头|工头|队长|主任|法官|律师|医生|司机|儿子|女儿|父亲|母亲|爸爸|妈妈|哥哥|弟弟|姐姐|妹妹"
TITLE = r"先生|女士|小姐|老师|师傅|经理|主任|律师|法官|医生|总|老板|队长|书记|村长"
# What a name is followed by when nothing else marks it: 老板张三欠我, 朋友李四借了.
AFTER = r"(?=欠|借|不|拖|打|骗|说|把|让|拿|跑|赔|还|撞|死|是|的|在|和|跟|，|。|,|、|（|\(|$)"

PLAIN = {ord(one) + 0xFEE0: one for one in f"{string.ascii_letters}{string.digits}@+-."}
"""Full-width letters and digits, such as １３８, to plain ones."""

MASKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("〔证件号〕", re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)|(?<!\d)\d{15}(?!\d)")),
    ("〔电话〕", re.compile(r"(?<!\d)(?:\+?86[- ]?)?1\d{2}[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)")),
    ("〔邮箱〕", re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+")),
    ("〔账号〕", re.compile(r"(?i)(?:微信号?|QQ号?|抖音号?|账号|卡号|车牌号?)[是为:： ]*[A-Z0-9_-]{5,}")),
    ("〔车牌〕", re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][A-Z0-9·]{5,7}")),
    ("〔号码〕", re.compile(r"\d{7,}|(?<!\d)\d{4}(?:[ -]\d{4}){2,}(?!\d)|(?:[零一二三四五六七八九〇幺]){7,}")),
    ("〔单位〕", re.compile(r"[\u4e00-\u9fff（）()A-Za-z0-9]{2,20}?(?:有限责任公司|股份有限公司|有限公司|集团公司|集团)")),
    (
        "〔地址〕",
        re.compile(
            r"(?:[\u4e00-\u9fff]{1,6}?(?:镇|乡|街道|村|社区|小区|花园|公寓|大厦|新村|胡同|弄|巷|大道|路|街)){1,4}(?:[A-Za-z]?\d+|[一二三四五六七八九十百]+)(?:号院|号楼|号|栋|幢|弄|组|队|单元|楼|层|室)"
            r"(?:[\dA-Za-z一二三四五六七八九十-]+(?:号楼|号|栋|幢|单元|楼|层|室))*(?:\d+室?)?"
            r"|住在?[\u4e00-\u9fff]{2,12}?(?:镇|乡|街道|村|社区|小区|花园|公寓|巷|弄|胡同|路|街)"
        ),
    ),
)  # fmt: skip
NAMES: tuple[re.Pattern[str], ...] = (
    re.compile(rf"(?P<before>我叫|我是|名叫|叫做|他叫|她叫|名字[是叫:：]*|姓名[是:： ]*)(?P<name>(?:{FAMILY_NAMES}){GIVEN}{{1,2}})(?=$|[^\u4e00-\u9fff]|今年|家住|住在|是|，)"),
    re.compile(rf"(?P<before>{PERSON})(?P<name>(?:{FAMILY_NAMES}){GIVEN}{{1,2}}?){AFTER}"),
    re.compile(rf"(?P<before>)(?P<name>(?:{FAMILY_NAMES})(?:某某?|{GIVEN}{{0,2}}?))(?=(?:{TITLE}))"),
    re.compile(rf"(?P<before>)(?P<name>(?:{FAMILY_NAMES})某某?)"),
)  # fmt: skip


def masked(text: str) -> str:
    """The text with 〔电话〕, 〔姓名〕, 〔地址〕 and the like in the places of what they name."""
    plain = text.translate(PLAIN)
    for mask, pattern in MASKS:
        plain = pattern.sub(mask, plain)
    for pattern in NAMES:
        plain = pattern.sub(lambda found: f"{found['before']}〔姓名〕", plain)
    return plain
