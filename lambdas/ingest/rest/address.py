"""Where an API is, and how it is told who asks.

What a secret says stands in no message and no representation.
"""

from __future__ import annotations

import base64
import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.ingest.pulls.rest import fault_of
from lambdas.ingest.rest.errors import RefusedError
from lambdas.ingest.trust import trusting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lambdas.ingest.pulls.rest import Rest


class Credential:
    """The header that shows it; none if the API is asked by nobody in particular."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self.headers = headers

    def __repr__(self) -> str:
        return f"Credential({', '.join(self.headers)})"


@dataclass(frozen=True)
class Address:
    """`trusted` are the certificates to trust in place of the machine's, if the secret has any."""

    url: str
    credential: Credential
    trusted: ssl.SSLContext | None


def address(rest: Rest, secret_of: Callable[[str], str]) -> Address:
    """Raises RefusedError that names the secret and what it lacks."""
    said = _said(rest.secret, secret_of(rest.secret)) if rest.secret else {}
    name = rest.secret or ""
    url = rest.url or _field(name, said, "url")
    if fault := fault_of(url, plain_http=rest.plain_http):
        raise RefusedError(f"the url of the secret {name}: {fault}")
    return Address(url, _credential(rest, name, said), _trusted(name, said))


def _credential(rest: Rest, name: str, said: Mapping[str, object]) -> Credential:
    if not rest.secret:
        return Credential({})
    if rest.auth == "basic":
        pair = f"{_field(name, said, 'username')}:{_field(name, said, 'password')}"
        return Credential({"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"})
    token = _field(name, said, "token")
    if rest.header:
        return Credential({rest.header: token})
    return Credential({"Authorization": f"Bearer {token}"})


def _trusted(name: str, said: Mapping[str, object]) -> ssl.SSLContext | None:
    if "ca" not in said:
        return None
    try:
        return trusting(str(said["ca"]))
    except ssl.SSLError as error:
        raise RefusedError(f"the secret {name} has a ca that is no certificate as PEM") from error


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
