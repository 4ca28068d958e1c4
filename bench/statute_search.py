"""How well and how fast the statute search is, on questions of our own and on public ones.

    python -m bench.statute_search FOLDER [FILE.jsonl ...]

FOLDER holds the statutes. The questions of tests/knowledge/statute_questions.yaml and the variants of the reviewed answers
(a quarter of the answers left out at a time) are what the weights were chosen on; each FILE, of lines such as
{"question", "articles": [{"law", "article"}]}, is measured once as it is and once with a random half as question bank.
Besides, the seconds and the memory that making the index takes.
"""

import json
import random
import re
import resource
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import yaml

from evaluation.statutes import Case, evaluate, read_cases
from knowledge.answers import load_answers
from knowledge.lay_words import lay_words
from knowledge.statute_search import Asked, StatuteIndex, StatuteSearch, StoredEdition
from knowledge.statutes import ArticleText, Unreadable, editions_in, read_edition, standings

OWN = Path(__file__).parent.parent / "tests" / "knowledge" / "statute_questions.yaml"
NAMED = re.compile(r"(.+?)(第[一二三四五六七八九十百千零]+条(?:之.)?)")
PARTS, SEED = 4, 12348


class Folder:
    """The statutes of a folder, read once."""

    def __init__(self, root: Path) -> None:
        found = []
        for (law, adopted), files in sorted(editions_in(root).items()):
            try:
                found.append(read_edition(law, adopted, files, root))
            except Unreadable:
                continue
        settled = standings((one.law, one.adopted, one.in_force_from, one.repeals) for one in found)
        self._texts = {(one.law, one.adopted): one.articles for one in found}
        self._editions = [
            StoredEdition(place, one.law, one.adopted, settled[one.law, one.adopted]) for place, one in enumerate(found)
        ]

    def editions(self) -> Sequence[StoredEdition]:
        """Every edition."""
        return self._editions

    def articles(self, edition: StoredEdition) -> Sequence[ArticleText]:
        """The articles of an edition."""
        return self._texts[edition.law, edition.adopted]


def main(folder: Path, files: Sequence[Path]) -> None:
    """Print one line of figures for each measurement."""
    begun = time.process_time()
    index = StatuteIndex.build(Folder(folder))
    seconds, memory = time.process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"index of {len(index.numbers)} articles: {seconds:.0f} s of processor time, at most {memory} MB")
    lay, answers = list(lay_words()), load_answers()
    search = StatuteSearch(index, lay, answers)
    tell("own questions", search, [_own(row) for row in yaml.safe_load(OWN.read_text("utf-8"))])
    for part in range(PARTS):
        kept = [answer for place, answer in enumerate(answers) if place % PARTS != part]
        left_out = [
            Case(variant, frozenset((cited.law, cited.article) for cited in answer.cited))
            for answer in answers[part::PARTS]
            for variant in answer.variants[:2]
        ]
        tell(f"variants of answers left out, part {part + 1}", StatuteSearch(index, lay, kept), left_out)
    for file in files:
        cases = read_cases(file.read_text("utf-8").splitlines())
        tell(file.name, search, cases)
        mixed = random.Random(SEED).sample(cases, len(cases))
        for bank, rest in ((mixed[::2], mixed[1::2]), (mixed[1::2], mixed[::2])):
            learnt = search.knowing(Asked(case.question, tuple(case.articles)) for case in bank)
            tell(f"{file.name}, one half as bank, the other asked", learnt, rest)


def tell(what: str, search: StatuteSearch, cases: Sequence[Case]) -> None:
    """Print the figures of one search; the day is that of the newest edition."""
    print(
        json.dumps({"what": what, **evaluate(cases, _ranking(search, search.newest))}, ensure_ascii=False), flush=True
    )


def _ranking(search: StatuteSearch, on: date) -> Callable[[str], Sequence[tuple[str, str]]]:
    return lambda question: [(one.edition.law, one.article) for one in search.search(question, on, 20)]


def _own(row: dict[str, object]) -> Case:
    named = [NAMED.fullmatch(str(article)) for article in row["articles"]]  # type: ignore[attr-defined]
    return Case(str(row["ask"]), frozenset((one[1], one[2]) for one in named if one))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
