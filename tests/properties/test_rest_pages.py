"""Lists that change while their pages are asked for: a complete snapshot misses nothing of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.ingest.pulls import load
from lambdas.ingest.rest.client import OK, Answer, Client
from lambdas.ingest.rest.errors import RepeatedPageError
from lambdas.ingest.rest.pages import first_page
from lambdas.ingest.rest.retrying import Clock
from lambdas.ingest.rest.walk import Progress, Walk

if TYPE_CHECKING:
    from collections.abc import Mapping

BASE = "https://api.example.com"
COUNTED, UNCOUNTED = "total: total, ", ""


@dataclass
class Changing(Client):
    """Two records a page; before each but the first page one is added or goes, as told."""

    names: list[str]
    changes: list[tuple[bool, int]]
    there: list[set[str]] = field(default_factory=list)

    def within(self, url: str) -> str:
        return url

    def get(self, url: str, seconds: float, headers: Mapping[str, str]) -> Answer:  # noqa: ARG002
        if self.there and self.changes:
            self._change(*self.changes.pop())
        self.there.append(set(self.names))
        first = 2 * (int(parse_qs(urlsplit(url).query)["page"][0]) - 1)
        records = [{"id": name} for name in self.names[first : first + 2]]
        body = json.dumps({"items": records, "total": len(self.names)})
        return Answer(OK, {}, body.encode(), url)

    def _change(self, added: bool, place: int) -> None:
        if added:
            self.names.insert(place % (len(self.names) + 1), f"new{len(self.there)}")
        elif self.names:
            del self.names[place % len(self.names)]


def walked(api: Changing, total: str) -> tuple[list[str], Progress]:
    said = f"{{into: shop, path: /p, records: items, key: id, {total}"
    said += "pages: {by: number, parameter: page}}"
    rest = load(f"rest: {{url: {BASE}, resources: {{products: {said}}}}}", "shop").rest
    assert rest is not None
    resource = rest.resources["products"]
    progress = Progress(first_page(resource))
    walk = Walk(api, BASE, resource, progress, Clock())
    records: list[Any] = [each for page in walk.pages() for each in page.records]
    return [each["id"] for each in records], progress


def complete(found: list[str], progress: Progress) -> bool:
    """As a pull judges."""
    counted = progress.total is None or progress.total == len(found)
    return not progress.problems and len(set(found)) == len(found) and counted


NAMES = st.integers(0, 9).map(lambda n: [f"r{i}" for i in range(n)])
PLACES = st.integers(0, 20)


@given(NAMES, st.booleans(), st.lists(PLACES, max_size=8))
@settings(max_examples=300, deadline=None)
def test_what_was_there_all_along_is_in_every_snapshot_that_counts_as_complete(
    names: list[str], added: bool, places: list[int]
) -> None:
    """As long as records are only added, or only go, while the pages are asked for."""
    api = Changing(names, [(added, place) for place in places])
    try:
        found, progress = walked(api, COUNTED)
    except RepeatedPageError:
        return  # told by name, and nothing is written
    if complete(found, progress):
        assert set.intersection(*api.there) <= set(found)


@given(NAMES, st.lists(PLACES, max_size=8))
@settings(max_examples=200, deadline=None)
def test_without_a_count_additions_still_show(names: list[str], places: list[int]) -> None:
    api = Changing(names, [(True, place) for place in places])
    try:
        found, progress = walked(api, UNCOUNTED)
    except RepeatedPageError:
        return
    if complete(found, progress):
        assert set.intersection(*api.there) <= set(found)


def test_one_that_goes_while_another_comes_is_what_no_count_shows() -> None:
    """The limit that the docs state."""
    there = [["a", "b", "c", "d"], ["b", "c", "d", "e"]]

    class Both(Changing):
        def _change(self, added: bool, place: int) -> None:  # noqa: ARG002
            self.names = there[1]

    found, progress = walked(Both(there[0], [(True, 0)]), COUNTED)
    assert complete(found, progress)
    assert found == ["a", "b", "d", "e"], "and c is taken for gone until the next snapshot"
