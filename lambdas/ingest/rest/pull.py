"""One resource of an API -> a snapshot -> what changed, in raw.

The pages' records are staged as they come, so that what takes longer than a function may run goes
on in another; the snapshot is settled once all of them are there.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from lambdas.ingest.errors import PullError
from lambdas.ingest.rest.address import address
from lambdas.ingest.rest.client import Client
from lambdas.ingest.rest.errors import NoKeysError, PartialSnapshotError, RefusedError
from lambdas.ingest.rest.pages import first_page
from lambdas.ingest.rest.retrying import Clock
from lambdas.ingest.rest.walk import NotModified, Progress, Walk
from lambdas.ingest.snapshots import (
    DamagedStateError,
    Row,
    SortedRows,
    SupersededError,
    SuspiciousSnapshotError,
    Taken,
    committed,
    losses,
    row_of,
    snapshots_of,
    superseded,
)
from lambdas.ingest.snapshots.parts import PartWriter, read_parts
from lambdas.ingest.snapshots.protocol import new_token
from lambdas.ingest.task import Pulled
from lambdas.runtime.observe import logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lambdas.ingest.pulls.rest import Rest
    from lambdas.ingest.rest.address import Address
    from lambdas.ingest.rest.pages import Page
    from lambdas.ingest.snapshots import Base, Committed, Snapshots
    from lambdas.ingest.task import Task, Tools

AT_ONE_GO = 100_000
"""Records beyond which a snapshot is settled in an invocation that has all of its time for that."""

FINAL = (
    RefusedError,
    PartialSnapshotError,
    SuspiciousSnapshotError,
    DamagedStateError,
)


@dataclass(frozen=True)
class Outside:
    """What a pull has of the machine that it runs on."""

    clock: Clock = field(default_factory=Clock)
    token: Callable[[], str] = new_token


def pull_rest(task: Task, tools: Tools, outside: Outside | None = None) -> Pulled:
    """A `Puller`. Raises PullError, and UnavailableError if the API does not answer at all."""
    try:
        return _Resource(task, tools, outside or Outside()).pulled()
    except SupersededError as error:
        return superseded(error)
    except FINAL as error:
        raise PullError(f"{type(error).__name__}: {error}") from error


class _Resource:
    def __init__(self, task: Task, tools: Tools, outside: Outside) -> None:
        self._task, self._tools, self._outside = task, tools, outside
        if task.window:
            raise PullError("a REST API is pulled whole, and not for a window of days")
        self._rest = cast("Rest", task.pull.rest)
        self._said = self._rest.resources[task.resource]

    def pulled(self) -> Pulled:
        with TemporaryDirectory() as folder:
            snapshots = self._snapshots(Path(folder))
            base, progress = self._begun(snapshots)
            try:
                return self._went_on(snapshots, base, progress, Path(folder))
            except (RefusedError, PullError):
                snapshots.discard(base)
                raise

    def _went_on(
        self, snapshots: Snapshots, base: Base, progress: Progress, folder: Path
    ) -> Pulled:
        """As far as there is time."""
        pages_before = progress.heard
        try:
            self._fetch(base, progress)
        except NotModified:
            snapshots.unchanged(base)
            return Pulled()
        fetched_much = progress.heard > pages_before and progress.records > AT_ONE_GO
        if progress.at is not None or self._tools.is_over() or fetched_much:
            return Pulled(more=True, place=self._kept(base, progress))
        with snapshots.going_on(base):
            rows = self._sorted(progress, folder)
        return self._settled(snapshots, base, progress, rows)

    def _snapshots(self, folder: Path) -> Snapshots:
        said, token = self._said, self._outside.token
        return snapshots_of(self._task, self._tools, said.into, said.key, folder, token)

    def _begun(self, snapshots: Snapshots) -> tuple[Base, Progress]:
        """Where the invocation before stopped, or at the first page."""
        place = self._task.place
        if place is None:
            return snapshots.begin(), Progress(first_page(self._said))
        base = snapshots.resumed(place["folder"])
        with snapshots.going_on(base):
            kept = self._tools.lake.get(place["progress"]).body
        return base, Progress.from_dict(json.loads(kept))

    def _kept(self, base: Base, progress: Progress) -> dict[str, Any]:
        key = f"{base.folder}{self._outside.token()}/progress.json"
        self._tools.lake.put(key, json.dumps(progress.to_dict()).encode())
        return {"folder": base.folder, "progress": key}

    def _fetch(self, base: Base, progress: Progress) -> None:
        """As many pages as there is time for. Their rows are staged under names of their own."""
        if progress.at is None:
            return
        prefix = f"{base.folder}{self._outside.token()}/pages-"
        writer = PartWriter(self._tools.lake, prefix)
        walk = Walk(self._client(), self._address.url, self._said, progress, self._outside.clock)
        for page in walk.pages(self._etag(base, progress)):
            self._stage(writer, page)
            if self._tools.is_over():
                break
        writer.close()
        progress.parts.append((prefix, writer.parts))

    @cached_property
    def _address(self) -> Address:
        return address(self._rest, self._tools.secret)

    def _client(self) -> Client:
        at_once = self._said.pages.at_once if self._said.pages else 1
        return Client(
            self._address.url,
            self._address.credential,
            connections=at_once,
            clock=self._outside.clock,
            trusted=self._address.trusted,
        )

    def _stage(self, writer: PartWriter, page: Page) -> None:
        for record in page.records:
            row = row_of(record, self._said.key)
            writer.add(f"{row.key}\t{row.text}")

    def _sorted(self, progress: Progress, folder: Path) -> SortedRows:
        def rows() -> Iterator[Row]:
            for prefix, parts in progress.parts:
                for line in read_parts(self._tools.lake, prefix, parts):
                    key, _, text = line.partition("\t")
                    yield Row(key, text)

        return SortedRows.of(rows(), folder)

    def _settled(
        self, snapshots: Snapshots, base: Base, progress: Progress, rows: SortedRows
    ) -> Pulled:
        problems = [*progress.problems, *_problems(rows, progress)]
        mark = "" if problems else self._mark(progress)
        may_lose = losses(self._task, self._said.may_lose)
        done = snapshots.commit(base, Taken(rows, not problems, mark, may_lose))
        self._tell(done, progress)
        if problems:
            raise PartialSnapshotError("; ".join(problems))
        return committed(done)

    def _tell(self, done: Committed, progress: Progress) -> None:
        told = {"snapshot": done.number, "pages": progress.heard, "keys": vars(done.counts)}
        logger.info("snapshot committed", extra=told)

    def _etag(self, base: Base, progress: Progress) -> str:
        """Of the last snapshot, if it was one answer to the same question."""
        if progress.heard or not base.mark or not self._is_in_one_answer:
            return ""
        said = json.loads(base.mark)
        return str(said["etag"]) if said["asked"] == self._asked else ""

    def _mark(self, progress: Progress) -> str:
        """One answer's ETag tells that all is as it was."""
        if not progress.etag or progress.heard != 1 or not self._is_in_one_answer:
            return ""
        return json.dumps({"etag": progress.etag, "asked": self._asked})

    @property
    def _is_in_one_answer(self) -> bool:
        """Whether another page would show in the body of the first: headers are no part of it."""
        said = self._said
        if said.pages is None:
            return True
        return not said.total_header and bool(said.pages.next or said.total)

    @property
    def _asked(self) -> str:
        said = f"{self._address.url} {self._said.model_dump_json()}"
        return hashlib.sha256(said.encode()).hexdigest()


def _problems(rows: SortedRows, progress: Progress) -> Iterator[str]:
    """Why it is not known whether these are all."""
    if rows.unkeyed and rows.unkeyed == rows.rows:
        raise NoKeysError("no record has the fields that the pull file names as `key`")
    if rows.unkeyed:
        yield f"{rows.unkeyed} records have no key"
    if rows.repeated:
        yield (
            f"{rows.repeated} records came twice: they moved while pages were asked for, or `key` "
            "does not tell them apart"
        )
    elif progress.total is not None and progress.total != rows.rows:
        yield f"there are {progress.total} records, and {rows.rows} came"
