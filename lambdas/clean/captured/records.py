"""From a line to a stream record's new image, in a spelling that SQL can be strict about."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from lambdas.clean.formats.lines import MAX_LINE_BYTES
from lambdas.clean.reasons import Reason, RejectedError

MAX_EXPONENT = 38
"""DynamoDB keeps 38 digits; a number of another magnitude is left as it is, for SQL to refuse."""

WITH_EXPONENT = re.compile(r'"N":"[-+.0-9]+[eE]')
"""In compact JSON. Quotes inside of a text are escaped, so a text cannot look like this."""


@dataclass(frozen=True)
class Record:
    """One state of one entity. `identity` is the item's key in the source table.

    `image` is DynamoDB-typed JSON as compact UTF-8, its numbers without exponents.
    """

    entity: str
    identity: str
    image: bytes


def read_record(data: bytes) -> Record | None:
    """The record in a line, or None if it says nothing to gold (a removal has no new image).

    Raises RejectedError.
    """
    change = _object(_parsed(data)).get("dynamodb")
    if not isinstance(change, dict):
        raise RejectedError(Reason.MISSING_FIELD.of("dynamodb"))
    image = change.get("NewImage")
    if image is None:
        return None
    if not isinstance(image, dict):
        raise RejectedError(Reason.BAD_TYPE.of("NewImage", "an object"))
    entity = _text(image, "entity")
    identity = f"{_text(image, 'PK')}|{_text(image, 'SK')}"
    _hold_to_types(image)
    return Record(entity, identity, _spelled(image))


def _parsed(data: bytes) -> Any:
    try:
        return DECODER.decode(data.decode())
    except UnicodeDecodeError as error:
        raise RejectedError(Reason.NOT_UTF8.of()) from error
    except (ValueError, RecursionError) as error:
        raise RejectedError(Reason.MALFORMED_JSON.of().because(error)) from error


def _object(parsed: Any) -> dict[str, Any]:
    if not isinstance(parsed, dict):
        raise RejectedError(Reason.MALFORMED_JSON.of())
    return parsed


def _text(image: dict[str, Any], name: str) -> str:
    attribute = image.get(name)
    value = attribute.get("S") if isinstance(attribute, dict) else None
    if not isinstance(value, str) or not value:
        raise RejectedError(Reason.MISSING_FIELD.of(name))
    return value


def _hold_to_types(image: dict[str, Any]) -> None:
    """SQL's `->>` makes text of whatever it finds, so a text that is none has to be found here."""
    try:
        for name, attribute in image.items():
            _hold_to_type(name, attribute)
    except RecursionError as error:
        raise RejectedError(Reason.MALFORMED_JSON.of().because(error)) from error


def _hold_to_type(path: str, attribute: Any) -> None:
    """`path` is the attribute's place in the image as DynamoDB writes it: `lines[0].qty`."""
    if not isinstance(attribute, dict):
        return
    for kind in ("S", "N"):
        if not isinstance(attribute.get(kind, ""), str):
            raise RejectedError(Reason.BAD_TYPE.of(path, f"a JSON string under {kind}"))
    members = attribute.get("L")
    if isinstance(members, list):
        for index, member in enumerate(members):
            _hold_to_type(f"{path}[{index}]", member)
    members = attribute.get("M")
    if isinstance(members, dict):
        for name, member in members.items():
            _hold_to_type(f"{path}.{name}", member)


def _spelled(image: dict[str, Any]) -> bytes:
    """Dumped again, so that the engine meets no repeated names, lone surrogates or infinities."""
    text = _dumped(image)
    if WITH_EXPONENT.search(text):
        text = _dumped({name: _plain(attribute) for name, attribute in image.items()})
    try:
        spelled = text.encode()
    except UnicodeEncodeError as error:
        raise RejectedError(Reason.NOT_UTF8.of()) from error
    if len(spelled) > MAX_LINE_BYTES:
        raise RejectedError(Reason.LINE_TOO_LONG.of(limit=MAX_LINE_BYTES))
    return spelled


def _dumped(image: dict[str, Any]) -> str:
    try:
        return ENCODER.encode(image)
    except (ValueError, RecursionError) as error:
        raise RejectedError(Reason.MALFORMED_JSON.of().because(error)) from error


def _plain(attribute: Any) -> Any:
    """The attribute with its numbers in plain notation: 1.2E+2 is 120, exactly."""
    match attribute:
        case {"N": str(number)}:
            return {"N": _plain_number(number)}
        case {"L": list(members)}:
            return {"L": [_plain(member) for member in members]}
        case {"M": dict(members)}:
            return {"M": {name: _plain(member) for name, member in members.items()}}
        case _:
            return attribute


def _plain_number(number: str) -> str:
    try:
        value = Decimal(number)
    except InvalidOperation:
        return number
    if not value.is_finite() or abs(value.adjusted()) > MAX_EXPONENT:
        return number
    return f"{value:f}"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


DECODER = json.JSONDecoder(parse_constant=_refuse)
ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
