"""JSON values, exact: a number that a float or 64 bits may not hold is its text, as spelled."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from lambdas.clean.reasons import Reason, RejectedError

if TYPE_CHECKING:
    from lambdas.clean.formats.encodings import Encoding

EXACT_DIGITS = 18
MAX_DEPTH = 100
"""Of objects and lists in one another: a bound of ours, lest it be that of whoever reads them."""

ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


def record(data: bytes, encoding: Encoding) -> dict[str, Any]:
    """The JSON object that the bytes are. Raises RejectedError."""
    text = encoding.decode(data)
    try:
        value = DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise RejectedError(Reason.MALFORMED_JSON.of().because(error)) from error
    return checked(value, data)


def checked(value: Any, data: bytes) -> dict[str, Any]:
    """The value that was parsed from the bytes, if it is an object of whole characters.

    Raises RejectedError, also for one of more than MAX_DEPTH levels.
    """
    if not isinstance(value, dict):
        raise RejectedError(Reason.MALFORMED_JSON.of())
    if data.count(b"{") + data.count(b"[") > MAX_DEPTH and _is_deep(value):
        raise RejectedError(Reason.MALFORMED_JSON.of().because(f"more than {MAX_DEPTH} levels"))
    if ESCAPED_SURROGATE.search(data):
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise RejectedError(Reason.NOT_UTF8.of().because("half a surrogate pair")) from error
    return value


def _is_deep(value: Any) -> bool:
    """Whether it has more levels than may be; goes through them without recursion."""
    level = [value]
    for _ in range(MAX_DEPTH):
        members = (each.values() if isinstance(each, dict) else each for each in level)
        level = [each for some in members for each in some if isinstance(each, dict | list)]
        if not level:
            return False
    return True


def _whole_number(text: str) -> int | str:
    return int(text) if len(text) <= EXACT_DIGITS else text


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise RejectedError(Reason.REPEATED_NAME.of(repr(repeated)))
    return found


DECODER = json.JSONDecoder(
    parse_int=_whole_number,
    parse_float=str,
    parse_constant=str,
    object_pairs_hook=_named_once,
)
