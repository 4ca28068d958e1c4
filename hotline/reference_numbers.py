"""Numbers that citizens write down and read out: YX202611221234K for an application, AP… for an appointment.

The last character is a check digit (ISO/IEC 7064 MOD 37,36 over digits and capitals), so a slip of the pen is noticed
before anything is looked up.
"""

import secrets
from collections.abc import Callable
from datetime import date

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
APPLICATION, APPOINTMENT, COMPLAINT, SUGGESTION, WORK_ORDER = "YX", "AP", "TS", "JY", "GD"


def new_number(prefix: str, on: date) -> str:
    """A number that nobody can guess from the one before it; uniqueness is the store's business."""
    body = f"{prefix}{on:%Y%m%d}{secrets.randbelow(10_000):04d}"
    return body + check_character(body)


def unused_number(prefix: str, on: date, holder: Callable[[str], object | None]) -> str:
    """A number that nothing has yet: two of 120 drawn in a day are as likely as not the same.

    Args:
        holder: what has a number, or None.
    """
    while holder(number := new_number(prefix, on)) is not None:
        pass
    return number


def is_well_formed(number: str, prefix: str) -> bool:
    """Whether the number has the right prefix, length and check character."""
    cleaned = number.strip().upper()
    if len(cleaned) != 15 or not cleaned.startswith(prefix) or any(one not in ALPHABET for one in cleaned):
        return False
    return check_character(cleaned[:-1]) == cleaned[-1]


def check_character(body: str) -> str:
    """ISO/IEC 7064 MOD 37,36 check character of `body`."""
    total = 36
    for one in body:
        total = (total + ALPHABET.index(one)) % 36 or 36
        total = total * 2 % 37
    return ALPHABET[(37 - total) % 36]
