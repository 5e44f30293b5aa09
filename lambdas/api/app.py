"""The HTTP application: routes and errors on a Powertools resolver."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lambdas.api import problems
from lambdas.api.authorization import guards
from lambdas.api.binding import IN_PATH, bound
from lambdas.api.errors import MarketError
from lambdas.api.openapi.routes import description
from lambdas.api.routes import route_table
from lambdas.runtime.observe import logger

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
    from aws_lambda_powertools.event_handler.exceptions import NotFoundError

    from lambdas.api.entities import Order
    from lambdas.api.market import Market

SECURITY = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of every answer that does not say otherwise itself: nothing of it is a page of its own,
and only who asked may keep it, to ask whether it still holds."""
Event = dict[str, Any]
NO_ID = re.compile(r"[^-\w/.~()'!*:@,;=+&$%<> \[\]{}|^]")
Serve = Callable[[Event, Any], dict[str, Any]]


def application(
    app: APIGatewayHttpResolver,
    market: Market,
    sold: Callable[[Order], None],
    *,
    identified: bool = True,
) -> Serve:
    """Answers events of API Gateway's payload version 2; `identified` are those who ask.

    Raises MissingRuleError if nobody has said who may ask a route.
    """
    table = route_table(market, sold)
    pages = description(table)
    known = {*table, *(("GET", path) for path in pages)}
    before = guards(known, market.table, identified=identified)
    for (method, rule), handler in table.items():
        app.route(rule, method)(bound(app, rule, handler, before[method, rule]))
    for path, show in pages.items():
        app.get(path)(show)

    @app.not_found
    def no_such_route(_: NotFoundError) -> Response[str]:
        method, path = app.current_event.http_method, app.current_event.path
        allowed = _allowed(known, path)
        if method == "OPTIONS" and allowed:
            return problems.options(allowed)
        return problems.no_such_route(method, path, allowed)

    app.exception_handler(MarketError)(problems.refusal)
    app.exception_handler(Exception)(_failed)

    def serve(event: Event, context: Any) -> dict[str, Any]:
        answer = app.resolve(_routed(event), context)
        is_head = event["requestContext"]["http"]["method"] == "HEAD"
        headers = {**SECURITY, **answer["headers"]}
        return {**answer, "headers": headers, "body": "" if is_head else answer["body"]}

    return serve


def _failed(error: Exception) -> Response[str]:
    logger.error("unexpected error", exc_info=error)
    return problems.unexpected()


def _allowed(routes: Iterable[tuple[str, str]], path: str) -> set[str]:
    """The methods that are known at a path, if any."""
    known = {method for method, rule in routes if re.fullmatch(IN_PATH.sub("[^/]+", rule), path)}
    if "GET" in known:
        known.add("HEAD")
    return known | {"OPTIONS"} if known else known


def _quoted(character: re.Match[str]) -> str:
    return quote(character[0], errors="replace")


def _routed(event: Event) -> Event:
    """Without a trailing slash; HEAD asks for the headers that GET would have.

    What Powertools takes for no part of an id is written as `%…`, so that its route refuses it.
    """
    context = event["requestContext"]
    http = context["http"]
    method = "GET" if http["method"] == "HEAD" else http["method"]
    return {
        **event,
        "rawPath": NO_ID.sub(_quoted, event["rawPath"].rstrip("/") or "/"),
        "requestContext": {**context, "http": {**http, "method": method}},
    }
