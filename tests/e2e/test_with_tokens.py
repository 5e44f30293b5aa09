"""Tokens at the deployed gateway: its authorizer, the routes of the rules, and the function behind.

The file's name puts it behind the tests that count customers. What each identity may ask is in
tests/unit/api/test_authorization.py; here, no forged one is taken for an identity. The forgers have
more than any would: the user pool's own signing key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from lambdas.api.binding import IN_PATH
from lambdas.contracts.access import RULES, Who
from local.logins import ADMIN, People

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.access import Access
    from local.pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("cloud")
Claims = dict[str, Any]
OTHER_ID = "987654"


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def part(token: str, number: int) -> Claims:
    found: Claims = json.loads(base64.urlsafe_b64decode(token.split(".")[number] + "=="))
    return found


@dataclass(frozen=True)
class Forger:
    """Makes tokens from a good one. `key` is the pool's own."""

    good: str
    other: str
    key: rsa.RSAPrivateKey

    def signed(self, key: rsa.RSAPrivateKey | None = None, **changed: Any) -> str:
        """With other claims; those that are None are left out."""
        claims = {**part(self.good, 1), **changed}
        kept = {name: value for name, value in claims.items() if value is not None}
        start = f"{self.good.split('.')[0]}.{encoded(json.dumps(kept).encode())}"
        signature = (key or self.key).sign(start.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{start}.{encoded(signature)}"

    def of_algorithm(self, name: str, sign: Callable[[bytes], bytes]) -> str:
        header = encoded(json.dumps({**part(self.good, 0), "alg": name}).encode())
        start = f"{header}.{self.good.split('.')[1]}"
        return f"{start}.{encoded(sign(start.encode()))}"

    @cached_property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def tokens(self) -> dict[str, str]:
        """None of them is anybody's."""
        now, (head, claims, signature) = int(time.time()), self.good.split(".")
        forged = encoded(
            json.dumps({**part(self.good, 1), "cognito:groups": ["owner", "admin"]}).encode()
        )
        return {
            "no token": "",
            "no token at all": "admin",
            "expired": self.signed(exp=now - 1),
            "not yet made": self.signed(iat=now + 3600),
            "another client's": self.signed(client_id="another"),
            "another issuer's": self.signed(iss=part(self.good, 1)["iss"] + "x"),
            "another pool's": self.other,
            "another key's": self.signed(rsa.generate_private_key(65537, 2048)),
            "a tampered signature": f"{head}.{claims}.{signature[:-8]}{'A' * 8}",
            "tampered groups": f"{head}.{forged}.{signature}",
            "no signature": f"{head}.{claims}.",
            "alg none": self.of_algorithm("none", lambda _: b""),
            "HMAC by the public key": self.of_algorithm(
                "HS256", lambda start: hmac.new(self.public, start, hashlib.sha256).digest()
            ),
        }


@dataclass(frozen=True)
class Asker:
    access: Access
    http: requests.Session

    def ask(self, method: str, path: str, token: str = "", body: Any = None) -> requests.Response:
        return self.http.request(
            method,
            self.access.api_url + path,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            json=body,
            verify=self.access.certificate,
            timeout=30,
        )


@pytest.fixture(scope="module")
def asker(pipeline: Pipeline) -> Asker:
    return Asker(pipeline.access, requests.Session())


@pytest.fixture(scope="module")
def people(pipeline: Pipeline) -> People:
    return People(pipeline.access)


def admin(people: People, email: str) -> str:
    return people.sign_in(email, people.sign_up(email, (ADMIN,)))["AccessToken"]


@pytest.fixture(scope="module")
def forger(people: People, clouds: Path) -> Forger:
    good = admin(people, "forged@mercado.example")  # by a key that is made for the first token
    state = Path((clouds / "cloud" / "temporary").read_text()) / "state"
    key = serialization.load_pem_private_key(
        (state / "cognito-pool-keys" / f"{people.pool}-access.pem").read_bytes(), None
    )
    assert isinstance(key, rsa.RSAPrivateKey)
    return Forger(good, elsewhere(people.access), key)


def elsewhere(access: Access) -> str:
    """A token of an administrator of another pool."""
    cognito = access.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="elsewhere")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="elsewhere",
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]
    cognito.create_group(UserPoolId=pool, GroupName=ADMIN)
    there = type(access)(
        access.endpoint,
        access.warehouse,
        access.certificate,
        {"UserPoolId": pool, "ClientId": client},
    )
    return admin(People(there), "somebody@mercado.example")


