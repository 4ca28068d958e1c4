"""What can be wrong with a question put to this package; each error has a stable code and a Chinese sentence."""


class EligibilityError(ValueError):
    """Answers or parameters that cannot be assessed.

    `code` is stable and in English; `sentence` may be shown to the citizen; `str(error)` helps whoever repairs it.
    """

    code = "eligibility_error"
    sentence = "您给的信息我没法判断，帮您转人工看一看。"


class UnknownRegion(EligibilityError):
    """The region is not a code of GB/T 2260 that we know."""

    code = "unknown_region"
    sentence = "这个地区我没有查到，请您再说一遍是哪个省、哪个市、哪个区县。"


class UnknownMatter(EligibilityError):
    """The matter is not one of the codes in parameters/matters.yaml."""

    code = "unknown_matter"
    sentence = "这件事属于哪一类我没有认出来，请您换个说法，或者说「转人工」。"


class ImplausibleAmount(EligibilityError):
    """An income is negative, not a number, or beyond anything a household earns."""

    code = "implausible_amount"
    sentence = "这个收入数字好像不对，请您再说一遍大概是多少元。"


class ContradictoryFacts(EligibilityError):
    """Two answers cannot both be true, such as a ten-year-old veteran."""

    code = "contradictory_facts"
    sentence = "您前后说的情况有对不上的地方，请您再确认一下。"


class UnknownFact(EligibilityError):
    """A fact's name or the value of a choice is not one this package knows."""

    code = "unknown_fact"
    sentence = "这个回答我没有看懂，请您换个说法，或者说「转人工」。"


class ParameterError(EligibilityError):
    """A parameter file is wrong; the message names the file, the key and the remedy."""

    code = "parameter_error"
    sentence = "资格标准的资料有问题，暂时不能判断，帮您转人工。"
