"""From a fetched snapshot to its changes in raw, safe against kills, rivals and late comers.

    begin    read the watermark; if a snapshot is pending, finish it
    fetch    ... however long it takes ...
    stage    changes and new index under `ingest/`, where nobody reads them
    claim    watermark := pending n + 1, if it is still the one that was read at the beginning
    copy     staged changes -> `raw/<source>/<pull>/<resource>/<n + 1>-…`, unless there already
    commit   watermark := committed n + 1, if it is still pending

Since a claim holds only if nothing was committed since the *beginning* of the fetch, an older
snapshot that comes late is refused, and writes nothing to raw. What was claimed is decided: whoever
dies between claim and commit leaves it to the next, which copies the same bytes to the same names:

    A  begin 4 .. fetch .................. stage .. claim 5: refused
    B  ......... begin 4 .. fetch .. claim 5 .. copy .. (dies)
    C  ....................................................... begin: copy, commit 5 .. fetch ..

A snapshot without any change is committed too, with no object: it is newer, and refuses older ones.
"""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lambdas.ingest.snapshots.errors import (
    DamagedStateError,
    SupersededError,
    SuspiciousSnapshotError,
)
from lambdas.ingest.snapshots.parts import part_key
from lambdas.ingest.snapshots.staging import STAGED, Counts, Staging
from lambdas.ingest.snapshots.watermark import Watermark, number_of_folder, number_of_raw
from lambdas.lake.errors import ConflictError, ObjectMissingError, PreconditionError
from lambdas.lake.objects import ANY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lambdas.ingest.snapshots.sorting import SortedRows
    from lambdas.ingest.snapshots.staging import Staged
    from lambdas.ingest.snapshots.watermark import Pending, Place, Watermarks
    from lambdas.lake.objects import ObjectStore

MAY_LOSE = 0.5
"""The share of its keys that a resource may lose from one snapshot to the next."""

STAGED_AS = "staged-as"
"""Metadata of a raw object: of which staged one it is a copy."""


def new_token() -> str:
    return uuid.uuid4().hex


@dataclass(frozen=True)
class Base:
    """What was known when a fetch began; a snapshot is compared with that, and with nothing newer.

    `folder` is the attempt's own.
    """

    known: Watermark | None
    number: int
    folder: str

    @property
    def mark(self) -> str:
        return self.known.mark if self.known else ""

    @property
    def rows(self) -> int:
        """How many are known."""
        return self.known.index.rows if self.known and self.known.index else 0


@dataclass(frozen=True)
class Taken:
    """What was fetched. `complete`: a key that is not among the rows is gone.

    `mark` is handed to whoever asks next. `may_lose` is the share of the known keys that may be
    gone at once; 1 if a person said that whatever is gone is gone.
    """

    rows: SortedRows
    complete: bool
    mark: str = ""
    may_lose: float = MAY_LOSE


@dataclass(frozen=True)
class Committed:
    """`objects` are those that went to raw."""

    number: int
    counts: Counts
    objects: int = 0


