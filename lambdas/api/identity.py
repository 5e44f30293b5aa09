"""Who asks: what API Gateway's JWT authorizer has checked of a token, as an identity.

The authorizer checks signature, issuer, client, time of issue and expiry. It takes any kind of
token; here only access tokens count, for others are made to tell clients who somebody is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.api.errors import NoIdentityError
from lambdas.contracts.access import GROUPS, Who

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUPS_CLAIM = "cognito:groups"


@dataclass(frozen=True)
class Identity:
    """A login: Cognito's `sub`, which never changes, and what it was when the token was made."""

    sub: str
    roles: frozenset[Who]

    @property
    def is_admin(self) -> bool:
        return Who.ADMIN in self.roles


def identity(event: Mapping[str, Any]) -> Identity:
    """Of an event of payload version 2. Raises NoIdentityError."""
    authorizer = event["requestContext"].get("authorizer") or {}
    claims = (authorizer.get("jwt") or {}).get("claims") or {}
    sub = claims.get("sub")
    if not sub:
        raise NoIdentityError("This takes a token: Authorization: Bearer ….")
    if claims.get("token_use") != "access":
        raise NoIdentityError("This takes an access token, not one of another kind.")
    return Identity(sub, roles(groups(claims.get(GROUPS_CLAIM))))


def roles(names: frozenset[str]) -> frozenset[Who]:
    """Those of the groups; who is in none of them has signed up, and is a customer."""
    return frozenset(each for each in GROUPS if each.value in names) or frozenset({Who.CUSTOMER})


def groups(claim: Any) -> frozenset[str]:
    """The names in a claim, each as a whole: a list, or what API Gateway writes for one, "[a b]".

    Cognito's names hold no spaces. Any other string is one name.
    """
    if isinstance(claim, str) and claim.startswith("[") and claim.endswith("]"):
        return frozenset(claim[1:-1].split())
    names = claim if isinstance(claim, list) else [claim]
    return frozenset(name for name in names if isinstance(name, str) and name)
