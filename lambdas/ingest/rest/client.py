"""GET, from one host, as often as it takes: urllib3 speaks HTTP, and what is heard is bounded.

urllib3's own retries would wait for as long as an API says, and follow redirects with whatever
header holds the token; so each attempt is one request of its, and the rest is decided here.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

import urllib3
from urllib3.exceptions import HTTPError, SSLError

from lambdas.ingest.rest.bodies import TOO_LONG, read_body
from lambdas.ingest.rest.deadline import POOLS, Deadline
from lambdas.ingest.rest.errors import RedirectRefusedError, RefusedError
from lambdas.ingest.rest.retrying import Clock, PassingError, retry_after
from lambdas.ingest.rest.urls import host_of, joined, origin, path_of, request_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from urllib3 import BaseHTTPResponse

    from lambdas.ingest.rest.address import Credential

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 10.0, 30.0, 120.0
"""For a connection, for the next bytes of an answer, and for all of it."""

REDIRECTS = 5
MOVED = {301, 302, 303, 307, 308}
PASSING = {408, 425, 429}
"""Beside all from 500 on."""

FOR_PEOPLE = ("html", "xml")
"""Ends of types that no JSON has; of others, as `text/plain`, the body tells what it is."""

OK, NOT_MODIFIED, SERVER_ERROR = 200, 304, 500
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "User-Agent": "samns-mercado",
}


@dataclass(frozen=True)
class Answer:
    """`url` is where it came from in the end; `headers` by small letters, several as one."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Client:
    """Asks one API. `trusted` replaces the certificates that the machine trusts."""

    def __init__(
        self,
        base: str,
        credential: Credential,
        *,
        connections: int = 1,
        clock: Clock | None = None,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self._origin, self._credential = origin(base), credential
        self._clock = clock or Clock()
        pools = urllib3.PoolManager(
            maxsize=connections,
            retries=False,
            cert_reqs=ssl.CERT_REQUIRED,
            ssl_context=trusted,
        )
        pools.pool_classes_by_scheme = POOLS
        self._pool = pools.connection_from_url(base)  # knows no other host

    def get(self, url: str, seconds: float, headers: Mapping[str, str]) -> Answer:
        """One attempt, with redirects within the API's host.

        Raises PassingError if another may succeed, else RefusedError.
        """
        until = self._clock.now() + min(seconds, WHOLE_SECONDS)
        for _ in range(REDIRECTS + 1):
            answer = self._asked(url, until, headers)
            if answer.status not in MOVED:
                return self._judged(answer)
            url = self.within(joined(url, answer.headers.get("location", "")))
        raise RefusedError(f"more than {REDIRECTS} redirects, the last to {path_of(url)}")

    def within(self, url: str) -> str:
        """The address, if it is the API's. Raises RedirectRefusedError, RefusedError."""
        if origin(url) != self._origin:
            raise RedirectRefusedError(f"{host_of(url)} is not the API's host")
        return url

    def _asked(self, url: str, until: float, headers: Mapping[str, str]) -> Answer:
        """Of that which came in time; what else came, however whole it seems, is not heard."""
        left = max(0.1, until - self._clock.now())
        with Deadline(left) as deadline:
            try:
                answer = self._exchanged(url, until, headers, left)
            except PassingError as error:
                if not deadline.passed:
                    raise
                raise PassingError(f"{path_of(url)}: {TOO_LONG}") from error
        if deadline.passed:
            raise PassingError(f"{path_of(url)}: {TOO_LONG}")
        return answer

    def _exchanged(self, url: str, until: float, headers: Mapping[str, str], left: float) -> Answer:
        timeout = urllib3.Timeout(connect=min(CONNECT_SECONDS, left), read=min(READ_SECONDS, left))
        sent = {**HEADERS, **headers, **self._credential.headers}
        try:
            response = self._pool.request(
                "GET",
                request_of(url),
                headers=sent,
                timeout=timeout,
                redirect=False,
                preload_content=False,
            )
        except SSLError as error:
            if isinstance(error.args[0], ssl.SSLCertVerificationError):
                raise RefusedError(f"the certificate of {host_of(url)} is not trusted") from error
            raise PassingError(f"{path_of(url)}: no answer: {error}") from error
        except HTTPError as error:
            raise PassingError(f"{path_of(url)}: no answer: {type(error).__name__}") from error
        return self._heard(response, url, until)

    def _heard(self, response: BaseHTTPResponse, url: str, until: float) -> Answer:
        """The body only of an answer that is wanted; a connection is kept only if all was read."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        body = b""
        try:
            if response.status == OK:
                body = read_body(response, until, self._clock.now)
                response.release_conn()
        finally:
            response.close()
            response.release_conn()
        return Answer(response.status, headers, body, url)

    def _judged(self, answer: Answer) -> Answer:
        status, where = answer.status, path_of(answer.url)
        if status in PASSING or status >= SERVER_ERROR:
            after = retry_after(answer.headers.get("retry-after"), self._clock)
            raise PassingError(f"{where}: HTTP {status}", after)
        if status not in {OK, NOT_MODIFIED}:
            raise RefusedError(f"{where}: HTTP {status}")
        kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if status == OK and kind.endswith(FOR_PEOPLE):
            raise RefusedError(f"{where}: the answer is {kind}, not JSON")
        return answer
