"""The statutes by edition and article, and the bank of questions whose right articles are known."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import (
    JSON,
    Column,
    Date,
    ForeignKey,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from knowledge.question_bank import BankedQuestion
from knowledge.statute_search import StoredEdition
from knowledge.statutes import ArticleText, Edition, Standing, standings
from store.columns import Moment, metadata

editions = Table(
    "statute_editions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("law", String(200), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("adopted", Date, nullable=False),
    Column("named_start", Date),  # the day the text itself names
    Column("repeals", JSON, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),  # last day; empty while the edition holds
    Column("fingerprint", String(64), nullable=False),
    UniqueConstraint("law", "adopted"),
)
articles = Table(
    "statute_articles",
    metadata,
    Column("edition_id", Integer, ForeignKey("statute_editions.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("number", String(24), nullable=False),
    Column("heading", Text, nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("edition_id", "number"),
)
questions = Table(
    "banked_questions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("question", String(500), nullable=False, unique=True),
    Column("articles", JSON, nullable=False),
    Column("answer", String(64)),
    Column("imported_at", Moment, nullable=False),
)
revisions = Table(
    "knowledge_revisions",
    metadata,
    Column("subject", String(20), primary_key=True),
    Column("revision", String(32), nullable=False),
)


class _Revised:
    """A part of the knowledge whose readers ask, at each use, whether it is still what they have read."""

    subject = ""

    def __init__(self, session: Session) -> None:
        self._session = session

    def revision(self) -> str:
        """Changes with the content; "" while there is none, or while an import is under way."""
        c = revisions.c
        return self._session.scalar(select(c.revision).where(c.subject == self.subject)) or ""

    def _revise(self, revision: str) -> None:
        c = revisions.c
        self._session.execute(delete(revisions).where(c.subject == self.subject))
        self._session.execute(insert(revisions).values(subject=self.subject, revision=revision))


class Statutes(_Revised):
    """Fulfils `knowledge.statute_library.Shelf`."""

    subject = "statutes"

    def fingerprints(self) -> dict[tuple[str, date], str]:
        """What each stored edition was made from."""
        rows = self._session.execute(select(editions.c.law, editions.c.adopted, editions.c.fingerprint))
        return {(law, adopted): fingerprint for law, adopted, fingerprint in rows}

    def put(self, edition: Edition, fingerprint: str) -> None:
        """Store an edition, in place of what was stored of it. Until `settle`, the statutes have no revision."""
        c = editions.c
        known = self._session.scalar(select(c.id).where(c.law == edition.law, c.adopted == edition.adopted))
        values = {
            "law": edition.law,
            "kind": edition.kind,
            "adopted": edition.adopted,
            "named_start": edition.in_force_from,
            "repeals": list(edition.repeals),
            "since": edition.in_force_from or edition.adopted,
            "fingerprint": fingerprint,
        }
        if known is None:
            known = self._session.scalar(insert(editions).values(values).returning(c.id))
        else:
            self._session.execute(delete(articles).where(articles.c.edition_id == known))
            self._session.execute(update(editions).where(c.id == known).values(values))
        rows = [
            {"edition_id": known, "position": position, **article._asdict()}
            for position, article in enumerate(edition.articles)
        ]
        self._session.execute(insert(articles), rows)
        self._revise("")

    def settle(self) -> None:
        """Work out anew when each edition holds, and give the statutes a new revision."""
        c = editions.c
        rows = self._session.execute(select(c.id, c.law, c.adopted, c.named_start, c.repeals)).all()
        settled = standings((law, adopted, start, repeals) for _, law, adopted, start, repeals in rows)
        for row in rows:
            standing = settled[row.law, row.adopted]
            self._session.execute(
                update(editions).where(c.id == row.id).values(since=standing.since, until=standing.until)
            )
        self._revise(uuid4().hex)

    def editions(self) -> list[StoredEdition]:
        """Every edition, by law and adoption."""
        rows = self._session.execute(_stored().order_by(editions.c.law, editions.c.adopted))
        return [_edition(row) for row in rows]

    def holding(self, law: str, on: date) -> StoredEdition | None:
        """The edition of a law, by its plain full name, that holds on a day."""
        c = editions.c
        row = self._session.execute(
            _stored().where(c.law == law, c.since <= on, or_(c.until.is_(None), c.until >= on)).order_by(c.since.desc())
        ).first()
        return _edition(row) if row else None

    def articles(self, edition: StoredEdition) -> list[ArticleText]:
        """The articles of an edition, in order."""
        c = articles.c
        rows = self._session.execute(
            select(c.number, c.heading, c.text).where(c.edition_id == edition.id).order_by(c.position)
        )
        return [ArticleText(*row) for row in rows]

    def texts(self, wanted: Iterable[tuple[StoredEdition, str]]) -> dict[tuple[int, str], ArticleText]:
        """The articles of given editions and numbers, by the edition's id and the number; those that exist."""
        c = articles.c
        # Not a tuple IN list: for that SQLite reads the whole table, 30 ms.
        each = [and_(c.edition_id == edition.id, c.number == number) for edition, number in wanted]
        if not each:
            return {}
        rows = self._session.execute(select(c.edition_id, c.number, c.heading, c.text).where(or_(*each)))
        return {(edition, number): ArticleText(number, heading, text) for edition, number, heading, text in rows}


class QuestionBank(_Revised):
    """Fulfils `knowledge.statute_library.Bank`."""

    subject = "questions"

    def put(self, asked: Sequence[BankedQuestion], at: datetime) -> int:
        """Store questions, each once; how many were new or have other articles than before."""
        known = {question.question: question for question in self.questions()}
        changed = {q.question: q for q in asked if known.get(q.question) != q}
        if not changed:
            return 0
        for question in changed.values():
            values = {"articles": [list(a) for a in question.articles], "answer": question.answer, "imported_at": at}
            if question.question in known:
                self._session.execute(update(questions).where(questions.c.question == question.question).values(values))
            else:
                self._session.execute(insert(questions).values(question=question.question, **values))
        self._revise(uuid4().hex)
        return len(changed)

    def questions(self) -> list[BankedQuestion]:
        """Every question, in the order imported."""
        c = questions.c
        rows = self._session.execute(select(c.question, c.articles, c.answer).order_by(c.id))
        return [BankedQuestion(q, tuple((law, article) for law, article in cited), answer) for q, cited, answer in rows]


def _stored() -> Select[tuple[int, str, date, date, date | None]]:
    c = editions.c
    return select(c.id, c.law, c.adopted, c.since, c.until)


def _edition(row: Row[tuple[int, str, date, date, date | None]]) -> StoredEdition:
    c = editions.c
    values = row._mapping
    return StoredEdition(values[c.id], values[c.law], values[c.adopted], Standing(values[c.since], values[c.until]))
