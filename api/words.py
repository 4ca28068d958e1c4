"""Words that people send."""

import unicodedata
from typing import Annotated, Any

from pydantic import BeforeValidator


def whole_characters(words: Any) -> Any:
    """The words without the halves of characters: a page that cuts a text in the middle of an emoji sends one."""
    return words.encode("utf-8", "ignore").decode() if isinstance(words, str) else words


def nothing_to_read(words: str) -> bool:
    """Whether a person would see nothing: spaces, control characters and characters without width."""
    return all(unicodedata.category(one)[0] in "CZ" for one in words)


Words = Annotated[str, BeforeValidator(whole_characters)]
