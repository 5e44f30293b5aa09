"""Where the description is served; it is made when it is asked for first."""

from __future__ import annotations

import json
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

from lambdas.api.binding import JSON

if TYPE_CHECKING:
    from collections.abc import Callable

    from lambdas.api.binding import RouteTable

HTML = "text/html; charset=utf-8"
"""The document's page is one piece: nothing else may be loaded by it or frame it."""
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def description(table: RouteTable) -> dict[str, Callable[[], Response[str]]]:
    """By path. What they need is imported late: a cold start of the shop does without."""

    @cache
    def text() -> str:
        from lambdas.api.openapi.document import document  # noqa: PLC0415

        return json.dumps(document(table))

    def openapi() -> Response[str]:
        return Response(HTTPStatus.OK.value, JSON, text())

    def docs() -> Response[str]:
        from lambdas.api.openapi.page import page  # noqa: PLC0415

        headers: dict[str, str | list[str]] = {"Content-Security-Policy": POLICY}
        return Response(HTTPStatus.OK.value, HTML, page(), headers)

    return {"/openapi.json": openapi, "/docs": docs}
