"""The HTTP application: routes and errors on a Powertools resolver."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lambdas.api import problems
from lambdas.api.errors import MarketError
from lambdas.api.routes import Routes
from lambdas.runtime.observe import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
    from aws_lambda_powertools.event_handler.exceptions import NotFoundError

    from lambdas.api.entities import Order
    from lambdas.api.market import Market

Event = dict[str, Any]
Serve = Callable[[Event, Any], dict[str, Any]]
PARAMETER = re.compile(r"<\w+>")


def application(
    app: APIGatewayHttpResolver, market: Market, sold: Callable[[Order], None]
) -> Serve:
    """Answers events of API Gateway's payload version 2."""
    table = Routes(app, market, sold).table()
    for (method, rule), route in table.items():
        app.route(rule, method)(route)

    @app.not_found
    def no_such_route(_: NotFoundError) -> Response[str]:
        method, path = app.current_event.http_method, app.current_event.path
        return problems.no_such_route(method, path, _allowed_instead(table, method, path))

    app.exception_handler(MarketError)(problems.refusal)
    app.exception_handler(Exception)(_failed)

    def serve(event: Event, context: Any) -> dict[str, Any]:
        return app.resolve(_without_trailing_slash(event), context)

    return serve


def _failed(error: Exception) -> Response[str]:
    logger.error("unexpected error", exc_info=error)
    return problems.unexpected()


def _allowed_instead(table: dict[tuple[str, str], Any], method: str, path: str) -> set[str]:
    """The methods that routes know at a path, if this is none of them."""
    known = {known for known, rule in table if re.fullmatch(PARAMETER.sub("[^/]+", rule), path)}
    return known if method not in known else set()


def _without_trailing_slash(event: Event) -> Event:
    return {**event, "rawPath": event["rawPath"].rstrip("/") or "/"}
