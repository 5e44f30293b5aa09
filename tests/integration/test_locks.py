"""Against the package index: what is locked can still be resolved, and had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.supply.locks import LOCKS, renew, stale
from tests.lock_files import ROOT, copied_locks, entries

if TYPE_CHECKING:
    from pathlib import Path


def test_locks_that_are_made_anew_keep_their_versions_and_hold(tmp_path: Path) -> None:
    """Hashes may be added, when a package's author adds files to a release."""
    copy = copied_locks(tmp_path)
    renew(copy)
    assert stale(copy) == []
    for lock in LOCKS:
        before, after = entries(ROOT, lock), entries(copy, lock)
        assert before.keys() == after.keys()
        assert [name for name, hashes in before.items() if not hashes <= after[name]] == []
