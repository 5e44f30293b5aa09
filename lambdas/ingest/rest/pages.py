"""What an answer says: its records, how many there are in all, and where the next page is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from lambdas.ingest.rest.errors import RefusedError
from lambdas.ingest.rest.links import next_link
from lambdas.ingest.rest.retrying import PassingError

if TYPE_CHECKING:
    from lambdas.ingest.pulls.rest import Resource
    from lambdas.ingest.rest.client import Answer

EXACT_DIGITS = 18
At = int | str | None
"""Which page: a number, or a cursor or an address, empty for the first; None behind the last."""


@dataclass(frozen=True)
class Page:
    """`total` is what the API says that there are in all; `following` what its answer points to."""

    records: list[Any]
    total: int | None
    following: str | None

    @property
    def digest(self) -> str:
        """Of its records."""
        text = json.dumps(self.records, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:24]


def first_page(resource: Resource) -> At:
    pages = resource.pages
    return pages.first if pages and pages.by == "number" else ""


def address(base: str, resource: Resource, at: At) -> str:
    pages = resource.pages
    if pages and pages.by == "link" and at:
        return str(at)
    query = dict(resource.query)
    if pages and pages.parameter and at != "":
        query[pages.parameter] = str(at)
    url = f"{base.rstrip('/')}{resource.path}"
    return f"{url}?{urlencode(query)}" if query else url


def page_of(resource: Resource, answer: Answer) -> Page:
    """Raises PassingError for what is no JSON, as of an answer that broke off, or RefusedError."""
    said = _parsed(answer.body)
    records = _at(said, resource.records)
    if not isinstance(records, list):
        raise RefusedError(f"the answer has no list of records at {resource.records or 'its top'}")
    return Page(records, _total(resource, answer, said), _following(resource, answer, said))


def next_page(resource: Resource, at: At, page: Page, so_far: int) -> At:
    """`so_far` counts the records of all pages, this one included."""
    pages = resource.pages
    if pages is None:
        return None
    if pages.by != "number":
        return page.following
    if page.total is not None:  # a short page is no end: an API may give fewer than it is asked for
        ended = not page.records or so_far >= page.total
    else:
        ended = len(page.records) < (pages.size or 1)
    return None if ended else int(at or 0) + 1


def _total(resource: Resource, answer: Answer, said: Any) -> int | None:
    if resource.total_header:
        found: Any = answer.headers.get(resource.total_header.lower())
    else:
        found = _at(said, resource.total) if resource.total else None
    text = str(found)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= EXACT_DIGITS else None


def _following(resource: Resource, answer: Answer, said: Any) -> str | None:
    pages = resource.pages
    if pages and pages.by == "link":
        return next_link(answer.headers.get("link", ""), answer.url)
    found = _at(said, pages.next) if pages and pages.next else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found) or None


def _at(said: Any, path: str) -> Any:
    for step in filter(None, path.split(".")):
        said = said.get(step) if isinstance(said, dict) else None
    return said


def _parsed(body: bytes) -> Any:
    try:
        return DECODER.decode(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise PassingError("the answer is no JSON of its own") from error


def _whole_number(text: str) -> int | str:
    """A number that others may not hold is its text, as spelt; so is every one with a fraction."""
    return int(text) if len(text) <= EXACT_DIGITS else text


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise RefusedError("the answer has an object with one name twice")
    return found


DECODER = json.JSONDecoder(
    parse_int=_whole_number, parse_float=str, parse_constant=str, object_pairs_hook=_named_once
)
