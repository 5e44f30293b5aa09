"""An API over real HTTP or HTTPS on a free port of this machine, which misbehaves on demand."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from local.serving import answering

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

JSON = "application/json"


@dataclass(frozen=True)
class Asked:
    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True)
class Reply:
    """`breaks_after` so many bytes the connection is gone; each byte takes `seconds_a_byte`.

    With `drips` those of the header do, and what the body is behind if it is `chunked`.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": JSON})
    breaks_after: int | None = None
    seconds_a_byte: float = 0
    seconds: float = 0
    chunked: bool = False
    drips: bool = False


def says(value: Any, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): said for name, said in headers.items()}
    return Reply(json.dumps(value).encode(), status, {"Content-Type": JSON, **named})


Behaviour = Callable[[Asked], Reply]


def in_turn(*replies: Reply) -> Behaviour:
    """One after another, and the last one for good."""
    left = list(replies)
    return lambda _asked: left.pop(0) if len(left) > 1 else left[0]


@dataclass
class Api:
    """`behaviour` answers; `asked` is what was."""

    url: str
    behaviour: Behaviour = field(default=lambda _asked: Reply(status=404))
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def serving(certificate: tuple[Path, Path] | None = None) -> Iterator[Api]:
    """With certificate and key it speaks TLS."""
    server = _Server(("127.0.0.1", 0), _Handler)
    with answering(server, certificate) as url:
        server.api = Api(url)
        yield server.api


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    api: Api

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever does not trust the certificate breaks off."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        api = self.server.api
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(parts.path, dict(parse_qsl(parts.query)), headers)
        api.asked.append(asked)
        try:
            self._reply(api.behaviour(asked))
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True  # who asked has had enough

    def _reply(self, reply: Reply) -> None:
        time.sleep(reply.seconds)
        if reply.drips:
            self._drip(reply)
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(reply.body), reply.body)
        else:
            self.send_header("Content-Length", str(len(reply.body)))
            body = reply.body
        self.end_headers()
        if reply.breaks_after is not None:
            self.wfile.write(body[: reply.breaks_after])
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
        elif reply.seconds_a_byte:
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(reply.seconds_a_byte)
        else:
            self.wfile.write(body)

    def _drip(self, reply: Reply) -> None:
        """Byte by byte, as if it were to last for ever."""
        self.close_connection = True
        begun = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        if reply.chunked:
            begun += b"Transfer-Encoding: chunked\r\n\r\n1;a="
        else:
            begun += b"X-Long: "
        self.wfile.write(begun)
        for _ in range(1000):
            self.wfile.write(b"x")
            time.sleep(reply.seconds_a_byte)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # as its base has it
        """Says nothing."""
