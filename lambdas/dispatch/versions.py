"""Names the versions of objects that were announced without one.

S3 names the version in every event of a versioned bucket. An announcement that does not is taken
to mean every version that its key has: claims see to it that none is promoted twice.
"""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from lambdas.dispatch.messages import UNVERSIONED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lambdas.dispatch.ports import RawVersions
    from lambdas.lake.documents import RawObject


def with_versions(objects: Iterable[RawObject], versions: RawVersions) -> Iterator[RawObject]:
    """The objects as they are; in place of one without a version, all that its key has now."""
    asked: set[str] = set()
    for each in objects:
        if each.version_id != UNVERSIONED:
            yield each
        elif each.key not in asked:
            asked.add(each.key)
            yield from _versions_of(each.key, versions)


def _versions_of(key: str, versions: RawVersions) -> Iterator[RawObject]:
    """A key comes before all that begin like it."""
    for listed in takewhile(lambda each: each.object.key == key, versions.under(key)):
        yield listed.object
