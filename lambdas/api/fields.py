"""Checks of single values that follow from the contract, for pydantic models.

Lenient as the platform before was: integers may come as digit strings or as 3.0, money as a
number or a decimal string. Exact all the same: no bool is an integer, and nothing is rounded but
the error of binary arithmetic in a JSON number (`amount`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError, core_schema

from lambdas.api.entities import CENT, money
from lambdas.contracts import ColumnType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lambdas.contracts import Column, Contract

LARGEST = {ColumnType.BIGINT: 2**63 - 1, ColumnType.INTEGER: 2**31 - 1}
MONEY_LIMIT = Decimal(10) ** 16
"""DECIMAL(18,2) has sixteen digits before the point."""
FLOAT_ERROR = Decimal(2) ** -51
"""Relative. A price, its product and the digits printed are each off by at most 2**-53 of it."""
FLOAT_ERROR_LIMIT = Decimal("0.000001")
"""In money. Amounts so large that their float error could exceed it must come exact."""

INTEGER_LITERAL = re.compile(r"-?[0-9]{1,25}")
MONEY_LITERAL = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
TEXT_PATTERN = rf"^\s*[^\s{CONTROL}]([^{CONTROL}]*[^\s{CONTROL}])?\s*$"
EMAIL_PATTERN = rf"^\s*[^@\s{CONTROL}]+@[^@\s{CONTROL}]+\s*$"
"""The same for JSON Schema, which knows no categories of characters."""
UNPRINTABLE = {"Cc", "Cs", "Zl", "Zp"}
"""Unicode categories of control characters, lone surrogates and line separators."""


def violation(message: str) -> PydanticCustomError:
    return PydanticCustomError("contract", "{message}", {"message": message})


@dataclass(frozen=True)
class Checked:
    """Metadata for `Annotated`: what checks a value, and the JSON schema of what may pass it."""

    check: Callable[[Any], Any]
    schema: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, *_: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(self, *_: Any) -> dict[str, Any]:
        return dict(self.schema)


def follows(contract: Contract, name: str) -> Checked:
    """Metadata for `Annotated` that checks a value as the contract has the column of that name."""
    column = contract.column(name)
    check, schema = CHECKS[column.type](column)
    return Checked(check, {**schema, "description": column.description})


def text(value: Any, max_bytes: int) -> str:
    """Text without space around it, of 1 to `max_bytes` bytes in UTF-8."""
    if not isinstance(value, str):
        raise violation("must be a string")
    trimmed = str.strip(value)
    if not trimmed:
        raise violation("must not be empty")
    if any(unicodedata.category(character) in UNPRINTABLE for character in trimmed):
        raise violation("must not hold control characters or lone surrogates")
    if len(trimmed.encode()) > max_bytes:
        raise violation(f"must be at most {max_bytes} bytes in UTF-8")
    return trimmed


def email_address(value: Any, max_bytes: int) -> str:
    address = text(value, max_bytes)
    if not EMAIL.fullmatch(address):
        raise violation("must be an e-mail address")
    return address


def integer(value: Any, minimum: int, maximum: int) -> int:
    """An integer from JSON: 3, 3.0 or "3"."""
    number = _number(value, INTEGER_LITERAL, "must be an integer")
    if number < minimum:
        raise violation(f"must be at least {minimum}")
    if number > maximum:
        raise violation(f"must be at most {maximum}")
    if number != int(number):
        raise violation("must be an integer")
    return int(number)


def amount(value: Any, minimum: int) -> Decimal:
    """Money from JSON, with at most two decimals: 19.99, 20 or "19.99".

    Clients multiply in binary floating point, where 7 * 1.1 is 7.700000000000001. A JSON number
    that misses an amount by no more than such arithmetic can, and by less than a millionth, is
    that amount: 7.70. Numbers with a third decimal of their own (1.005, 19.999) are refused, and
    so is any third decimal in a string, which no arithmetic wrote.
    """
    number = _number(value, MONEY_LITERAL, "must be an amount of money")
    if isinstance(value, Decimal):
        number = _without_float_error(number)
    if number < minimum:
        raise violation(f"must be at least {minimum}")
    if number >= MONEY_LIMIT:
        raise violation(f"must be less than {MONEY_LIMIT}")
    if number != number.quantize(CENT):
        raise violation("must have at most 2 decimals")
    return money(number)


def _without_float_error(number: Decimal) -> Decimal:
    """The whole cents that the number is but for float error, else the number itself.

    Zero is never reached by error: a float product with zero is zero.
    """
    if not -MONEY_LIMIT < number < MONEY_LIMIT:
        return number
    cents = number.quantize(CENT)
    error = min(abs(cents) * FLOAT_ERROR, FLOAT_ERROR_LIMIT)
    return cents if abs(number - cents) < error else number


def _number(value: Any, literal: re.Pattern[str], message: str) -> Decimal:
    is_literal = isinstance(value, str) and literal.fullmatch(value)
    if isinstance(value, bool) or not (is_literal or isinstance(value, int | Decimal)):
        raise violation(message)
    number = Decimal(value)
    if not number.is_finite():
        raise violation(message)
    return number


def text_schema(max_bytes: int) -> dict[str, Any]:
    """JSON Schema counts characters, of which each is at least one byte."""
    return {"type": "string", "minLength": 1, "maxLength": max_bytes, "pattern": TEXT_PATTERN}


def email_schema(max_bytes: int) -> dict[str, Any]:
    return {**text_schema(max_bytes), "pattern": EMAIL_PATTERN}


def integer_schema(minimum: int, maximum: int) -> dict[str, Any]:
    """Of digits, no pattern tells the exact bounds: it has as many as are always within."""
    number = {"type": "integer", "minimum": minimum, "maximum": maximum}
    safe = len(str(maximum)) - 1
    digits = f"[0-9]{{1,{safe}}}"
    counting = f"0{{0,6}}[1-9][0-9]{{0,{safe - 1}}}"
    whole = {0: digits, 1: counting}.get(minimum, f"-?{digits}")
    return {"anyOf": [number, {"type": "string", "pattern": f"^{whole}$"}]}


def amount_schema(minimum: int) -> dict[str, Any]:
    number = {"type": "number", "minimum": minimum, "exclusiveMaximum": int(MONEY_LIMIT)}
    sign = "" if minimum == 0 else "-?"
    pattern = rf"^{sign}[0-9]{{1,16}}(\.[0-9]{{1,2}}0{{0,38}})?$"
    return {"anyOf": [{"type": "string", "pattern": pattern}, number]}


CheckOfColumn = tuple["Callable[[Any], Any]", dict[str, Any]]


def _text_check(column: Column) -> CheckOfColumn:
    return lambda value: text(value, column.max_bytes), text_schema(column.max_bytes)


def _integer_check(column: Column) -> CheckOfColumn:
    maximum = LARGEST[column.type]
    minimum = -maximum - 1 if column.minimum is None else column.minimum
    return lambda value: integer(value, minimum, maximum), integer_schema(minimum, maximum)


def _money_check(column: Column) -> CheckOfColumn:
    minimum = -int(MONEY_LIMIT) + 1 if column.minimum is None else column.minimum
    return lambda value: amount(value, minimum), amount_schema(minimum)


CHECKS: dict[ColumnType, Callable[[Column], CheckOfColumn]] = {
    ColumnType.TEXT: _text_check,
    ColumnType.BIGINT: _integer_check,
    ColumnType.INTEGER: _integer_check,
    ColumnType.MONEY: _money_check,
}
