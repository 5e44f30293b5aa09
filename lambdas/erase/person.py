"""What is a customer's own, and how it is taken out of a record. Pure.

A record belongs to the customer whose key it carries, whatever names stand in it: two people may
share a name, and an address that one gave up may be another's now. Records of other customers are
never touched. What is no record that can be read, a damaged line or a document that quotes one,
is the customer's if it mentions one of the addresses.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from lambdas.api.entities import Ref
from lambdas.api.images import ERASED, entity_key
from lambdas.contracts import BY_ENTITY, DELETED
from lambdas.erase.spelling import either_order, numbered, whole
from lambdas.lake.layout import RAW_ENTITIES

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping
    from typing import Self

CUSTOMER = BY_ENTITY["customer"]
CUSTOMER_KEY = CUSTOMER.key[0]
PERSONAL = tuple(column.name for column in CUSTOMER.columns if column.personal)
KEPT = frozenset(
    {"PK", "SK", "entity", "rev", DELETED.name, ERASED}
    | {column.name for column in CUSTOMER.columns if not column.personal}
)
"""Attributes that say what an item is, not who somebody is. All others go, known or not."""

MARK = "erased"
"""Stands for each text that was there: a record that was accepted is accepted again."""
STUB = json.dumps({MARK: True})
"""Stands for a line that could not be read as a record, and still cannot."""

WORTH_A_LOOK = ('"customer"', '"base64"', "CUSTOMER#", "\\", "@", "%40")
"""A text with none of these holds neither a customer's record nor an address."""
RESERVED = ("UNIQUE#EMAIL#", "UNIQUE#LOGIN#CUSTOMER#")
"""How keys begin that hold an address, or a login, for the customer who is their owner."""
WIDE = ("utf-16-le", "utf-16-be")
MAX_REV_DIGITS = 17
"""Clean takes one more."""
MAX_DIGITS = 38
"""DynamoDB's numbers have no more; a longer one is no key, and is not written out."""


@dataclass(frozen=True)
class Person:
    """A customer and the addresses and names (first, last) that they ever had."""

    customer_id: int
    addresses: frozenset[str] = frozenset()
    names: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def from_dict(cls, customer_id: int, fields: Mapping[str, Any]) -> Self:
        names = frozenset((first, last) for first, last in fields.get("names", []))
        return cls(customer_id, frozenset(fields.get("addresses", [])), names)

    def to_dict(self) -> dict[str, Any]:
        return {"addresses": sorted(self.addresses), "names": sorted(map(list, self.names))}

    def learned(self, node: Any) -> Person:
        """With what the customer's own images in a record say."""
        images = list(self.own_images(node))
        addresses = {
            text for image in images for name in PERSONAL if "@" in (text := _text(image, name))
        }
        names = {(_text(image, "first_name"), _text(image, "last_name")) for image in images}
        told = {pair for pair in names if all(pair) and MARK not in pair}
        return Person(self.customer_id, self.addresses | addresses, self.names | told)

    def joined(self, other: Person) -> Person:
        """What both know."""
        addresses, names = self.addresses | other.addresses, self.names | other.names
        return Person(self.customer_id, addresses, names)

    def own_images(self, node: Any) -> Iterator[dict[str, Any]]:
        """The customer's items in a record, in DynamoDB's typed form."""
        if is_image(node):
            if self.customer_id in owners(node):
                yield node
        elif isinstance(node, dict | list):
            for member in node.values() if isinstance(node, dict) else node:
                yield from self.own_images(member)

    def holds(self, node: Any) -> bool:
        """Whether a JSON value, or a text that may be one, says who the customer is."""
        match node:
            case str():
                tree = parsed(node)
                return self.mentioned(node) if tree is None else self.holds(tree)
            case bytes():
                return any(self.mentioned(text) for text in texts_of(node))
            case dict() if is_image(node) and owners(node):
                return self.customer_id in owners(node) and self._own_holds(node)
            case dict():
                return any(self._member_holds(name, each) for name, each in node.items())
            case list():
                return any(map(self.holds, node))
        return False

    def _own_holds(self, image: dict[str, Any]) -> bool:
        if _text(image, "PK").startswith(RESERVED):
            return True
        emptied = self.emptied(image)
        return bool(emptied != image or any(map(self.named, _strings(emptied))))

    def _member_holds(self, name: str, value: Any) -> bool:
        if name == "base64" and isinstance(value, str):
            value = _from_base64(value)
        return self.holds(name) or self.holds(value)

    def addressed(self, text: str) -> bool:
        """Whether a text has one of the addresses in it."""
        return bool(self._address and self._address.search(text))

    def in_name(self, key: str) -> bool:
        """Whether an object is named after the person; a name goes on after an address: `.csv`."""
        names = {key.casefold(), unquote(key).casefold()}
        return any(address.casefold() in name for address in self.addresses for name in names)

    def mentioned(self, text: str) -> bool:
        """In a text that is no record: an address, or the key of the customer's item."""
        return self.addressed(text) or bool(self._key.search(text))

    def named(self, text: str) -> bool:
        """In what belongs to the customer: an address, or first and last name side by side."""
        return self.addressed(text) or bool(self._name and self._name.search(text))

    def emptied(self, node: Any) -> Any:
        """A JSON value with the customer's items emptied: key and rev stay, texts are marks."""
        if is_image(node) and self.customer_id in owners(node):
            return {n: each if n in KEPT else _blank(each) for n, each in node.items()}
        if isinstance(node, dict):
            return {name: self.emptied(each) for name, each in node.items()}
        return [self.emptied(each) for each in node] if isinstance(node, list) else node

    def redacted(self, line: str) -> str:
        """A line of raw without the person; the line itself if there is nothing to take out.

        A record of another entity that mentions an address (a shop that is called like it) stays:
        what to do with it is for people to decide, and the search names it.
        """
        if not worth_a_look(line):
            return line
        tree = parsed(line)
        try:
            emptied = self.emptied(tree)
            mentioned = self.mentioned(line) if tree is None else self.holds(emptied)
            if mentioned:
                return line if is_of_another_entity(tree) else STUB
        except RecursionError:
            return STUB if self.mentioned(line) else line
        return line if emptied == tree else json.dumps(emptied, separators=(",", ":"))

    @cached_property
    def _address(self) -> re.Pattern[str] | None:
        return whole(self.addresses)

    @cached_property
    def _name(self) -> re.Pattern[str] | None:
        return either_order(self.names)

    @cached_property
    def _key(self) -> re.Pattern[str]:
        return numbered(entity_key(Ref("customer", self.customer_id))["PK"]["S"])


