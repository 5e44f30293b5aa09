"""One answer of an API that misbehaves: in the end it is there whole, or it is told why not."""

from __future__ import annotations

import gzip
import ssl
import time
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.ingest.rest import bodies, client
from lambdas.ingest.rest.address import Credential
from lambdas.ingest.rest.client import Client
from lambdas.ingest.rest.errors import (
    RedirectRefusedError,
    RefusedError,
    TooLargeError,
    UnavailableError,
)
from lambdas.ingest.rest.retrying import PassingError, persistently
from local.certificate import write_certificate
from tests.api_server import JSON, Api, Reply, in_turn, says, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.unit.ingest.rest.products import Waits

TOKEN = "s3cret-t0ken"  # noqa: S105  # of nothing
GOOD = says([1, 2, 3])
BODY = b"[1, 2, 3]"


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "READ_SECONDS", 0.3)


def got(api: Api, waits: Waits, path: str = "/", **said: Any) -> bytes:
    credential = Credential({"Authorization": f"Bearer {TOKEN}"})
    asking = Client(api.url, credential, clock=waits.clock, **said)
    ask = partial(asking.get, f"{api.url}{path}", headers={})
    return persistently(ask, waits.clock).body


def failure(api: Api, waits: Waits) -> str:
    with pytest.raises((UnavailableError, RefusedError)) as raised:
        got(api, waits)
    assert TOKEN not in f"{raised.value!r} {raised.value.__cause__!r}"
    return str(raised.value)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 520])
def test_what_passes_is_asked_again_after_a_random_while_that_grows(
    api: Api, waits: Waits, status: int
) -> None:
    api.behaviour = in_turn(Reply(status=status), Reply(status=status), GOOD)
    assert got(api, waits) == BODY
    assert len(api.asked) == 3
    assert 0 < waits.slept[0] <= 0.5
    assert 0 < waits.slept[1] <= 1.0


@pytest.mark.parametrize(
    "broken",
    [
        Reply(BODY, breaks_after=4),
        Reply(BODY, breaks_after=4, chunked=True),
        Reply(BODY, breaks_after=0),
        Reply(gzip.compress(BODY)[:-6], headers={"Content-Type": JSON, "Content-Encoding": "gzip"}),
        Reply(b"[1, 2", headers={"Content-Type": JSON, "Content-Encoding": "gzip"}),
        Reply(BODY, seconds=0.5),
    ],
    ids=["cut", "cut amid a chunk", "cut at once", "half a gzip", "no gzip", "silent"],
)
def test_an_answer_that_breaks_off_is_asked_for_again(
    api: Api, waits: Waits, broken: Reply
) -> None:
    api.behaviour = in_turn(broken, GOOD)
    assert got(api, waits) == BODY
    assert len(api.asked) == 2


def test_what_never_answers_is_given_up(api: Api, waits: Waits) -> None:
    api.behaviour = in_turn(Reply(status=500))
    assert failure(api, waits) == "/: HTTP 500 (5 attempts)"
    assert len(api.asked) == 5


def test_nobody_listening_is_a_passing_failure(waits: Waits) -> None:
    with serving() as gone:
        pass
    assert "no answer: NewConnectionError (5 attempts)" in failure(gone, waits)


def test_an_answer_that_trickles_is_given_up_though_each_byte_comes_in_time(
    api: Api, waits: Waits
) -> None:
    api.behaviour = in_turn(Reply(BODY * 20, seconds_a_byte=0.01))
    started = iter(range(1000))
    clock = waits.clock.__class__(lambda: next(started) * 30.0, sleep=lambda _seconds: None)
    asking = Client(api.url, Credential({}), clock=clock)
    with pytest.raises(UnavailableError, match="took too long"):
        persistently(partial(asking.get, api.url, headers={}), clock)


