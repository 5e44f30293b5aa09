"""Lets the emulator's JWT authorizer find the keys of its own user pools.

MiniStack 1.5.33 asks itself for them by plain HTTP, which it does not speak while it serves TLS,
and so takes every token for forged. All that it checks of a token it checks as before. Runs under
the emulator's own Python; of the pinned version's internals, those of tokens are named here only.
"""

from __future__ import annotations

import json
from typing import Any

from ministack.services import apigateway, cognito

KEYS = "/.well-known/jwks.json"


async def fetch_jwks(url: str) -> dict[str, Any]:
    """In place of `apigateway._fetch_jwks`."""
    pool = url.removesuffix(KEYS).rpartition("/")[2]
    if not url.endswith(KEYS) or pool not in cognito._user_pools:  # noqa: SLF001
        return await fetch_others(url)  # type: ignore[no-any-return]  # untyped
    keys: dict[str, Any] = json.loads(cognito.well_known_jwks(pool)[2])
    return keys


fetch_others = apigateway._fetch_jwks  # noqa: SLF001


def install() -> None:
    apigateway._fetch_jwks = fetch_jwks  # noqa: SLF001
