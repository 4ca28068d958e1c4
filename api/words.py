"""Words that people send."""

from typing import Annotated

from pydantic import AfterValidator


def whole_characters(words: str) -> str:
    """The words without the halves of characters: a page that cuts a text in the middle of an emoji sends one."""
    return words.encode("utf-8", "ignore").decode()


Words = Annotated[str, AfterValidator(whole_characters)]
