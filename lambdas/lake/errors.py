"""What can go wrong with an object: a lost race is retryable, a missing object is an answer."""

from __future__ import annotations


class RetryableError(Exception):
    """The same call may succeed later; Step Functions retries it with backoff and jitter."""


class ObjectMissingError(Exception):
    """There is no such object (or no such version of it)."""


class ObjectClosedError(ObjectMissingError):
    """There is such a version, but its name is not enough to read it: archived, or encrypted."""


class PreconditionError(RetryableError):
    """The object changed since it was read (409 or 412, or 404 on If-Match): read it again."""


class ConflictError(PreconditionError):
    """Another conditional write was under way (409, 404): what the object is now is not known."""
