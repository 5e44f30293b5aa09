"""What can go wrong between us and an API. No message holds what a credential says."""

from __future__ import annotations


class UnavailableError(Exception):
    """The API did not answer, or not in whole; another time it may."""


class RefusedError(Exception):
    """No later attempt can succeed: pull file, credential or API have to be mended first."""


class RedirectRefusedError(RefusedError):
    """The API sends us to another host: what it was told would go there."""


class TooLargeError(RefusedError):
    """An answer has, or unpacks to, more bytes than one may."""


class RepeatedCursorError(RefusedError):
    """An answer names a cursor or an address that was asked before: it would never end."""


class RepeatedPageError(RefusedError):
    """An answer has the same records as one before: the API does not heed the page's number."""


class TooManyPagesError(RefusedError):
    """There are more pages than the pull file allows."""


class NoKeysError(RefusedError):
    """No record has the fields that tell records apart."""


class PartialSnapshotError(Exception):
    """What came was written; whether it was all is not known, so nothing was taken for gone."""
