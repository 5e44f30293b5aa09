"""Logins of the laptop's own user pool: for the demo's traffic, the tests, and `make token`.

Whoever reaches the emulator is its root, so that nothing is given away here: a login is made when
it is first asked for, with a password that nobody learns.
"""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from requests.auth import AuthBase

from local.deployment import NoCloudError

if TYPE_CHECKING:
    from requests import PreparedRequest

    from local.access import Access

ADMIN, VENDOR, CUSTOMER = "admin", "vendor", "customer"
EVERYBODY = (ADMIN, VENDOR, CUSTOMER)
RENEW_SECONDS = 45 * 60
"""Tokens live for an hour."""


@dataclass(frozen=True)
class People:
    """The user pool of a laptop's cloud. Raises NoCloudError if it has none."""

    access: Access

    def sign_up(self, email: str, groups: tuple[str, ...] = ()) -> str:
        """Makes a login, or gives one that there is a new password; the password."""
        password = f"{secrets.token_urlsafe(24)}aA1!"
        with suppress(self._cognito.exceptions.UsernameExistsException):
            self._cognito.admin_create_user(
                UserPoolId=self.pool,
                Username=email,
                MessageAction="SUPPRESS",
                UserAttributes=[
                    {"Name": "email", "Value": email},
                    {"Name": "email_verified", "Value": "true"},
                ],
            )
        self._cognito.admin_set_user_password(
            UserPoolId=self.pool, Username=email, Password=password, Permanent=True
        )
        for group in groups:
            self._cognito.admin_add_user_to_group(
                UserPoolId=self.pool, Username=email, GroupName=group
            )
        return password

    def sign_in(self, email: str, password: str) -> dict[str, str]:
        """AccessToken, IdToken and RefreshToken."""
        answer = self._cognito.admin_initiate_auth(
            UserPoolId=self.pool,
            ClientId=self.access.outputs["ClientId"],
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
        tokens: dict[str, str] = answer["AuthenticationResult"]
        return tokens

    @property
    def pool(self) -> str:
        if "UserPoolId" not in self.access.outputs:
            raise NoCloudError("the cloud here has auth: off, and so nobody to sign in as")
        return self.access.outputs["UserPoolId"]

    @property
    def _cognito(self) -> Any:
        return self.access.client("cognito-idp")


def token(access: Access, who: str) -> str:
    """An access token of one of EVERYBODY, who is in the group of that name."""
    people, email = People(access), f"{who}@mercado.example"
    groups = (who,) if who != CUSTOMER else ()
    return people.sign_in(email, people.sign_up(email, groups))["AccessToken"]


@dataclass
class Login(AuthBase):
    """Signs requests of `requests` in, for as long as it takes; with auth: off it does nothing."""

    access: Access
    who: str
    _token: str = ""
    _made: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        if "UserPoolId" in self.access.outputs:
            request.headers["Authorization"] = f"Bearer {self._current()}"
        return request

    def _current(self) -> str:
        with self._lock:
            if not self._token or time.monotonic() - self._made > RENEW_SECONDS:
                self._token, self._made = token(self.access, self.who), time.monotonic()
            return self._token
