"""What an answer says: its records, how many there are in all, and where the next page is."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from lambdas.ingest.rest.errors import RefusedError
from lambdas.ingest.rest.links import next_link
from lambdas.ingest.rest.retrying import PassingError
from lambdas.ingest.rest.urls import joined, path_of

if TYPE_CHECKING:
    from lambdas.ingest.pulls.rest import Pages, Resource
    from lambdas.ingest.rest.client import Answer

EXACT_DIGITS = 18
ABSENT = object()
CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]+)")
OLD = {
    **dict.fromkeys(("iso-8859-1", "latin1", "windows-1252"), "cp1252"),
    "iso-8859-15": "iso8859-15",
}
"""Charsets that APIs still answer in, by their names; the first is read as all browsers do."""
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
    start = resource.pages.start if resource.pages else None
    return "" if start is None else start


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
    said = _parsed(answer)
    records, total = _at(said, resource.records), _total(resource, answer, said)
    if records is None and total is not None:  # so Go spells an empty list; and the total guards it
        records = []
    if not isinstance(records, list):
        raise RefusedError(f"the answer has no list of records at {resource.records or 'its top'}")
    return Page(records, total, _following(resource, answer, said))


def next_page(resource: Resource, at: At, page: Page, so_far: int) -> At:
    """`so_far` counts the records of all pages, this one included."""
    pages = resource.pages
    if pages is None:
        return None
    if pages.start is None:
        return page.following
    # A short page is no end: an API may give fewer than it is asked for.
    ended = not page.records or (page.total is not None and so_far >= page.total)
    return None if ended else int(at or 0) + pages.step


def is_short(pages: Pages | None, page: Page) -> bool:
    """Whether it looks like the last, since nothing but its records tells."""
    if pages is None or pages.start is None or page.total is not None:
        return False
    return 0 < len(page.records) < (pages.size or 0)


def _total(resource: Resource, answer: Answer, said: Any) -> int | None:
    if resource.total_header:
        found: Any = answer.headers.get(resource.total_header.lower())
    else:
        found = _at(said, resource.total) if resource.total else None
    text = str(found)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= EXACT_DIGITS else None


def _following(resource: Resource, answer: Answer, said: Any) -> str | None:
    """Raises RefusedError for what is neither an end nor a way on: silence would be an end."""
    pages = resource.pages
    if pages is None or pages.start is not None:
        return None
    if pages.next is None:
        return next_link(answer.headers.get("link", ""), answer.url)
    found = _at(said, pages.next)
    if found is ABSENT or found is None or found is False or found == "":
        return None
    if isinstance(found, bool) or not isinstance(found, str | int):
        raise RefusedError(f"what the answer has at {pages.next} is neither text nor number")
    return joined(answer.url, str(found)) if pages.by == "link" else str(found)


def _at(said: Any, path: str) -> Any:
    """What is there, or ABSENT. A name may have dots of its own, as `@odata.nextLink` has."""
    if path and isinstance(said, dict) and path in said:
        return said[path]
    for step in filter(None, path.split(".")):
        said = said.get(step, ABSENT) if isinstance(said, dict) else ABSENT
    return said


def _parsed(answer: Answer) -> Any:
    try:
        return DECODER.decode(_text(answer))
    except (ValueError, RecursionError) as error:
        where, kind = path_of(answer.url), answer.headers.get("content-type", "no type")
        raise PassingError(f"{where}: the answer, {kind}, is no JSON of its own") from error


def _text(answer: Answer) -> str:
    """JSON is Unicode; what is not, is what its type says, and else nothing. Raises ValueError."""
    try:
        return answer.body.decode(json.detect_encoding(answer.body))
    except UnicodeDecodeError:
        said = CHARSET.search(answer.headers.get("content-type", "").lower())
        if said is None or said[1] not in OLD:
            raise
        return answer.body.decode(OLD[said[1]])


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
