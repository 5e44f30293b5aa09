"""Whom a pull of tables trusts: a server whose certificate and host are verified, nobody else."""

from __future__ import annotations

import gc
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lambdas.ingest.errors import PullError
from lambdas.ingest.postgres.connection import Connection, DroppedError
from tests.doors import Authority, Door

if TYPE_CHECKING:
    from tests.integration.shops_database import Shop, ShopServer

pytestmark = pytest.mark.xdist_group("shop")


def test_a_certificate_of_nobody_who_is_trusted_is_refused(orders: Shop) -> None:
    with pytest.raises(PullError, match="its certificate is not to be trusted"):
        Connection(orders.address(ca=Authority().pem))
    with pytest.raises(PullError, match="its certificate is not to be trusted"):
        Connection(orders.address(ca=None))
    with pytest.raises(PullError, match="the `ca` of its secret is no PEM"):
        Connection(orders.address(ca="nonsense"))


def test_a_certificate_of_another_host_is_refused(shop_server: ShopServer, orders: Shop) -> None:
    other = Door(orders.door.inside, orders.authority.context(shop_server.folder, "127.0.0.2"))
    with pytest.raises(PullError, match="its certificate is not to be trusted"):
        Connection(orders.address(port=other.port))
    other.close()


def test_a_server_without_encryption_is_refused(orders: Shop) -> None:
    plain = Door(orders.door.inside, None)
    with pytest.raises(PullError, match="it takes no encrypted connection"):
        Connection(orders.address(port=plain.port))
    plain.close()


def test_a_wrong_password_is_told_without_the_right_one(orders: Shop) -> None:
    with pytest.raises(DroppedError, match="password authentication failed") as told:
        Connection(orders.address(password="wrong"))  # noqa: S106  # it is none
    assert "wrong" not in str(told.value)


def connected() -> list[ssl.SSLSocket]:
    """Sockets of this process that have spoken to a server and are not closed."""
    found = [each for each in gc.get_objects() if isinstance(each, ssl.SSLSocket)]
    return [each for each in found if not each.server_side and each.fileno() >= 0]


def test_a_server_that_goes_away_leaves_no_socket_behind(orders: Shop) -> None:
    connection = orders.connect()
    orders.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE application_name = 'mercado-pull' AND datname = current_database()"
    )
    with pytest.raises(DroppedError) as told:
        connection.query("SELECT 1")
    connection.close()
    assert told.value
    assert not connected()


def test_a_server_that_hangs_up_before_its_first_word_is_asked_again(orders: Shop) -> None:
    rows = orders.rows("orders", "id")
    orders.run("INSERT INTO orders VALUES (1, now(), '')")
    orders.door.shuts = 4
    assert rows.horizon(None) is not None
    rows.close()
    orders.door.shuts = 5
    with pytest.raises(DroppedError, match="it ended the connection before it was encrypted"):
        rows.horizon(None)


def test_no_other_try_is_begun_once_time_is_up(orders: Shop) -> None:
    orders.door.shuts = 5
    rows = replace(orders.rows("orders", "id"), is_over=lambda: orders.door.shuts <= 3)
    with pytest.raises(DroppedError):
        rows.horizon(None)
    assert orders.door.opened == 2
