"""What a mail may have. Beyond any of these it is refused, whatever else is in it."""

from __future__ import annotations

from lambdas.clean.reasons import Reason, RejectedError

MAX_BYTES = 40 * 1000 * 1000
"""As large as SES takes one in."""

MAX_FORWARDED_BYTES = 2 * MAX_BYTES
"""Of mails that are records, each with those that are in it."""

MAX_LEVELS = 20
"""Of multiparts and messages in one another."""

MAX_PARTS = 200
MAX_HEADER_BYTES = 256 * 1024
MAX_HEADERS = 1000
"""Both of one part."""

MAX_VALUE = 16 * 1024
"""Bytes of a header that is read; others may be as long as they like."""

MAX_TEXT = 1024 * 1024
"""Characters of the text that templates read, and of the HTML."""

MAX_ELEMENTS = 50_000
MAX_NESTING = 200
"""Elements of HTML in one another."""

MAX_VISITS = 500_000
"""Elements that the selectors of one mail look at, again and again."""

MAX_LINES = 1000
"""Of an order."""

MAX_FIELD = 4096
"""Characters of one field."""


def held(amount: int, limit: int, what: str) -> None:
    """Raises RejectedError if there is more of something than may be."""
    if amount > limit:
        raise RejectedError(Reason.MAIL_BEYOND_BOUNDS.of(limit=f"{limit:,} {what}"))
