"""One connection: encrypted and verified, read only, and bounded in time."""

from __future__ import annotations

import socket
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pg8000.core import CoreConnection
from pg8000.exceptions import DatabaseError, InterfaceError

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.sheet import FullSheetError
from lambdas.ingest.trust import trusting
from lambdas.sql import statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lambdas.ingest.postgres.address import Address

CONNECT_SECONDS = 10
STATEMENT_SECONDS = 180
"""Less than the function leaves itself for what it has begun."""
LOCK_SECONDS = 30
SILENT_SECONDS = STATEMENT_SECONDS + 20
KEPT_ALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 4}
"""A peer that is gone without a word is noticed in half a minute, however long statements take."""
SSL_REQUEST = bytes.fromhex("0000000804d2162f")
BEGIN = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
TOO_LONG = "57014"
HOPELESS = ("22", "42", "3D", "0A", "25006")
"""Begins of SQLSTATEs that are the same next time: data, syntax and permissions, no such database,
not supported, a write."""


class DroppedError(Exception):
    """The connection or the server went away, or had no room: it may be back in a moment."""


class Sink(Protocol):
    def write(self, row: bytes, /) -> object: ...


class _SinkError(Exception):
    def __init__(self, what: OSError) -> None:
        super().__init__(str(what))
        self.what = what


@dataclass(frozen=True)
class _Own:
    """Tells what this machine fails at, a disk that is full, from what the connection does."""

    sink: Sink

    def write(self, row: bytes) -> None:
        try:
            self.sink.write(row)
        except OSError as error:
            raise _SinkError(error) from error


class Connection:
    """A session with a database. Raises PullError, or DroppedError, after which it is of no use.

    So it is once `spent`.
    """

    def __init__(self, address: Address) -> None:
        self.spent = False
        with _named(address):
            self._socket = _encrypted(address)
            self._core = _session(address, self._socket)
        self._address = address

    @contextmanager
    def reading(self) -> Iterator[None]:
        """A transaction that sees one moment and can write nothing."""
        self._run(BEGIN)
        bounds = {"statement_ms": STATEMENT_SECONDS, "lock_ms": LOCK_SECONDS}
        self._run(statement("ingest/session", **{k: str(v * 1000) for k, v in bounds.items()}))
        yield
        if not self.spent:
            self._run("COMMIT")

    def query(self, sql: str) -> Sequence[Sequence[str | None]]:
        """Rows of texts."""
        return self._run(sql)

    def copy(self, sql: str, sink: Sink) -> None:
        """Writes the header and then each row, in a piece and with its line's end.

        Stops at the row for which the sink is full: the connection is spent then, since the server
        goes on sending. Raises OSError as the sink does.
        """
        try:
            self._run(sql, _Own(sink))
        except FullSheetError:
            self.close()
        except _SinkError as error:
            self.close()
            raise error.what from error

    def close(self) -> None:
        self.spent = True
        with suppress(OSError, InterfaceError):
            self._core.close()
        _let_go(self._socket)

    def _run(self, sql: str, sink: Sink | None = None) -> Sequence[Sequence[str | None]]:
        with _named(self._address):
            rows = self._core.execute_unnamed(sql, stream=sink).rows
        return list(rows or ())


def _session(address: Address, encrypted: ssl.SSLSocket) -> CoreConnection:
    try:
        return CoreConnection(
            address.user,
            host=address.host,
            database=address.database,
            password=address.password,
            ssl_context=False,  # the socket is one already
            application_name="mercado-pull",
            sock=encrypted,
        )
    except BaseException:
        _let_go(encrypted)
        raise


def _let_go(encrypted: ssl.SSLSocket) -> None:
    """Now: the driver reads by a file of the socket, and an error that is told holds that file.

    As long as it does, to close the socket closes nothing.
    """
    if (number := encrypted.detach()) >= 0:
        socket.close(number)


def _encrypted(address: Address) -> ssl.SSLSocket:
    """PostgreSQL's own beginning: a word in plain whether the server takes TLS, and then in it."""
    plain = socket.create_connection((address.host, address.port), CONNECT_SECONDS)
    try:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEPT_ALIVE.items():
            if hasattr(socket, name):
                plain.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        found = _wrapped(plain, address)
    except BaseException:
        plain.close()
        raise
    found.settimeout(SILENT_SECONDS)
    return found


def _wrapped(plain: socket.socket, address: Address) -> ssl.SSLSocket:
    plain.sendall(SSL_REQUEST)
    said, where = plain.recv(1), f"{address.host}:{address.port}"
    if said == b"N":
        raise PullError(f"{where}: it takes no encrypted connection")
    if said != b"S":
        raise DroppedError(f"{where}: it ended the connection before it was encrypted")
    return _trust(address).wrap_socket(plain, server_hostname=address.host)


def _trust(address: Address) -> ssl.SSLContext:
    """Verifies certificate and host."""
    try:
        context = trusting(address.ca)
    except ssl.SSLError as error:
        raise PullError(f"{address.host}: the `ca` of its secret is no PEM: {error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@contextmanager
def _named(address: Address) -> Iterator[None]:
    """Errors of driver and sockets as one of the two kinds that there are, for whose words see."""
    where = f"{address.host}:{address.port}/{address.database}"
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise PullError(f"{where}: its certificate is not to be trusted: {error}") from error
    except DatabaseError as error:
        code, message = _words(error)
        if code == TOO_LONG:
            raise PullError(
                f"{where}: it took more than {STATEMENT_SECONDS} seconds or was cancelled; is "
                f"there an index that begins with the cursor? {message}"
            ) from error
        if code.startswith(HOPELESS):
            raise PullError(f"{where}: {code}: {message}") from error
        raise DroppedError(f"{where}: {code}: {message}") from error
    except (InterfaceError, OSError) as error:
        raise DroppedError(f"{where}: {error}") from error


def _words(error: DatabaseError) -> tuple[str, str]:
    """SQLSTATE and message, as the server sent them."""
    found = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    return str(found.get("C", "")), str(found.get("M", error))
