"""Goes through all versions of all objects, page by page, for as long as there is time.

The stages of an erasure, in this order, so that a kill between any two calls leaves what is needed
to go on:

    derived  all but raw: what holds the person is deleted, for it can be made again
    damaged  raw: lines that nobody can read as a record, known by the person's addresses alone
    raw      raw: the person's own records, from which the addresses are learned, so they go last

Of raw only the API's records are changed; a shop's files are searched, and told if they hold the
person.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from lambdas.erase.contents import Found, learned, look, without
from lambdas.erase.fates import Fate, fate, goes_anyway, is_foreign
from lambdas.erase.person import CUSTOMER
from lambdas.erase.tally import Slice
from lambdas.lake.layout import GOLD, RAW, STATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lambdas.erase.bucket import Bucket, Mark, Version
    from lambdas.erase.ledger import Ledger
    from lambdas.erase.person import Person

    Judge = Callable[[Version, Found], Fate | None]

Answer = TypeVar("Answer")
PARALLEL = 8
LARGE_BYTES = 16 * 1024 * 1024
"""From this size on, as stored, one object at a time is in memory."""


class Stage(StrEnum):
    DERIVED = "derived"
    DAMAGED = "damaged"
    RAW = "raw"


class Walk:
    """One bucket, looked through for one person. A slice's `next` says where to go on."""

    def __init__(
        self, bucket: Bucket, person: Person, has_time: Callable[[], bool], judge: Judge
    ) -> None:
        self.bucket = bucket
        self.person = person
        self.has_time = has_time
        self.judge = judge
        self._large = threading.Lock()

    def learn(self, after: Mark | None) -> tuple[Person, int, Mark | None]:
        """What raw tells of the person, the highest rev of theirs in it, and where to go on."""
        person, rev = self.person, 0
        for page, mark in self.bucket.pages(RAW, after):
            captured = [each for each in page if not is_foreign(each.key)]
            for _, (told, highest) in self._each(
                captured, lambda _, body: learned(self.person, body)
            ):
                person, rev = person.joined(told), max(rev, highest)
            if mark is None or not self.has_time():
                return person, rev, mark
        return person, rev, None

    def shown(self) -> bool:
        """Whether what is known and shown now still says who the person is."""
        for root in (STATE, GOLD):
            for page, _ in self.bucket.pages(f"{root}{CUSTOMER.table}/", None):
                current = [each for each in page if each.current]
                if any(found.holds for _, found in self._looked(current)):
                    return True
        return False

    def search(self, prefix: str, after: Mark | None) -> Slice:
        """Looks into every version; changes nothing."""

        def act(page: list[Version], done: Slice) -> None:
            for version, found in self._looked(page):
                done.add(version, found, None)
                if found.holds:
                    done.hit(version)

        return self._slice(prefix, after, act)

    def plan(self, after: Mark | None) -> Slice:
        """What an erasure would do; changes nothing."""

        def act(page: list[Version], done: Slice) -> None:
            for version, found in self._looked(page):
                done.add(version, found, self.judge(version, found))

        return self._slice("", after, act)

    def erase(self, stage: Stage, ledger: Ledger, after: Mark | None) -> Slice:
        if stage is Stage.DERIVED:
            return self._slice("", after, self._delete)

        def act(page: list[Version], done: Slice) -> None:
            captured = [each for each in page if not is_foreign(each.key)]
            self._replace(captured, done, ledger, records=stage is Stage.RAW)
            if stage is Stage.RAW:
                self._tell([each for each in page if is_foreign(each.key)], done)

        return self._slice(RAW, after, act)

    def _slice(
        self, prefix: str, after: Mark | None, act: Callable[[list[Version], Slice], None]
    ) -> Slice:
        """Does at least one page, so that every call gets on."""
        done = Slice()
        for page, mark in self.bucket.pages(prefix, after):
            act(page, done)
            done.next = mark
            if not self.has_time():
                break
        return done

    def _delete(self, page: list[Version], done: Slice) -> None:
        doomed = []
        for version, found in self._looked([v for v in page if not v.key.startswith(RAW)]):
            what = self.judge(version, found)
            done.add(version, found, what)
            if what is Fate.DELETE:
                doomed.append(version)
        with ThreadPoolExecutor(PARALLEL) as pool:
            list(pool.map(self.bucket.delete, doomed))

    def _replace(self, page: list[Version], done: Slice, ledger: Ledger, *, records: bool) -> None:
        """Put, noted, deleted: dying in between leaves a copy that the next call finds equal."""
        replaced = []

        def cleared(_: Version, body: bytes) -> tuple[int, bytes | None]:
            after = without(self.person, body, records=records)
            return len(body), after if after != body else None

        for version, (size, body) in self._each(page, cleared):
            done.add(version, Found(body is not None, size), Fate.REPLACE if body else None)
            if body is not None:
                if self.bucket.current(version.key) != body:
                    self.bucket.put(version.key, body)
                replaced.append(version)
        if replaced:
            ledger.note(self.person.customer_id, replaced)
        for version in replaced:
            self.bucket.delete(version)

    def _tell(self, page: list[Version], done: Slice) -> None:
        """Of shops' files, as these stay: what a line of them is, and whose, nobody here knows."""
        for version, found in self._looked(page):
            done.add(version, found, self.judge(version, found))

    def _looked(self, page: list[Version]) -> Iterator[tuple[Version, Found]]:
        """At the name too, since its folders may say what the records in it do not."""

        def found(version: Version, body: bytes) -> Found:
            inside = look(self.person, body, foreign=is_foreign(version.key))
            return replace(inside, holds=inside.holds or self.person.in_name(version.key))

        return self._each(page, found)

    def _each(
        self, page: list[Version], use: Callable[[Version, bytes], Answer]
    ) -> Iterator[tuple[Version, Answer]]:
        """What `use` makes of each version's bytes; a version that is gone by now is passed over.

        Few bodies are in memory at once, and only one that is large.
        """

        def read(version: Version) -> tuple[Version, list[Answer]]:
            with self._large if version.size >= LARGE_BYTES else nullcontext():
                body = self.bucket.read(version)
                return version, [] if body is None else [use(version, body)]

        with ThreadPoolExecutor(PARALLEL) as pool:
            for version, answers in pool.map(read, page):
                for answer in answers:
                    yield version, answer


def in_lake(version: Version, found: Found) -> Fate | None:
    """What becomes of a version; None if it holds nobody."""
    if goes_anyway(version.key):
        return Fate.DELETE
    return fate(version.key, current=version.current) if found.holds else None


def beside_lake(_version: Version, found: Found) -> Fate | None:
    """Of what capture gave up, which nothing reads: a resync brings what the table holds."""
    return Fate.DELETE if found.holds else None
