"""Words that people send."""

from typing import Annotated, Any

from pydantic import BeforeValidator


def whole_characters(words: Any) -> Any:
    """The words without the halves of characters: a page that cuts a text in the middle of an emoji sends one."""
    return words.encode("utf-8", "ignore").decode() if isinstance(words, str) else words


Words = Annotated[str, BeforeValidator(whole_characters)]
