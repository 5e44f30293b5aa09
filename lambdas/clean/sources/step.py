"""A source's object: from its version to the cleaned objects and quarantine of each part of it."""

from __future__ import annotations

from dataclasses import asdict
from types import MappingProxyType
from typing import TYPE_CHECKING

from lambdas.clean.formats import Position
from lambdas.clean.outputs import put_accepted, put_quarantine
from lambdas.clean.quarantine import render
from lambdas.clean.sources.transform import START, clean_parts
from lambdas.lake.documents import CleanedObject, CleanedSoFar, MailRead, RecordCounts
from lambdas.lake.layout import attached_key
from lambdas.lake.objects import create
from lambdas.lake.streams import ObjectStream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lambdas.clean.mail.rows import MailRows
    from lambdas.clean.mapping import SourceMapping
    from lambdas.clean.sources.transform import CleanedPart
    from lambdas.lake.documents import RawObject
    from lambdas.lake.objects import ObjectStore

NOWHERE: Mapping[str, str] = MappingProxyType({})


def clean_source_object(
    store: ObjectStore,
    source: RawObject,
    mapping: SourceMapping,
    so_far: CleanedSoFar | None = None,
    note: Callable[[CleanedSoFar], bool] = lambda _: True,
    arrivals: Mapping[str, str] = NOWHERE,
) -> CleanedSoFar:
    """Cleans the parts that are left. Each is told to `note`, which says whether to go on.

    `arrivals` says by the names of mappings where their objects arrive, for what mails bring them.
    All it writes has fixed names, so again is the same. Raises ObjectMissingError.
    """
    so_far = so_far or CleanedSoFar(CleanedObject(source, RecordCounts(0), []), position={})
    start = Position(**so_far.position) if so_far.position else START
    stream = ObjectStream(store, source.key, source.version_id)
    for part in clean_parts(stream, mapping, start, source.key):
        done = _written(store, source, part, so_far.parts, arrivals)
        so_far = CleanedSoFar(so_far.cleaned + done, so_far.parts + 1, asdict(part.after))
        if not note(so_far):
            return so_far
    put_quarantine(store, source, None, so_far.parts)
    return CleanedSoFar(so_far.cleaned, so_far.parts)


def _written(
    store: ObjectStore,
    source: RawObject,
    part: CleanedPart,
    number: int,
    arrivals: Mapping[str, str],
) -> CleanedObject:
    rejected = part.rejected
    quarantined = render(source, rejected, part.originals) if rejected else None
    return CleanedObject(
        source,
        part.counts,
        put_accepted(store, source, part.accepted, number),
        put_quarantine(store, source, quarantined, number),
        dict(sorted(part.reasons.items())),
        list(part.new_columns),
        _mail_read(store, part.mail, arrivals) if part.mail else None,
    )


def _mail_read(store: ObjectStore, mail: MailRows, arrivals: Mapping[str, str]) -> MailRead:
    """With the mail's attachments as objects of their own, each created but once."""
    attached = [attached_key(arrivals[each.into], each.file.digest) for each in mail.taken]
    for key, each in zip(attached, mail.taken, strict=True):
        create(store, key, each.file.content)
    return MailRead(mail.ignored, mail.left, attached)
