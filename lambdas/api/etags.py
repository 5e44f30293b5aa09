"""Entity tags (RFC 9110, section 8.8.3) and the conditions that name them (section 13.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lambdas.api.errors import (
    InvalidRequestError,
    PreconditionFailedError,
    PreconditionRequiredError,
)

ANY = "*"
TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
TAGS = re.compile(rf"[ \t,]*(?:{TAG}(?:[ \t]*,[ \t,]*{TAG})*[ \t,]*)?")
"""A list may be empty (section 5.6.1): then it names no state, and no state has it."""
IF_MATCH = re.compile(rf"[ \t]*\*[ \t]*|{TAGS.pattern}")
STRONG, WEAK = '"', 'W/"'


@dataclass(frozen=True)
class Condition:
    """What If-Match asks of the state that a request is to change; without tags, nothing.

    `part` says which part of a tag such as `3.17` the request is about: others may differ.
    """

    tags: frozenset[str] | None = None
    part: int | None = None

    def require(self, current: str) -> None:
        """Raises PreconditionFailedError unless the current state's tag is one of those named."""
        if self.tags is None:
            return
        if self._about(current) not in {self._about(tag) for tag in self.tags}:
            raise PreconditionFailedError(quoted(current))

    def _about(self, tag: str) -> str | None:
        """None for a tag that has no such part."""
        if self.part is None:
            return tag
        parts = tag.split(".")
        return parts[self.part] if self.part < len(parts) else None


ALWAYS = Condition()


def quoted(tag: str) -> str:
    return f'"{tag}"'


def wanted(if_match: str | None, part: int | None = None) -> Condition:
    """The condition of a request that may go without. Weak tags match nothing (strong comparison).

    Raises InvalidRequestError if the header is neither `*` nor a list of tags.
    """
    if if_match is None or if_match.strip() == ANY:
        return ALWAYS
    strong = [tag for tag in _tags("If-Match", if_match) if tag.startswith(STRONG)]
    return Condition(frozenset(tag.strip(STRONG) for tag in strong), part)


def required(if_match: str | None, part: int | None = None) -> Condition:
    """Raises PreconditionRequiredError if there is none."""
    if if_match is None:
        raise PreconditionRequiredError("If-Match must name the ETag that the change is based on.")
    return wanted(if_match, part)


def is_known(if_none_match: str | None, current: str) -> bool:
    """Whether the client has the current state already (weak comparison).

    A header that is not well-formed is no condition: the client gets the whole answer.
    """
    if if_none_match is None:
        return False
    if if_none_match.strip() == ANY:
        return True
    if not TAGS.fullmatch(if_none_match):
        return False
    return quoted(current) in {
        tag.removeprefix("W/") for tag in _tags("If-None-Match", if_none_match)
    }


def _tags(field: str, header: str) -> list[str]:
    if not TAGS.fullmatch(header):
        raise InvalidRequestError(
            [{"field": field, "message": "must be * or a list of entity tags"}]
        )
    return re.findall(TAG, header)
