r"""Addresses as urllib3 reads them, since it is urllib3 that asks there.

Python's own `urlsplit` finds another host in `https://elsewhere.example\@api.example.com/`.
"""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from urllib3.util import parse_url

from lambdas.ingest.rest.errors import RefusedError

PORTS = {"https": 443, "http": 80}
BLANK = " \t"
"""What may stand around the value of a header."""


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port, which a credential is for. Raises RefusedError.

    What parsers disagree about is refused: backslashes, blanks and controls, and who asks (`@`).
    """
    try:
        found, netloc = parse_url(_plain(url)), urlsplit(url).netloc
    except ValueError as error:
        raise RefusedError("an address that cannot be read for certain") from error
    if found.auth is not None or "@" in netloc:
        raise RefusedError("an address that says who asks, and so may hide its host")
    scheme = found.scheme or ""
    port = PORTS.get(scheme, 0) if found.port is None else found.port
    return scheme, found.host or "", port


def joined(url: str, said: str) -> str:
    """The address that an answer from `url` says, in a header. Raises RefusedError."""
    try:
        return str(urljoin(url, _plain(said.strip(BLANK))))
    except ValueError as error:
        raise RefusedError(
            f"{path_of(url)}: the answer points to an address that cannot be read"
        ) from error


def host_of(url: str) -> str:
    scheme, host, port = origin(url)
    return f"{scheme}://{host}:{port}"


def path_of(url: str) -> str:
    """For messages: without the query, which may say more than they should."""
    return urlsplit(url).path or "/"


def request_of(url: str) -> str:
    """Path and query, as they are asked for; the host is that of the connection."""
    return parse_url(url).request_uri


def _plain(url: str) -> str:
    if "\\" in url or " " in url or not url.isprintable():
        raise ValueError("a backslash, a blank or a control character")
    return url
