"""An announcement without a version means all versions of its key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lambdas.dispatch.versions import with_versions
from lambdas.lake.documents import RawObject
from tests.dispatching import FakeVersions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.dispatch.ports import Listed, Mark

NOW = datetime(2026, 3, 17, tzinfo=UTC)
FIRST, SECOND = RawObject("raw/a/1", "v1", 5), RawObject("raw/a/1", "v2", 6)
LONGER = RawObject("raw/a/10", "v1", 7)
VERSIONS = FakeVersions(dict.fromkeys((FIRST, SECOND, LONGER), NOW))


def test_an_announced_version_is_taken_as_it_is() -> None:
    announced = RawObject("raw/a/1", "v9", 5)
    assert list(with_versions([announced], VERSIONS)) == [announced]


def test_without_a_version_every_version_of_the_key_is_meant_and_of_no_longer_key() -> None:
    announced = [RawObject("raw/a/1", "null")] * 2
    assert list(with_versions(announced, VERSIONS)) == [FIRST, SECOND]


def test_only_the_versions_of_the_key_are_looked_at_though_others_begin_like_it() -> None:
    looked_at = []

    class Watched(FakeVersions):
        def under(self, prefix: str, after: Mark | None = None) -> Iterator[Listed]:
            for each in super().under(prefix, after):
                looked_at.append(each.object)
                yield each

    folder = RawObject("raw/", "v1")
    watched = Watched(dict.fromkeys((folder, FIRST, SECOND, LONGER), NOW))
    assert list(with_versions([RawObject("raw/", "null")], watched)) == [folder]
    assert looked_at == [folder, FIRST]


def test_an_object_that_is_gone_is_nothing_to_promote() -> None:
    assert list(with_versions([RawObject("raw/a/2", "null")], VERSIONS)) == []
