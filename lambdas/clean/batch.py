"""A batch of raw objects, cleaned together, or apart if that ended the function.

    together            -> every object by itself, whatever is in one; all of them in one document
    it ended            -> apart: every object alone, in an invocation of its own
    alone, it ended too -> after `MAX_ENDS` times the object is quarantined, from that part on

A function that crashes, or runs out of memory or time, cannot say so. What tells is a note that is
written before the work begins, and taken back if it is the store that fails.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.clean.canary import prove_engine
from lambdas.clean.origin import clean_any
from lambdas.clean.outputs import set_aside
from lambdas.clean.reasons import Reason
from lambdas.lake.documents import Begun, CleanedBatch, CleanedObject, CleanedSoFar
from lambdas.lake.errors import ObjectMissingError, RetryableError
from lambdas.lake.layout import RunKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lambdas.lake.documents import CleanBatch, RawObject
    from lambdas.lake.objects import ObjectStore

MAX_ENDS = 3
"""More than the chance of a machine that fails: only then is the object the cause."""

STORES = (RetryableError, ClientError, BotoCoreError)
"""What S3 says, or cannot be told for the network: no object's fault."""


def never() -> bool:
    return False


def clean_batch(
    store: ObjectStore, run: str, batch: CleanBatch, is_over: Callable[[], bool] = never
) -> CleanedBatch | None:
    """Cleans the batch and writes what became of its objects. Errors of S3 are raised.

    None if that cannot be done together, or not until the function's time `is_over`: then each
    object has to be cleaned by `clean_alone`, and this called again.
    """
    keys = RunKeys(run)
    note, document = keys.cleaning(batch.number), keys.cleaned(batch.number)
    if not _begun(store, note):
        with _noted(store, note, times=1):
            done = _together(store, run, batch, is_over)
            if done:
                store.put(document, done.to_json())
        return done
    if found := _read(store, document):
        return CleanedBatch.from_json(found)  # it had come to its end
    alone = [
        _read(store, keys.cleaned_alone(batch.number, index)) for index in range(len(batch.objects))
    ]
    if not all(alone):
        return None
    cleaned = CleanedBatch([CleanedObject.from_json(each) for each in alone if each])
    store.put(document, cleaned.to_json())
    return cleaned


def _together(
    store: ObjectStore, run: str, batch: CleanBatch, is_over: Callable[[], bool]
) -> CleanedBatch | None:
    """What is done of an object that takes longer is kept for `clean_alone`."""
    keys, cleaned = RunKeys(run), []
    for index, source in enumerate(batch.objects):
        if is_over():
            return None
        so_far = _go_on(store, source, keys.cleaned_so_far(batch.number, index), is_over)
        if so_far.position is not None:
            return None
        cleaned.append(so_far.cleaned)
    return CleanedBatch(cleaned)


def clean_alone(
    store: ObjectStore,
    run: str,
    batch: CleanBatch,
    index: int,
    is_over: Callable[[], bool] = never,
) -> CleanedObject | None:
    """Cleans one object of the batch; what has ended the function too often is quarantined.

    None if there is more of it than the function had time for: call this again, which goes on
    behind the last part that was done. Before an object is blamed, the engine has to show that it
    works at all.
    """
    keys, source = RunKeys(run), batch.objects[index]
    note = keys.cleaning_alone(batch.number, index)
    progress = keys.cleaned_so_far(batch.number, index)
    document = keys.cleaned_alone(batch.number, index)
    if found := _read(store, document):
        return CleanedObject.from_json(found)
    begun = _begun(store, note)
    if begun < MAX_ENDS:
        with _noted(store, note, times=begun + 1):
            so_far = _go_on(
                store,
                source,
                progress,
                is_over,
                # the object is not to blame for ends before this part
                blame_anew=lambda: _put(store, note, Begun(1)),
            )
        if so_far.position is not None:
            _put(store, note, Begun(0))
            return None
        cleaned = so_far.cleaned
    else:
        prove_engine()
        cleaned = _blamed(store, source, _so_far(store, progress))
    store.put(document, cleaned.to_json())
    return cleaned


def _go_on(
    store: ObjectStore,
    source: RawObject,
    progress: str,
    is_over: Callable[[], bool],
    blame_anew: Callable[[], None] = lambda: None,
) -> CleanedSoFar:
    """Cleans the parts that are left; each that is done is kept under the key `progress`."""

    def keep(so_far: CleanedSoFar) -> bool:
        store.put(progress, so_far.to_json())
        blame_anew()
        return not is_over()

    return clean_any(store, source, _so_far(store, progress), keep)


def _blamed(store: ObjectStore, source: RawObject, so_far: CleanedSoFar | None) -> CleanedObject:
    """The object whole, or what of it comes after the parts that are done."""
    deadly = Reason.DEADLY_OBJECT.of(limit=MAX_ENDS)
    if so_far is None:
        return set_aside(store, source, deadly)
    return so_far.cleaned + set_aside(store, source, deadly, so_far.parts)


def _so_far(store: ObjectStore, progress: str) -> CleanedSoFar | None:
    found = _read(store, progress)
    return CleanedSoFar.from_json(found) if found else None


def _put(store: ObjectStore, key: str, begun: Begun) -> None:
    store.put(key, begun.to_json())


def _begun(store: ObjectStore, note: str) -> int:
    found = _read(store, note)
    return Begun.from_json(found).times if found else 0


@contextmanager
def _noted(store: ObjectStore, note: str, times: int) -> Iterator[None]:
    """Notes that work begins for the `times`-th time; an error of the store takes the note back.

    Any other is the object's, as far as can be told: it counts as an end.
    """
    _put(store, note, Begun(times))
    try:
        yield
    except STORES:
        _put(store, note, Begun(times - 1))
        raise


def _read(store: ObjectStore, key: str) -> bytes | None:
    try:
        return store.get(key).body
    except ObjectMissingError:
        return None
