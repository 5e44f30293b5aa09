"""A door of TLS before a PostgreSQL that was built without; it can fail at will."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import select
import socket
import ssl
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"
REQUEST = bytes.fromhex("0000000804d2162f")
"""PostgreSQL's SSLRequest."""
PIECE = 1 << 16


@dataclass
class Authority:
    """Signs certificates of servers; `pem` is what a client has to trust."""

    key: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
        self.certificate = (
            _builder(self.name, self.name, self.key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self.key, hashes.SHA256())
        )

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def context(self, folder: Path, host: str = HOST) -> ssl.SSLContext:
        """Of a server that is called `host`, an address."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        signed = (
            _builder(name, self.name, key)
            .add_extension(
                x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )
        file = folder / f"{host}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + signed.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _builder(name: x509.Name, issuer: x509.Name, key: Any) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(days=1))
    )


class Door:
    """Leads each connection to the socket `inside`; without a context it takes no TLS.

    `drops` says behind how many bytes from the server each of the next connections is cut off;
    `shuts` how many of the next ones end before a word is said.
    """

    def __init__(self, inside: Path, context: ssl.SSLContext | None) -> None:
        self.inside, self.context = inside, context
        self.drops: list[int] = []
        self.shuts = self.opened = 0
        self._listener = socket.create_server((HOST, 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            self.opened += 1
            threading.Thread(target=self._lead, args=(caller,), daemon=True).start()

    def _lead(self, caller: socket.socket) -> None:
        """As a server does: a word in plain whether it speaks TLS, and then in it."""
        with contextlib.suppress(OSError), caller:
            if caller.recv(len(REQUEST)) != REQUEST:
                return
            if self.shuts:
                self.shuts -= 1
                return
            caller.sendall(b"S" if self.context else b"N")
            if self.context is None:
                return
            left = self.drops.pop(0) if self.drops else -1
            with (
                self.context.wrap_socket(caller, server_side=True) as outer,
                socket.socket(socket.AF_UNIX) as inner,
            ):
                inner.connect(str(self.inside))
                _relay(outer, inner, left)


def _relay(outer: ssl.SSLSocket, inner: socket.socket, left: int) -> None:
    """Both ways, until either side ends or no byte of the inner one is `left` to hand on."""
    while left:
        ready = [outer] if outer.pending() else select.select([outer, inner], [], [])[0]
        if outer in ready:
            piece = outer.recv(PIECE)
            inner.sendall(piece)
            if not piece:
                return
        if inner in ready:
            piece = inner.recv(PIECE if left < 0 else min(PIECE, left))
            outer.sendall(piece)
            if not piece:
                return
            left -= len(piece) if left > 0 else 0
