"""An HTTP server of this machine, in a thread of its own."""

from __future__ import annotations

import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import ThreadingHTTPServer
    from pathlib import Path

LOOK_SECONDS = 0.01
"""How often it looks whether it is to end."""


@contextmanager
def answering(
    server: ThreadingHTTPServer, certificate: tuple[Path, Path] | None = None
) -> Iterator[str]:
    """Yields its address, as `https://127.0.0.1:8443`, at which it answers until the block ends.

    With certificate and key it speaks TLS.
    """
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, args=(LOOK_SECONDS,), daemon=True)
    thread.start()
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
