"""Rows -> offers of a vendor, by the model of POST /inventory. A pure function of the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.api.errors import InvalidRequestError
from lambdas.api.models import NewItem
from lambdas.api.requests import checked
from lambdas.imports.rows import FIELDS, Reason, Rejection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lambdas.imports.rows import Row

REPLACEMENT = "\ufffd"
PLAIN_AMOUNT = ": write 1234.50, without currency, separators of thousands or a decimal comma"


@dataclass(frozen=True)
class Offer:
    """A row that says what a vendor offers."""

    row: Row
    new: NewItem


@dataclass(frozen=True)
class Rejected:
    row: Row
    rejection: Rejection


class RejectedRowError(Exception):
    def __init__(self, rejection: Rejection) -> None:
        super().__init__(rejection.sentence)
        self.rejection = rejection


def offers(rows: Iterable[Row], vendor_id: int) -> Iterator[Offer | Rejected]:
    """One for each row, in their order. Of the rows with one SKU, the first stands."""
    lines: dict[str, int] = {}
    for row in rows:
        try:
            new = _offer(row, vendor_id)
            _require_first(new.sku, row, lines)
        except RejectedRowError as error:
            yield Rejected(row, error.rejection)
        else:
            yield Offer(row, new)


def _offer(row: Row, vendor_id: int) -> NewItem:
    if row.fault:
        raise RejectedRowError(row.fault)
    _require_whole_text(row)
    _require_own(row, vendor_id)
    try:
        new = checked(NewItem, {name: row.values[name] for name in FIELDS if name in row.values})
    except InvalidRequestError as error:
        errors = tuple(_explained(each) for each in error.facts["errors"])
        raise RejectedRowError(Rejection(Reason.INVALID_FIELDS, errors)) from error
    return new


def _require_own(row: Row, vendor_id: int) -> None:
    """A row need not say whose it is; if it does, it must not be another vendor's."""
    given = row.values.get("vendor_id", vendor_id)
    if str(given) != str(vendor_id):
        message = f"is not {vendor_id}, the vendor that the file is for"
        raise RejectedRowError(Rejection.of(Reason.FOREIGN_VENDOR, "vendor_id", message))


def _require_whole_text(row: Row) -> None:
    """U+FFFD stands where some program could not read a character: what was there is lost."""
    for name in FIELDS:
        value = row.values.get(name)
        if isinstance(value, str) and REPLACEMENT in value:
            message = "holds U+FFFD, left by a program that read the file in another charset"
            raise RejectedRowError(Rejection.of(Reason.LOST_CHARACTERS, name, message))


def _require_first(sku: str | None, row: Row, lines: dict[str, int]) -> None:
    if sku is None:
        return
    first = lines.setdefault(sku, row.line)
    if first != row.line:
        message = f"is the same as in line {first}, which stands"
        raise RejectedRowError(Rejection.of(Reason.REPEATED_SKU, "sku", message))


def _explained(error: dict[str, str]) -> dict[str, str]:
    if error["field"] == "price" and error["message"] == "must be an amount of money":
        return {**error, "message": error["message"] + PLAIN_AMOUNT}
    return error
