"""The API of this process behind a port of loopback, with events as API Gateway makes them."""

from __future__ import annotations

import base64
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tests.shop import http_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ADMIN = "an-administrator's-token"
CLAIMS = {"sub": "admin", "token_use": "access", "cognito:groups": "[admin]"}


@dataclass
class Gateway:
    """`answered` counts answers by (method, path, status)."""

    answer: Callable[[dict[str, Any]], dict[str, Any]]
    url: str = ""
    answered: dict[tuple[str, str, int], int] = field(default_factory=lambda: defaultdict(int))
    lock: Lock = field(default_factory=Lock)

    def ask(self, method: str, target: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        claims = CLAIMS if headers.get("authorization") == f"Bearer {ADMIN}" else None
        event = http_event(method, target, headers=headers, claims=claims)
        path = unquote(urlsplit(target).path)
        event["rawPath"] = event["requestContext"]["http"]["path"] = path
        event |= _body(body)
        with self.lock:
            answer = self.answer(event)
            self.answered[method, path, answer["statusCode"]] += 1
        return answer


def _body(given: bytes) -> dict[str, Any]:
    """Text as it is, all else in base64."""
    try:
        return {"body": given.decode() or None, "isBase64Encoded": False}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(given).decode(), "isBase64Encoded": True}


@contextmanager
def served(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> Iterator[Gateway]:
    gateway = Gateway(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize, disable_nagle_algorithm = -1, True  # each answer at once, in one piece

        def __getattr__(self, name: str) -> Callable[[], None]:
            """`do_GET` and so on, for any method at all."""
            if not name.startswith("do_"):
                raise AttributeError(name)
            return self.reply

        def reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = gateway.ask(self.command, self.path, headers, body)
            self.send_response(answer["statusCode"])
            text = answer["body"].encode()
            for name, value in {**answer["headers"], "Content-Length": len(text)}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        gateway.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever).start()
        try:
            yield gateway
        finally:
            server.shutdown()
