r"""Finds a text however it is written: in other letters' case, composed otherwise, or escaped.

An e-mail address reaches the lake as `Ada@example.com`, as `\u0061da@example.com` in JSON, with
twice the backslashes in JSON inside of JSON, and as `ada%40example.com` in an address of the web.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BEFORE = r"(?:(?<![\w.%+-])|(?<=\\[bfnrt])|(?<=\\u[0-9a-f]{4})|(?<=%[0-9a-f]{2}))"
"""Where a text may begin: `da@example.com` is not in `ada@example.com`, but it is in the escaped
line break before `\\nda@example.com`."""
AFTER = r"(?![\w-]|\.\w)"
ESCAPES = {**dict(zip("\b\f\n\r\t", "bfnrt", strict=True)), **{each: each for each in "\"'/\\"}}
"""What follows a backslash in JSON, SQL and Python, for characters that may be so written."""
BETWEEN = r"[\W_]{1,4}"
"""What may stand between two names: `Ada Li`, `Li, Ada`, `"Ada","Li"`."""


def whole(texts: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern for any of the texts with nothing grown on to it; None if there are none."""
    return _any_of(anyhow(text) for text in texts)


def either_order(pairs: Iterable[tuple[str, str]]) -> re.Pattern[str] | None:
    """A pattern for any of the pairs side by side, in either order."""
    return _any_of(
        anyhow(one) + BETWEEN + anyhow(other)
        for first, last in pairs
        for one, other in ((first, last), (last, first))
    )


def numbered(key: str) -> re.Pattern[str]:
    """A pattern for a key that ends in a number."""
    return re.compile(anyhow(key) + r"(?!\d)", re.IGNORECASE)


def anyhow(text: str) -> str:
    """A regular expression for one text in every spelling; letters' case is the pattern's flag."""
    composed = {text, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD"))}
    return "(?:" + "|".join("".join(map(_character, each)) for each in sorted(composed)) + ")"


def _any_of(expressions: Iterable[str]) -> re.Pattern[str] | None:
    found = sorted(expressions)
    return re.compile(BEFORE + f"(?:{'|'.join(found)})" + AFTER, re.IGNORECASE) if found else None


def _character(character: str) -> str:
    cases = sorted({character, character.lower(), character.upper()})
    spellings = [re.escape(character)]
    for each in cases:
        spellings.append("".join(rf"\\+u{unit:04x}" for unit in _utf16(each)))
        spellings.append("".join(f"%{byte:02x}" for byte in each.encode("utf-8", "surrogatepass")))
    if escape := ESCAPES.get(character):
        spellings.append(r"\\+" + re.escape(escape))
    return f"(?:{'|'.join(spellings)})"


def _utf16(text: str) -> list[int]:
    data = text.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[start : start + 2]) for start in range(0, len(data), 2)]
