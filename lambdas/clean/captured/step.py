"""An object that capture wrote: from its version to its cleaned objects and its quarantine."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from lambdas.clean.captured.transform import (
    NOTHING,
    Cleaned,
    clean,
    originals,
    rejected_whole,
    sort,
)
from lambdas.clean.outputs import put_accepted, put_quarantine
from lambdas.clean.quarantine import render
from lambdas.clean.reasons import Reason
from lambdas.clean.unprocessable import told, unprocessable
from lambdas.engine import POISON, connect
from lambdas.lake.documents import CleanedObject
from lambdas.lake.errors import ObjectMissingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lambdas.clean.reasons import Rejection
    from lambdas.lake.documents import RawObject
    from lambdas.lake.objects import ObjectStore


def clean_object(store: ObjectStore, source: RawObject) -> CleanedObject:
    """Cleans one version of a raw object. All it writes has fixed names, so again is the same."""
    with TemporaryDirectory() as folder:
        body, cleaned = _cleaned(store, source, Path(folder))
        rejected = cleaned.rejected
        quarantined = render(source, rejected, originals(body, rejected)) if rejected else None
        return CleanedObject(
            source=source,
            counts=cleaned.counts,
            cleaned=put_accepted(store, source, cleaned.accepted),
            quarantine=put_quarantine(store, source, quarantined),
            reasons=cleaned.reasons,
        )


def _cleaned(store: ObjectStore, source: RawObject, folder: Path) -> tuple[bytes, Cleaned]:
    try:
        body = store.get(source.key, source.version_id).body
    except ObjectMissingError as error:
        rejection = Reason.UNREADABLE_OBJECT.of().because(f"there is no {error}")
        return b"", rejected_whole(rejection)
    try:
        return body, _cleaned_apart(body, folder)
    except POISON as error:
        return body, rejected_whole(Reason.UNPROCESSABLE_OBJECT.of().because(told(error, folder)))


def _cleaned_apart(body: bytes, folder: Path) -> Cleaned:
    """If the engine fails, without the records that make it fail. Raises a POISON error."""
    try:
        return _attempted(body, folder / "whole")
    except POISON:
        with TemporaryDirectory(dir=folder) as trials:
            unfit = unprocessable(sort(body, Path(trials)).staged, Path(trials))
        return _attempted(body, folder / "rest", unfit)


def _attempted(body: bytes, folder: Path, unfit: Mapping[int, Rejection] = NOTHING) -> Cleaned:
    folder.mkdir()
    connection = connect(folder)  # its own, since a database that failed is not to be trusted
    try:
        return clean(connection, body, folder, unfit)
    except POISON:
        rmtree(folder)
        raise
    finally:
        connection.close()