class Snapshots:
    """The snapshots of one resource."""

    def __init__(
        self,
        store: ObjectStore,
        watermarks: Watermarks,
        place: Place,
        scratch: Path,
        token: Callable[[], str] = new_token,
    ) -> None:
        self._store, self._watermarks, self._place = store, watermarks, place
        self._scratch, self._token = scratch, token

    def begin(self) -> Base:
        """Before anything is fetched."""
        known = self._watermarks.read()
        if known is None:
            known = self._recovered()
        elif known.pending:
            known = self._finish(known, known.pending)
        number = known.committed + 1 if known else 1
        return Base(known, number, self._place.folder(number, self._token()))

    def resumed(self, folder: str) -> Base:
        """The attempt with this folder, to go on with. Raises SupersededError.

        Also if it was claimed before it was killed: then it is finished here.
        """
        known, number = self._watermarks.read(), number_of_folder(folder)
        if known:
            known = self._settled(known)
        if (known.committed if known else 0) != number - 1:
            raise SupersededError(f"{folder}: another snapshot was committed meanwhile")
        return Base(known, number, folder)

    def commit(self, base: Base, taken: Taken) -> Committed:
        """Brings what changed to raw.

        Raises SupersededError, SuspiciousSnapshotError, and whatever the ports raise; after those,
        take a snapshot again.
        """
        known = base.known or Watermark()
        folder = f"{base.folder}{self._token()}/"  # an attempt may be under way twice
        staging = Staging(self._store, self._place, base.number, folder, self._scratch)
        with self.going_on(base):
            staged = staging.stage(
                known.index, taken.rows, complete=taken.complete, mark=taken.mark
            )
        try:
            _check(staged.counts, base, taken)
        except SuspiciousSnapshotError:
            self._delete(folder)
            self.discard(base)
            raise
        if not staged.pending.changes:
            return self._unchanged(base, staged)
        claimed = replace(known, pending=staged.pending)
        self._replace(base, claimed)
        self._finish(claimed, staged.pending)
        return Committed(base.number, staged.counts, staged.pending.changes)

    def unchanged(self, base: Base) -> Committed:
        """The source says that all is as it was when `base.mark` was given."""
        known = base.known or Watermark()
        self._replace(base, replace(known, committed=base.number))
        self._tidy(base.number, known)
        return Committed(base.number, Counts(unchanged=base.rows))

    def discard(self, base: Base) -> None:
        """Deletes what was fetched by an attempt that is refused, before more of them pile up.

        Changes and indexes stay: the attempt may be under way twice, and those be claimed.
        """
        self._delete(base.folder, but=STAGED)

    def _delete(self, folder: str, but: tuple[str, ...] = ()) -> None:
        for key in list(self._store.keys(folder)):
            if not key.rpartition("/")[2].startswith(but):
                self._store.delete(key)

    @contextmanager
    def going_on(self, base: Base) -> Iterator[None]:
        """What is missing because another snapshot was committed: SupersededError."""
        try:
            yield
        except ObjectMissingError as error:
            if _revision(self._watermarks.read()) != _revision(base.known):
                raise SupersededError(f"{self._place.staging}: {error} is gone") from error
            raise

    def _unchanged(self, base: Base, staged: Staged) -> Committed:
        """With the index as it was staged, since its key may be another one."""
        found = staged.pending
        index = found.index if found.index.rows else None
        successor = Watermark(base.number, index, found.mark)
        self._replace(base, successor)
        self._tidy(base.number, successor)
        return Committed(base.number, staged.counts)

    def _replace(self, base: Base, successor: Watermark) -> None:
        """If the answer to our own write was lost, the watermark now is what we wrote."""
        try:
            self._watermarks.replace(base.known, successor)
        except PreconditionError as error:
            if self._watermarks.read() != successor:
                raise SupersededError(
                    f"{self._place.staging}: number {base.number} was committed by another"
                ) from error

    def _finish(self, known: Watermark, pending: Pending) -> Watermark:
        """What is known once the pending snapshot is committed, here or by another."""
        index = pending.index if pending.index.rows else None
        successor = Watermark(pending.number, index, pending.mark)
        try:
            for part in range(1, pending.changes + 1):
                self._copy(part_key(pending.prefix, part), part_key(pending.raw, part))
            self._watermarks.replace(known, successor)
        except (ObjectMissingError, PreconditionError) as error:
            now = self._watermarks.read()
            if now is None or now.committed < pending.number:
                raise _unfinished(pending, error) from error
            return self._settled(now)
        self._tidy(pending.number, successor)
        return successor

    def _settled(self, now: Watermark) -> Watermark:
        return self._finish(now, now.pending) if now.pending else now

    def _copy(self, staged: str, raw: str) -> None:
        body = self._store.get(staged).body
        try:
            self._store.put(raw, body, if_none_match=ANY, metadata={STAGED_AS: staged})
        except ConflictError:
            raise
        except PreconditionError as error:
            found = self._store.head(raw)
            if found is None:
                raise
            if found.metadata.get(STAGED_AS) != staged:
                raise DamagedStateError(
                    f"{raw} is of another snapshot than {staged}: was the state restored to an "
                    "older one? Delete the resource's item, and it is taken up from raw"
                ) from error

    def _recovered(self) -> Watermark | None:
        """Of a resource without a watermark: numbers go on behind those of its raw objects."""
        highest = max(map(number_of_raw, self._store.keys(self._place.raw)), default=0)
        if not highest:
            return None
        found = Watermark(highest)
        self._watermarks.replace(None, found)
        return found

    def _tidy(self, committed: int, known: Watermark) -> None:
        """Deletes what can never be claimed: attempts at numbers that are committed."""
        kept = known.index.prefix if known.index else None
        for key in list(self._store.keys(self._place.staging)):
            if number_of_folder(key) <= committed and not (kept and key.startswith(kept)):
                self._store.delete(key)


def _check(counts: Counts, base: Base, taken: Taken) -> None:
    if counts.gone and counts.gone > taken.may_lose * base.rows:
        raise SuspiciousSnapshotError(
            f"of {base.rows} keys {counts.gone} are gone, more than {taken.may_lose:.0%}: "
            "if they really are, pull with `accept_losses`"
        )


def _revision(known: Watermark | None) -> int:
    return known.revision if known else -1


def _unfinished(pending: Pending, error: Exception) -> Exception:
    if isinstance(error, PreconditionError):
        return error
    return DamagedStateError(f"snapshot {pending.number} is pending, and {error} is gone")
