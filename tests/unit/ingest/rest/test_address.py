"""Where an API is and who asks: what file and secret say, and what neither may."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from lambdas.ingest.pulls import PullFileError, load
from lambdas.ingest.rest.address import Address, address
from lambdas.ingest.rest.errors import RefusedError
from local.certificate import write_certificate

if TYPE_CHECKING:
    from pathlib import Path

    from lambdas.ingest.pulls.rest import Rest

RESOURCES = "resources: {products: {into: shop, path: /products, key: id}}"
URL = "https://api.example.com/v2"


def rest(said: str = "", url: str = f"url: {URL}") -> Rest:
    found = load(f"rest: {{{url}, {said}{RESOURCES}}}", "shop").rest
    assert found is not None
    return found


def where(said: str, secret: Any, url: str = f"url: {URL}") -> Address:
    text = secret if isinstance(secret, str) else json.dumps(secret)
    return address(rest(f"secret: shop, {said}", url), lambda _name: text)


def test_a_token_is_shown_as_the_file_says() -> None:
    token = {"token": "t0p"}
    assert where("", token).credential.headers == {"Authorization": "Bearer t0p"}
    keyed = where("auth: header, header: X-Api-Key, ", token)
    assert keyed.credential.headers == {"X-Api-Key": "t0p"}
    basic = where("auth: basic, ", {"username": "ada", "password": "p:w"}).credential.headers
    assert base64.b64decode(basic["Authorization"].removeprefix("Basic ")) == b"ada:p:w"


def test_an_api_for_everybody_is_asked_by_nobody_in_particular() -> None:
    assert address(rest(), lambda _name: "").credential.headers == {}


def test_the_secret_may_say_where_it_is_and_what_to_trust(tmp_path: Path) -> None:
    certificate, _ = write_certificate(tmp_path)
    said = {"token": "t", "url": f"{URL}/x", "ca": f"# Tanúsítvány\n{certificate.read_text()}"}
    found = where("", said, url="plain_http: false")
    assert (found.url, found.trusted is not None) == (f"{URL}/x", True)
    assert where("", {"token": "t"}).trusted is None


@pytest.mark.parametrize(
    ("secret", "what"),
    [
        ("no json", "is no JSON object"),
        ("[]", "is no JSON object"),
        ({"token": ""}, "has no token"),
        ({"token": 7}, "has no token"),
        ({"token": "two\r\nlines"}, "has a token that no header can hold"),
        ({"token": "t0p€"}, "has a token that no header can hold"),
        ({"token": "t", "ca": "x"}, "has a ca that is no certificate"),
        ({"token": "t", "ca": "é"}, "has a ca that is no certificate"),
    ],
)
def test_what_is_wrong_with_a_secret_is_told_without_telling_it(secret: Any, what: str) -> None:
    with pytest.raises(RefusedError, match=f"the secret shop {what}") as raised:
        where("", secret)
    assert "t0p" not in f"{raised.value!r} {raised.value.__cause__!r}"
    assert "lines" not in str(raised.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com",
        "http://127.0.0.1:80",
        "https://ada@api.example.com",
        "https://",
        "ftp://api.example.com",
        "https://api.example.com/v2?key=7",
    ],
)
def test_only_https_and_nothing_beside_the_address_neither_in_file_nor_secret(url: str) -> None:
    with pytest.raises(PullFileError, match="url"):
        rest(url=f'url: "{url}"')
    with pytest.raises(RefusedError, match="the url of the secret shop"):
        where("", {"token": "t", "url": url}, url="plain_http: false")


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:80"])
def test_plain_http_is_for_this_machine_alone(host: str) -> None:
    assert rest(url=f'url: "http://{host}/x", plain_http: true').url == f"http://{host}/x"
    with pytest.raises(PullFileError, match="url"):
        rest(url='url: "http://10.0.0.1/x", plain_http: true')


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("auth: bearer, ", "need a `secret`"),
        ("secret: x, auth: header, ", "`auth: header`, which needs it"),
        ("secret: x, header: X-Key, ", "`auth: header`, which needs it"),
        ("secret: x, auth: header, header: 'X Key', ", "header"),
    ],
)
def test_who_asks_is_said_whole(said: str, what: str) -> None:
    with pytest.raises(PullFileError, match=what):
        rest(said)


@pytest.mark.parametrize(
    ("pages", "what"),
    [
        ("{by: number}", "pages by number need `parameter`"),
        ("{by: cursor, parameter: after}", "pages by cursor need `next`"),
        ("{by: link, size: 3}", "pages by link have no `size`"),
        ("{by: cursor, parameter: a, next: b, at_once: 2}", "pages by cursor have no `at_once`"),
        ("{by: number, parameter: page, at_once: 9}", "at_once"),
        ("{by: magic}", "by"),
    ],
)
def test_pages_say_what_their_kind_needs_and_nothing_else(pages: str, what: str) -> None:
    said = RESOURCES.replace("key: id", f"key: id, pages: {pages}")
    with pytest.raises(PullFileError, match=what):
        load(f"rest: {{url: {URL}, {said}}}", "shop")
