"""What can go wrong with a pull; all else is retried by the state machine."""

from __future__ import annotations


class PullError(Exception):
    """No later attempt can succeed: a pull, an order or a source has to be mended first.

    The state machine knows it by this name, so there are no subclasses.
    """


class RivalError(Exception):
    """Another run has advanced the state meanwhile: read it again."""
