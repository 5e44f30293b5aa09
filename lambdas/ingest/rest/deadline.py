"""A time by which an exchange has ended, however slowly its bytes come.

A socket's timeout begins anew with every byte, so that a header of one byte a second has none. When
the time is up, the socket is shut down, which ends whatever waits for it.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Self

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

if TYPE_CHECKING:
    from urllib3 import HTTPResponse

UNDER: ContextVar[Deadline | None] = ContextVar("UNDER", default=None)
"""The deadline of what this thread asks."""


class Deadline:
    """Inside of it, answers of `POOLS` end within so many seconds; `passed` if one was cut off.

    What was cut off may look whole, as where its end is that of the connection.
    """

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._token = UNDER.set(self)
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        UNDER.reset(self._token)
        self._timer.cancel()
        with self._lock:  # another may have the connection now
            self._socket = None

    def watch(self, connected: socket.socket) -> None:
        with self._lock:
            self._socket = connected
        if self.passed:
            self._end()

    def _pass(self) -> None:
        self.passed = True
        self._end()

    def _end(self) -> None:
        """Of the TCP connection: an `SSLSocket` would go on in plain."""
        with self._lock, suppress(OSError):  # it has ended by itself
            if self._socket is not None:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _Plain(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        _watched(self)
        return super().getresponse()


class _Encrypted(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 has it
        _watched(self)
        return super().getresponse()


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


POOLS = {"http": _PlainPool, "https": _EncryptedPool}
"""By scheme: pools of connections that heed a deadline."""


def _watched(connection: HTTPConnection) -> None:
    deadline = UNDER.get()
    if deadline and connection.sock:
        deadline.watch(connection.sock)
