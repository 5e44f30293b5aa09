"""How an API is told who asks. What a secret says stands in no message and no representation."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from lambdas.ingest.rest.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lambdas.ingest.pulls.rest import Rest


class Credential:
    """The header that shows it; none if the API is asked by nobody in particular."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = headers

    def __repr__(self) -> str:
        return f"Credential({', '.join(self.headers)})"


def credential(rest: Rest, secret_of: Callable[[str], str]) -> Credential:
    """Raises RefusedError that names the secret and what it lacks."""
    if rest.secret is None:
        return Credential({})
    said = _said(rest.secret, secret_of(rest.secret))
    if rest.auth == "basic":
        pair = f"{_field(rest.secret, said, 'username')}:{_field(rest.secret, said, 'password')}"
        return Credential({"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"})
    token = _field(rest.secret, said, "token")
    if rest.header:
        return Credential({rest.header: token})
    return Credential({"Authorization": f"Bearer {token}"})


def _said(name: str, text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise RefusedError(f"the secret {name} is no JSON object")
    return found


def _field(name: str, said: Mapping[str, object], field: str) -> str:
    value = said.get(field)
    if not isinstance(value, str) or not value:
        raise RefusedError(f"the secret {name} has no {field}")
    if not (value.isascii() and value.isprintable()):
        raise RefusedError(f"the secret {name} has a {field} that no header can hold")
    return value