def test_the_forgers_token_would_be_taken_if_it_were_not_forged(
    asker: Asker, forger: Forger
) -> None:
    assert asker.ask("GET", "/customers?limit=1", forger.signed()).status_code == 200


@pytest.mark.parametrize("route", [*RULES, ("GET", "/nowhere"), ("PUT", "/cart/1")], ids=" ".join)
def test_no_forged_token_gets_past_the_gateway_where_one_is_asked_for(
    asker: Asker, forger: Forger, route: tuple[str, str]
) -> None:
    method, rule = route
    path = IN_PATH.sub(OTHER_ID, rule)
    is_public = route in RULES and RULES[route].who is Who.ANYONE
    for kind, token in forger.tokens().items():
        answer = asker.ask(method, path, token, body=None if method == "GET" else {})
        if is_public:
            assert answer.status_code in {200, 404}, kind
        else:
            assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"}), kind


def test_a_token_that_only_tells_who_somebody_is_opens_nothing(
    asker: Asker, people: People
) -> None:
    email = "teller@mercado.example"
    told = people.sign_in(email, people.sign_up(email, (ADMIN,)))["IdToken"]
    answer = asker.ask("GET", "/customers", told)
    assert answer.status_code == 401
    assert answer.json()["type"].endswith(":no-identity")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_who_signs_up_registers_and_then_reaches_what_is_theirs_and_no_more(
    asker: Asker, people: People
) -> None:
    cognito, password = people.access.client("cognito-idp"), "Correct-Horse-7-Battery"
    tokens = {}
    for name in ("vera", "walt"):
        email = f"{name}.signs.up@example.com"
        cognito.sign_up(
            ClientId=people.access.outputs["ClientId"],
            Username=email,
            Password=password,
            UserAttributes=[{"Name": "email", "Value": email}],
        )
        cognito.admin_confirm_sign_up(UserPoolId=people.pool, Username=email)
        tokens[name] = people.sign_in(email, password)["AccessToken"]
    vera, walt = tokens["vera"], tokens["walt"]
    assert asker.ask("GET", "/cart/1", vera).json()["type"].endswith(":not-registered")
    profile = {"first_name": "Vera", "last_name": "Upson", "email": "vera.signs.up@example.com"}
    made = asker.ask("POST", "/customers", vera, profile)
    assert made.status_code == 201
    assert asker.ask("POST", "/customers", vera, profile).status_code == 409
    other = asker.ask("POST", "/customers", walt, {**profile, "email": "walt.signs.up@example.com"})
    hers, his = made.json()["id"], other.json()["id"]
    assert asker.ask("GET", f"/customers/{hers}", vera).status_code == 200
    assert asker.ask("GET", f"/cart/{hers}", vera).status_code == 200
    for path in (f"/customers/{his}", f"/cart/{his}", f"/customers/{his}/transactions"):
        assert asker.ask("GET", path, vera).status_code == 403
    assert asker.ask("GET", "/customers", vera).status_code == 403
    shop = {"vendor_name": "Vera's", "region": "West"}
    assert asker.ask("POST", "/vendors", vera, shop).json()["needs"] == "vendor"


def test_without_settings_no_other_origin_is_let_in(asker: Asker) -> None:
    answer = requests.get(
        asker.access.api_url + "/health",
        headers={"Origin": "https://elsewhere.example"},
        verify=asker.access.certificate,
        timeout=30,
    )
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]
