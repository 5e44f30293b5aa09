"""Idempotency keys: whose they are, and what makes two requests the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class KeyedRequest:
    """A request that names an idempotency key. Equal fingerprints are the same request."""

    scope: str
    key: str
    fingerprint: str


def caller_scope(user_id: int) -> str:
    """Keys of two customers never meet, whoever checks out for them."""
    return f"user:{user_id}"


def fingerprint(operation: str, body: dict[str, Any]) -> str:
    """SHA-256 of the operation and the body, whatever its spacing and the order of its fields."""
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(f"{operation}\n{canonical}".encode("ascii")).hexdigest()