@pytest.mark.parametrize("chunked", [False, True], ids=["a header", "the size of a chunk"])
@pytest.mark.parametrize("tls", [False, True], ids=["plain", "encrypted"])
def test_no_part_of_an_answer_may_drip_for_longer_than_the_whole_may_take(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, *, tls: bool, chunked: bool
) -> None:
    monkeypatch.setattr(client, "WHOLE_SECONDS", 0.3)
    api: Api = request.getfixturevalue("encrypted" if tls else "api")
    api.behaviour = in_turn(Reply(drips=True, seconds_a_byte=0.05, chunked=chunked), GOOD)
    trusted = None
    if tls:
        certificate, _ = request.getfixturevalue("certificate")
        trusted = ssl.create_default_context(cafile=str(certificate))
    asking = Client(api.url, Credential({}), trusted=trusted)
    began = time.monotonic()
    with pytest.raises(PassingError, match="took too long"):
        asking.get(api.url, 10, {})
    assert 0.2 < time.monotonic() - began < 20, "it would drip for fifty seconds"
    assert asking.get(api.url, 10, {}).body == BODY, "over another connection"


def test_what_ends_with_its_connection_is_not_taken_for_whole_when_it_was_cut(
    monkeypatch: pytest.MonkeyPatch, api: Api
) -> None:
    monkeypatch.setattr(client, "WHOLE_SECONDS", 0.3)

    def slowly(*_said: object) -> bytes:
        time.sleep(0.6)
        return BODY

    monkeypatch.setattr(client, "read_body", slowly)
    api.behaviour = in_turn(GOOD)
    with pytest.raises(PassingError, match="took too long"):
        Client(api.url, Credential({})).get(api.url, 10, {})


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        ("7", 7, 8),
        ("Tue, 17 Mar 2026 12:00:30 GMT", 30, 31),
        ("0", 0, 1),
        ("soon", 0, 0.5),
        (f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT", 0, 0.5),
        ("Mon, 01 Jan 2026 00:00:00 +9999999999", 0, 0.5),
    ],
)
def test_it_stays_away_for_as_long_as_the_api_says(
    api: Api, waits: Waits, said: str, least: float, most: float
) -> None:
    api.behaviour = in_turn(Reply(status=429, headers={"Retry-After": said}), GOOD)
    assert got(api, waits) == BODY
    assert least <= waits.slept[0] <= most


@pytest.mark.parametrize("said", ["86400", "Wed, 18 Mar 2026 12:00:00 GMT", "9" * 40])
def test_but_not_for_longer_than_a_function_may_wait(api: Api, waits: Waits, said: str) -> None:
    api.behaviour = in_turn(Reply(status=503, headers={"Retry-After": said}), GOOD)
    assert "to come back after" in failure(api, waits)
    assert (len(api.asked), waits.slept) == (1, [])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 204, 206])
def test_a_refusal_is_no_matter_of_time(api: Api, waits: Waits, status: int) -> None:
    api.behaviour = in_turn(Reply(status=status), GOOD)
    assert failure(api, waits) == f"/: HTTP {status}"
    assert len(api.asked) == 1


def test_a_page_for_people_is_no_answer(api: Api, waits: Waits) -> None:
    api.behaviour = in_turn(Reply(b"<html>", headers={"Content-Type": "text/html; charset=utf-8"}))
    assert failure(api, waits) == "/: the answer is text/html, not JSON"


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "application/hal+json", "text/plain", ""]
)
def test_json_has_several_names(api: Api, waits: Waits, kind: str) -> None:
    api.behaviour = in_turn(Reply(BODY, headers={"Content-Type": kind}))
    assert got(api, waits) == BODY


def test_an_answer_may_be_packed(api: Api, waits: Waits) -> None:
    headers = {"Content-Type": JSON, "Content-Encoding": "gzip"}
    for packed in (
        gzip.compress(BODY),
        gzip.compress(BODY[:4]) + gzip.compress(BODY[4:]) + bytes(9),
    ):
        api.behaviour = in_turn(Reply(packed, headers=headers, chunked=True))
        assert got(api, waits) == BODY


def bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()


@pytest.mark.parametrize(
    ("body", "packed"),
    [(bomb(), "gzip"), (bytes(bodies.MAX_BYTES + 1), "identity")],
    ids=["a bomb", "plain"],
)
def test_an_answer_has_bounds_packed_or_not(
    api: Api, waits: Waits, body: bytes, packed: str
) -> None:
    headers = {"Content-Type": JSON, "Content-Encoding": packed}
    api.behaviour = in_turn(Reply(body, headers=headers))
    with pytest.raises(TooLargeError, match="more than 16,777,216 bytes"):
        got(api, waits)
    assert len(api.asked) == 1


