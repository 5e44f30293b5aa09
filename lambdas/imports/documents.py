"""A JSON array, or one JSON object a line -> rows."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lambdas.imports.files import UnreadableFileError
from lambdas.imports.rows import Found, Reason, Rejection, Sheet, sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_INT = 25
"""Digits; Python refuses to read integers of thousands, so a longer one becomes a Decimal."""
SPACE = re.compile(r"[ \t\r\n]*")
KINDS = {dict: "an object", list: "an array", str: "a text", bool: "a truth value"}


def _number(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= LONGEST_INT else Decimal(digits)


DECODER = json.JSONDecoder(parse_int=_number, parse_float=Decimal, parse_constant=Decimal)
"""As the API reads bodies: numbers stay exact, NaN is left to the field that has it."""


def read_array(text: str) -> Sheet:
    """Raises UnreadableFileError unless the text is one JSON array, whatever its elements are."""
    return sheet(_elements(text))


def read_lines(text: str) -> Sheet:
    """A line that is no JSON object is a row with a fault; its neighbours are none the worse."""
    return sheet(_lines(text))


def _elements(text: str) -> Iterator[Found]:
    place = _after_space(text, 0)
    if text[place : place + 1] != "[":
        raise UnreadableFileError(_no_array(text, place))
    place, line, counted = _after_space(text, place + 1), 1, 0
    if text[place : place + 1] == "]":
        _require_end(text, place + 1)
        return
    while True:
        line, counted = line + text.count("\n", counted, place), place
        value, end = _decoded(text, place)
        yield _found(line, text[place:end], value)
        place = _after_space(text, end)
        if text[place : place + 1] == "]":
            _require_end(text, place + 1)
            return
        if text[place : place + 1] != ",":
            raise UnreadableFileError(f"{_where(text, place)}: a comma or ] is missing.")
        place = _after_space(text, place + 1)


def _lines(text: str) -> Iterator[Found]:
    for line, data in enumerate(text.split("\n"), start=1):
        original = data.strip(" \t\r")
        if not original:
            continue
        try:
            value = DECODER.decode(original)
        except (ValueError, RecursionError) as error:
            fault = Rejection.of(Reason.MALFORMED_ROW, "row", f"is not JSON: {error}")
            yield Found(line, original, {}, fault)
        else:
            yield _found(line, original, value)


def _found(line: int, original: str, value: Any) -> Found:
    if isinstance(value, dict):
        return Found(line, original, value)
    message = f"is {_kind(value)}, not an object"
    return Found(line, original, {}, Rejection.of(Reason.MALFORMED_ROW, "row", message))


def _decoded(text: str, place: int) -> tuple[Any, int]:
    try:
        return DECODER.raw_decode(text, place)
    except json.JSONDecodeError as error:
        raise UnreadableFileError(f"{_where(text, error.pos)}: {error.msg}.") from error
    except RecursionError as error:
        raise UnreadableFileError(f"{_where(text, place)}: nested too deeply.") from error


def _no_array(text: str, place: int) -> str:
    value, _ = _decoded(text, place)
    return (
        f"The JSON document is {_kind(value)}, not an array of items: send [ … ], or one object "
        "a line as application/x-ndjson."
    )


def _kind(value: Any) -> str:
    return "null" if value is None else KINDS.get(type(value), "a number")


def _require_end(text: str, place: int) -> None:
    place = _after_space(text, place)
    if place < len(text):
        raise UnreadableFileError(f"{_where(text, place)}: something follows the array.")


def _after_space(text: str, place: int) -> int:
    match = SPACE.match(text, place)
    return match.end() if match else place


def _where(text: str, place: int) -> str:
    line = text.count("\n", 0, place) + 1
    column = place - text.rfind("\n", 0, place)
    return f"The file is not valid JSON at line {line}, column {column}"
