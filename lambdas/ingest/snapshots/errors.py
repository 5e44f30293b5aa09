"""What can be wrong with a snapshot."""

from __future__ import annotations


class SupersededError(Exception):
    """Another snapshot was committed since this one was begun: this one is older, and is dropped.

    No fault: what it would have told is told by the other, or by the next.
    """


class SuspiciousSnapshotError(Exception):
    """A complete snapshot lacks more keys than may go at once. Nothing of it was written.

    Poison until a person says that they are really gone.
    """


class DamagedStateError(Exception):
    """State and lake contradict each other, as after a table was restored. A person has to look."""
