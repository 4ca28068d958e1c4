"""What to bring, what runs out, and what can be done about the result."""

from eligibility.assessment import Finding, Outcome
from eligibility.case import Case
from eligibility.time_limits import periods_of_matter

PROOF = {"art_42_1": "P01", "art_42_3": "P05", "art_32_1": "P08", "art_32_2": "P07", "art_32_4": "P06", "art_69": "P18"}
FEE_EXEMPT = ("M03", "M04", "N02")  # 《诉讼费用交纳办法》第四十五条
NO_PAPERS_FOR = ("notice", "consult_only")


def materials_for(case: Case, finding: Finding) -> tuple[str, ...]:
    """List what to bring, in Chinese; nothing when there is nothing to apply for.

    A missing paper never decides anything: an honest statement and the agency's own enquiry do (第四十一条).
    """
    if finding.aid in NO_PAPERS_FOR or case.told("matter") is None:
        return ()
    text = case.law.materials
    papers = [text["identity"], text["application_form"], text["case_papers"]]
    if case.told("on_behalf"):
        papers.append(text["agent"])
    proof = _proof(case, finding)
    if "hardship_not_required" in finding.flags:
        papers.append(text["no_hardship_papers"])
    elif "hardship_check_exempt" not in finding.flags:
        papers.append(text["hardship_statement"])
    return (*papers, *proof)


def _proof(case: Case, finding: Finding) -> tuple[str, ...]:
    if finding.outcome is not Outcome.LIKELY:
        return ()
    codes = [PROOF.get(reason, reason) for reason in finding.reasons]
    if "art_42_2" in finding.reasons:
        kinds = {"judicial_assistance": "P03", "preferential_treatment": "P04"}
        codes.append(kinds.get(case.told("assistance_kind") or "", "P02"))
    categories = [case.law.categories[code] for code in codes if code in case.law.categories]
    plain = ("身份证", "身份证/户口簿", "陈述")  # already on the list, or nothing to carry
    return tuple(dict.fromkeys(p for c in categories for p in c.proof if p not in plain))


def remedies_for(case: Case, finding: Finding) -> tuple[str, ...]:
    """List what the person can do next or if refused, in Chinese."""
    text = case.law.remedies
    if finding.outcome is Outcome.MORE_FACTS:
        return ()
    if case.told("organisation"):
        return ()
    remedies = [text["consultation"]]
    if finding.aid in NO_PAPERS_FOR:
        return tuple(remedies)
    remedies += [text["decision_days"], text["objection"], text["reconsideration"]]
    if case.told("matter"):
        labour = case.matter.agency == "labour"
        remedies += [text["arbitration_free"]] if labour else []
        remedies += [text["court_fee_exempt"]] if case.matter.code in FEE_EXEMPT else []
        remedies += [text["court_fee_relief"]] if case.matter.agency != "criminal" else []
    return tuple(remedies)


def time_limits_for(case: Case, finding: Finding) -> tuple[str, ...]:
    """List the periods that run in this matter, in Chinese, each with its start and article; none for an organisation."""
    if finding.outcome is Outcome.MORE_FACTS or case.told("organisation") or not case.told("matter"):
        return ()
    return tuple(period.rule for period in periods_of_matter(case.matter.code, case.on))
