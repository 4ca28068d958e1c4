"""The text of the law itself: shown where no reviewed answer fits, and when somebody asks for an article by its name."""

from collections.abc import Sequence
from typing import Any

from rasa_sdk.executor import CollectingDispatcher

from knowledge.statute_library import Found

BRIEF, WHOLE = 120, 1500
"""Characters of an article among several that may fit, and of one that was asked for by name."""
STOPS = "。；！？\n"


def tell_closest(dispatcher: CollectingDispatcher, found: Sequence[Found], buttons: Sequence[dict[str, str]]) -> None:
    """Show the articles that seem closest, and say that this is no reviewed answer."""
    _tell(dispatcher, "utter_articles", found, BRIEF, buttons)


def tell_asked_for(dispatcher: CollectingDispatcher, found: Sequence[Found], buttons: Sequence[dict[str, str]]) -> None:
    """Show the articles that the citizen named, as they read today."""
    _tell(dispatcher, "utter_articles_asked_for", found, WHOLE, buttons)


def _tell(
    dispatcher: CollectingDispatcher,
    response: str,
    found: Sequence[Found],
    longest: int,
    buttons: Sequence[dict[str, str]],
) -> None:
    dispatcher.utter_message(
        response=response,
        buttons=list(buttons),
        json_message=articles_block(found, longest),
        articles="\n".join(in_words(one, longest) for one in found),
    )


def articles_block(found: Sequence[Found], longest: int) -> dict[str, Any]:
    """The articles as a typed block; `shortened` where the text goes on."""
    return {
        "type": "articles",
        "articles": [
            {
                "law": one.law,
                "article": one.article,
                "text": shortened(one.text, longest),
                "shortened": len(one.text) > longest,
                "adopted": one.adopted.isoformat(),
            }
            for one in found
        ],
    }


def in_words(one: Found, longest: int) -> str:
    """One article in a plain line: law, edition, number, text."""
    edition = f"{one.adopted.year}年{one.adopted.month}月{one.adopted.day}日通过的版本"
    return f"《{one.law}》{one.article}（{edition}）：{shortened(one.text, longest)}"


def shortened(text: str, longest: int) -> str:
    """The text up to its last whole sentence within so many characters, with …… where it goes on."""
    if len(text) <= longest:
        return text
    end = max(text.rfind(stop, 0, longest) for stop in STOPS) + 1
    return text[: end or longest].rstrip() + "……"