def worth_a_look(text: str) -> bool:
    return any(each in text for each in WORTH_A_LOOK)


def parsed(text: str) -> Any:
    """The JSON object or array that a text is; None if it is none."""
    text = text.lstrip("\ufeff \t\r\n")
    if not text.startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def texts_of(data: bytes) -> tuple[str, ...]:
    """What bytes may mean as text: UTF-8, or else what is left of it, cp1252 and Latin-1.

    Bytes with NUL, which no record in UTF-8 has, may be UTF-16 too; parted at a line's end they
    are still one of its two kinds.
    """
    wide = WIDE if b"\0" in data else ()
    try:
        texts = [data.decode()]
    except UnicodeDecodeError:
        texts = [data.decode(errors="replace"), data.decode("latin-1")]
        wide = ("cp1252", *wide)
    return (*texts, *(data.decode(encoding, errors="replace") for encoding in wide))


def is_image(node: Any) -> bool:
    """Whether a JSON value is an item of the API's table, or its key, in DynamoDB's typed form."""
    return isinstance(node, dict) and bool(_text(node, "PK") or _text(node, "entity"))


def is_of_another_entity(node: Any) -> bool:
    if is_image(node):
        return _text(node, "entity") in RAW_ENTITIES - {CUSTOMER.entity}
    if isinstance(node, dict | list):
        return any(map(is_of_another_entity, node.values() if isinstance(node, dict) else node))
    return False


def owners(image: Mapping[str, Any]) -> set[int]:
    """The customers whose item an image is, or for whom it reserves; usually one or none."""
    partition, entity = _text(image, "PK"), _text(image, "entity")
    kind, _, key = partition.partition("#")
    found = {key} if kind == "CUSTOMER" else set()
    if entity == CUSTOMER.entity:
        found.add(_text(image, CUSTOMER_KEY, "N"))
    elif partition.startswith(RESERVED):
        found.add(_text(image, "owner_id", "N"))
    return {number for text in found if (number := _whole(text)) is not None}


def rev_of(image: Mapping[str, Any]) -> int:
    """0 for what is no rev, or none that another could follow."""
    rev = _whole(_text(image, "rev", "N")) or 0
    return rev if 0 < rev < 10**MAX_REV_DIGITS else 0


def _text(image: Mapping[str, Any], name: str, kind: str = "S") -> str:
    attribute = image.get(name)
    value = attribute.get(kind) if isinstance(attribute, dict) else None
    return value if isinstance(value, str) else ""


def _whole(text: str) -> int | None:
    """As clean reads numbers: 7, 7.0 and 7E0 are one."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return int(number) if number.is_finite() and abs(number.adjusted()) < MAX_DIGITS else None


def _blank(attribute: Any) -> dict[str, Any]:
    is_text = isinstance(attribute, dict) and "S" in attribute
    return {"S": MARK} if is_text else {"NULL": True}


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for member in node.values() if isinstance(node, dict) else node:
            yield from _strings(member)


def _from_base64(text: str) -> bytes | str:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text
