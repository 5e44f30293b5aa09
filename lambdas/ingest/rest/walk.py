"""From page to page, and what is known on the way, so that another invocation can go on.

Records may move between pages while they are asked for: one that is added in front pushes another
over to the next page, where it comes again; one that goes lets another slip by. What shows of that,
a key that comes twice or a total that changes, makes the snapshot partial.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from reprlib import repr as short
from typing import TYPE_CHECKING, Any, Self

from lambdas.ingest.rest.client import NOT_MODIFIED
from lambdas.ingest.rest.errors import (
    RefusedError,
    RepeatedCursorError,
    RepeatedPageError,
    TooManyPagesError,
    UnavailableError,
)
from lambdas.ingest.rest.pages import address, first_page, is_short, next_page, page_of
from lambdas.ingest.rest.retrying import persistently

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lambdas.ingest.pulls.rest import Resource
    from lambdas.ingest.rest.client import Client
    from lambdas.ingest.rest.pages import At, Page
    from lambdas.ingest.rest.retrying import Clock

PROBLEMS = 20
"""Kept of them; the first ones tell the most."""

SILENT = 2
"""Numbered pages in a row that do not answer, behind which none is asked for."""


@dataclass
class Progress:
    """`at` is the page to ask for next, None behind the last; `problems` make it partial.

    `heard` are the pages that answered; `short`, whether one of them looked like the last, and
    `ending`, whether the one before `at` was the first that did. `parts` are where their records
    are staged: prefixes, each with how many objects there are.
    """

    at: At
    heard: int = 0
    records: int = 0
    total: int | None = None
    silent: int = 0
    short: bool = False
    ending: bool = False
    problems: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    parts: list[tuple[str, int]] = field(default_factory=list)
    etag: str = ""

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> Self:
        return cls(**{**fields, "parts": [(prefix, n) for prefix, n in fields["parts"]]})

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    def note(self, problem: str) -> None:
        if len(self.problems) < PROBLEMS:
            self.problems.append(problem)


class NotModified(Exception):  # noqa: N818  # an answer, and no fault
    """All is as it was when the ETag was given."""


class Walk:
    """The pages of a resource from where `progress` is, which goes on with each."""

    def __init__(
        self, client: Client, base: str, resource: Resource, progress: Progress, clock: Clock
    ) -> None:
        self._client, self._base, self._resource = client, base, resource
        self._clock, self.progress = clock, progress
        self._seen = set(progress.seen)

    def pages(self, etag: str = "") -> Iterator[Page]:
        """Each page's records once; after each, `progress` is behind it.

        Raises NotModified, if the first page still has the ETag, RefusedError, and
        UnavailableError if no page answers at all.
        """
        known = {"If-None-Match": etag} if etag else {}
        while self.progress.at is not None:
            for at, answer in self._asked(self.progress.at, known):
                if self.progress.at is None:
                    self._behind(at, answer)
                elif page := self._heard(at, answer):
                    yield page

    def _asked(self, at: At, known: dict[str, str]) -> Iterator[tuple[At, Callable[[], Page]]]:
        """Several numbered pages at a time, in order; each tells, or raises, when it is called."""
        pages = self._resource.pages
        if pages is None or pages.at_once == 1 or not isinstance(at, int):
            yield at, partial(self._page, at, known)
            return
        with ThreadPoolExecutor(pages.at_once) as threads:
            numbers = range(at, at + pages.at_once * pages.step, pages.step)
            futures = [threads.submit(self._page, number, known) for number in numbers]
            for number, future in zip(numbers, futures, strict=True):
                yield number, future.result

    def _page(self, at: At, known: dict[str, str]) -> Page:
        try:
            return self._answered(at, known)
        except RefusedError as error:
            if self._resource.pages is None:
                raise
            raise type(error)(f"{self._name(at)}: {error}") from error

    def _name(self, at: At) -> str:
        """Of a page, for people. An address is none: it may say more than a message should."""
        pages = self._resource.pages
        named = at != "" and not (pages and pages.by == "link")
        return f"page {short(at)}" if named else f"page {self.progress.heard + 1}"

    def _answered(self, at: At, known: dict[str, str]) -> Page:
        url = self._client.within(address(self._base, self._resource, at))
        first = at == first_page(self._resource)
        headers = known if first else {}

        def ask(seconds: float) -> Page:
            answer = self._client.get(url, seconds, headers)
            if answer.status == NOT_MODIFIED:
                if not headers:
                    raise RefusedError("the answer is that nothing changed, which nobody asked")
                raise NotModified
            if first:
                self.progress.etag = answer.headers.get("etag", "")
            return page_of(self._resource, answer)

        return persistently(ask, self._clock)

    def _heard(self, at: At, answer: Callable[[], Page]) -> Page | None:
        """The page, or None for one that does not answer; sets where it goes on."""
        progress, pages = self.progress, self._resource.pages
        try:
            page = answer()
        except UnavailableError as error:
            self._miss(at, error)
            return None
        except RefusedError:
            if not progress.ending:
                raise
            progress.at = None  # many an API refuses a page behind its last
            return None
        name = self._name(at)
        if pages and progress.heard >= pages.most:
            raise TooManyPagesError(f"there are more than {pages.most} pages")
        if progress.ending and page.digest in self._seen:  # others give that one again
            progress.at = None
            return None
        if page.records:
            self._once(page.digest, RepeatedPageError(f"{name} is one that came before"))
        progress.heard += 1
        progress.silent = 0
        progress.records += len(page.records)
        self._count(name, page)
        self._judge(name, page)
        progress.at = next_page(self._resource, at, page, progress.records)
        if isinstance(progress.at, str):
            repeated = f"{name} points to {self._name(progress.at)}, which was asked before"
            self._once(f"at {progress.at}", RepeatedCursorError(repeated))
        return page

    def _judge(self, name: str, page: Page) -> None:
        """A page with fewer records than a full one: the last, unless `size` is not the API's."""
        progress, pages = self.progress, self._resource.pages
        if progress.short and page.records and pages and pages.by == "offset":
            progress.note(f"{name} has records, behind one with fewer than {pages.size}")
        short = is_short(pages, page)
        progress.ending, progress.short = short and not progress.short, progress.short or short

    def _miss(self, at: At, error: UnavailableError) -> None:
        """A numbered page can be passed over; behind a cursor nobody knows what comes."""
        progress = self.progress
        progress.note(f"{self._name(at)}: {error}")
        progress.silent += 1
        pages = self._resource.pages
        if isinstance(at, int) and pages and progress.silent < SILENT:
            progress.at = at + pages.step
        elif progress.heard:
            progress.at = None
        else:
            raise error

    def _behind(self, at: At, answer: Callable[[], Page]) -> None:
        """A page that was asked for beside the last one."""
        try:
            page = answer()
        except (UnavailableError, RefusedError):
            return
        if page.records and page.digest not in self._seen:
            self.progress.note(f"{self._name(at)} has records, behind the last one")

    def _count(self, name: str, page: Page) -> None:
        """Of an API that tells how many there are."""
        resource, progress = self._resource, self.progress
        if not (resource.total or resource.total_header):
            return
        if page.total is None:
            progress.note(f"{name} does not tell how many there are")
        elif progress.total is not None and page.total != progress.total:
            progress.note(f"there were {progress.total} records, and on {name} {page.total}")
        progress.total = page.total if page.total is not None else progress.total

    def _once(self, what: str, repeated: RefusedError) -> None:
        if what in self._seen:
            raise repeated
        self._seen.add(what)
        self.progress.seen.append(what)