def test_what_was_not_asked_for_is_not_unpacked(api: Api, waits: Waits) -> None:
    api.behaviour = in_turn(Reply(b"x", headers={"Content-Type": JSON, "Content-Encoding": "br"}))
    assert "packed as 'br'" in failure(api, waits)


def test_a_redirect_within_the_host_is_followed_with_the_credential(api: Api, waits: Waits) -> None:
    moved = Reply(status=302, headers={"Location": "/new?x=1"})
    api.behaviour = lambda asked: GOOD if asked.path == "/new" else moved
    assert got(api, waits, "/old") == BODY
    assert api.asked[1].headers["authorization"] == f"Bearer {TOKEN}"


def test_a_redirect_elsewhere_is_refused_and_nothing_is_told_there(api: Api, waits: Waits) -> None:
    with serving() as elsewhere:
        for place in (elsewhere.url, elsewhere.url.replace("http://", "//")):
            api.behaviour = in_turn(Reply(status=307, headers={"Location": place}))
            with pytest.raises(RedirectRefusedError, match="is not the API's host"):
                got(api, waits)
        assert elsewhere.asked == []


HIDDEN = [
    "http://{elsewhere}\\@{api}/x",
    "http://{elsewhere}\\\\@{api}/x",
    "//{elsewhere}\\@{api}/x",
    "http://{elsewhere}/\\@{api}/x",
    "http:\\\\{elsewhere}/x",
    "http://{api}@{elsewhere}/x",
    "http://{elsewhere}@{api}/x",
    "http://{elsewhere}?@{api}/x",
    "http://{elsewhere}#@{api}/x",
    "http://{elsewhere};@{api}/x",
    "http://{elsewhere}\t@{api}/x",
    "http://{elsewhere} @{api}/x",
    "http://{elsewhere}\x0b@{api}/x",
    "http://{api}%2f@{elsewhere}/x",
    "http://[oops/",
    "http://[::1/x",
    "http://{api}:99999999/x",
]


@pytest.mark.parametrize("place", HIDDEN)
def test_no_spelling_of_an_address_leads_the_credential_elsewhere(
    api: Api, waits: Waits, place: str
) -> None:
    with serving() as elsewhere:
        hosts = {"elsewhere": elsewhere.url[7:], "api": api.url[7:]}
        api.behaviour = in_turn(Reply(status=307, headers={"Location": place.format(**hosts)}))
        with pytest.raises(RefusedError):
            got(api, waits)
        assert elsewhere.asked == []
    assert (len(api.asked), waits.slept) == (1, []), "it is not tried again"


def test_a_client_knows_no_other_host_than_the_apis(api: Api, waits: Waits) -> None:
    """Whatever stood in an address that nobody has judged."""
    api.behaviour = in_turn(GOOD)
    with serving() as elsewhere:
        asking = Client(api.url, Credential({"X-Api-Key": TOKEN}), clock=waits.clock)
        asking.get(f"{elsewhere.url}/x?y=1", 1, {})
        assert elsewhere.asked == []
    assert (api.asked[0].path, api.asked[0].query) == ("/x", {"y": "1"})


def test_redirects_end(api: Api, waits: Waits) -> None:
    api.behaviour = in_turn(Reply(status=301, headers={"Location": "/"}))
    assert "more than 5 redirects" in failure(api, waits)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return write_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def encrypted(certificate: tuple[Path, Path]) -> Iterator[Api]:
    with serving(certificate) as found:
        found.behaviour = in_turn(GOOD)
        yield found


def test_a_certificate_that_nobody_trusts_is_refused(encrypted: Api, waits: Waits) -> None:
    assert "is not trusted" in failure(encrypted, waits)
    assert encrypted.asked == []


def test_a_trusted_one_is_taken_and_never_left_for_plain_http(
    encrypted: Api, certificate: tuple[Path, Path], waits: Waits
) -> None:
    trusted = ssl.create_default_context(cafile=str(certificate[0]))
    assert got(encrypted, waits, trusted=trusted) == BODY
    plain = encrypted.url.replace("https", "http")
    encrypted.behaviour = in_turn(Reply(status=302, headers={"Location": plain}))
    with pytest.raises(RedirectRefusedError):
        got(encrypted, waits, trusted=trusted)


def test_a_credential_does_not_show_itself() -> None:
    assert TOKEN not in repr(Credential({"X-Api-Key": TOKEN}))
