"""What a pull file says of a REST API and its resources."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from lambdas.ingest.pulls.said import Name, Names, Secret, Slug, Strict

if TYPE_CHECKING:
    from typing import Self

PATH = r"^[^\s?#]*$"
URL = re.compile(r"https?://[^\s?#@/\\]+(/[^\s?#\\]*)?")


USES: dict[str, tuple[set[str], set[str]]] = {
    "number": ({"parameter"}, {"first", "size", "at_once"}),
    "offset": ({"parameter", "size"}, {"at_once"}),
    "cursor": ({"parameter", "next"}, set()),
    "link": (set(), {"next"}),
}
"""What pages of a kind have to say, and what they may."""


class Pages(Strict):
    """How the records of a resource are split over answers."""

    by: Literal["number", "offset", "cursor", "link"] = Field(
        description="`number`: pages are counted, `offset`: their records are; `cursor`: each "
        "answer says what the next one begins with; `link`: each has the next one's address, in "
        "its `Link` header with `rel=next`, or where `next` says."
    )
    parameter: Name | None = Field(
        default=None, description="Of the query: the page's number or offset, or the cursor."
    )
    first: Annotated[int, Field(ge=0)] = Field(
        default=1, description="Of `number`: that of the first page."
    )
    size: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="Of `number` and `offset`: records of a full page, as `query` asks for. "
        "Behind one with fewer an API that tells no total may refuse the next.",
    )
    next: Name | None = Field(
        default=None,
        description="Of `cursor` and `link`: its path in the answer; absent, null, false or empty "
        "on the last page. A `link` without it is in the header.",
    )
    at_once: Annotated[int, Field(ge=1, le=8)] = Field(
        default=1,
        description="Of `number` and `offset`: how many pages are asked for at a time.",
    )
    most: Annotated[int, Field(ge=1, le=100_000)] = Field(
        default=10_000, description="More pages than these are a fault, and none is written."
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        needed, useful = USES[self.by]
        usable = needed | useful | {"by", "most"}
        if missing := sorted(needed - self.model_fields_set):
            raise ValueError(f"pages by {self.by} need `{missing[0]}`")
        if unused := sorted(self.model_fields_set - usable):
            raise ValueError(f"pages by {self.by} have no `{unused[0]}`")
        return self

    @property
    def start(self) -> int | None:
        """What the first page is asked for by; None where it is asked for by nothing."""
        return {"number": self.first, "offset": 0}.get(self.by)

    @property
    def step(self) -> int:
        """From one counted page to the next."""
        return self.size if self.by == "offset" and self.size else 1


class Resource(Strict):
    """One list of records. Each pull takes a snapshot of it, and writes what changed."""

    into: Slug = Field(description="The mapping that reads its records: `sources/<into>.yaml`.")
    path: str = Field(pattern=PATH, description="Behind the API's `url`: `/products`.")
    query: dict[Name, str] = Field(default={}, description="Of every request.")
    records: str = Field(
        default="",
        description="Path of the list of records in an answer: `data.items`. Without this, the "
        "answer is the list.",
    )
    key: Names = Field(
        description="Fields that tell records apart, with dots into nested ones; what the mapping "
        "makes its ids of."
    )
    pages: Pages | None = Field(
        default=None, description="Without this, one answer has all records."
    )
    total: Name | None = Field(
        default=None,
        description="Path of the number of records that there are, in every answer. A snapshot "
        "with another number is not complete.",
    )
    total_header: Name | None = Field(
        default=None, description="The same as a header: `X-Total-Count`."
    )
    may_lose: Annotated[float, Field(ge=0, le=1)] = Field(
        default=0.5,
        description="The share of its keys that may be gone at once. If more are, the snapshot is "
        "refused until it is pulled with `accept_losses`.",
    )


class Rest(Strict):
    """An API that answers in JSON. Only `GET` is asked, and nothing of another host."""

    url: str | None = Field(
        default=None,
        description="Of `https`; what all paths are behind: `https://api.example.com/v2`. Without "
        "this, the secret says it.",
    )
    plain_http: bool = Field(
        default=False, description="Allows `http` to this machine itself, as for trying a pull."
    )
    secret: Secret | None = Field(
        default=None,
        description="Name of the secret in Secrets Manager: JSON with `token`, or for `basic` "
        "`username` and `password`; `url`, where it is not said here; `ca` is the certificate that "
        "the API's goes back to, as PEM, where no public one signed it. Without this the API is "
        "asked by nobody in particular.",
    )
    auth: Literal["bearer", "basic", "header"] | None = Field(
        default=None, description="How the secret is shown. Without this: `bearer`."
    )
    header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$")] | None = Field(
        default=None, description="Of `header`: the name of the one with the token, `X-Api-Key`."
    )
    resources: dict[Slug, Resource] = Field(min_length=1, description="By name.")

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.url is None and not self.secret:
            raise ValueError("url: neither file nor secret say it")
        if self.url is not None and (fault := fault_of(self.url, plain_http=self.plain_http)):
            raise ValueError(f"url: {fault}")
        if (self.auth or self.header) and not self.secret:
            raise ValueError("auth and header need a `secret`")
        if bool(self.header) != (self.auth == "header"):
            raise ValueError("header: it is for `auth: header`, which needs it")
        return self

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.secret,) if self.secret else ()


def fault_of(url: str, *, plain_http: bool) -> str:
    """Why an API is not asked there; empty if it is."""
    if not URL.fullmatch(url):
        return "it is no address as `https://api.example.com/v2`"
    parts = urlsplit(url)
    if parts.scheme == "http" and not (plain_http and _is_loopback(parts.hostname or "")):
        return "it is `https`, or with `plain_http` of this machine itself"
    return ""


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
