"""Where a database is and who asks it: what the pull says, and its secret for the rest."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.ingest.errors import PullError

if TYPE_CHECKING:
    from lambdas.ingest.pulls import Postgres

PORT = 5432


@dataclass(frozen=True)
class Address:
    """`ca` is PEM; None trusts who is publicly trusted."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    ca: str | None = field(default=None, repr=False)


def address(said: Postgres, secret: str) -> Address:
    """Raises PullError, which names the secret's member that is missing, and no value of any."""
    try:
        found = json.loads(secret)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise PullError(f"the secret {said.secret} is no JSON object")
    port = said.port or found.get("port") or PORT
    if not str(port).isdecimal():
        raise PullError(f"the secret {said.secret}: its `port` is no number")
    return Address(
        host=said.host or _text(said, found, "host"),
        port=int(port),
        database=said.database or _text(said, found, "dbname"),
        user=_text(said, found, "username"),
        password=_text(said, found, "password"),
        ca=_text(said, found, "ca") if found.get("ca") else None,
    )


def _text(said: Postgres, found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise PullError(f"the secret {said.secret} has no text as its `{name}`")
    return value
