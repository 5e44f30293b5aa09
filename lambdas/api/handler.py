"""The API's function: one event of API Gateway's HTTP API (payload version 2) in, one answer out.

Environment: TABLE_NAME; LAKE_BUCKET; PRICE_CHECK (enforced or off, default enforced); AUTH (on or
off, default on); IDEMPOTENCY_HOURS (default 24); IMPORTS_DAYS (default 90).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
from aws_lambda_powertools.logging import correlation_paths

from lambdas.api.app import application
from lambdas.api.market import Market
from lambdas.api.measures import of_cart, of_sale
from lambdas.api.settings import ApiSettings
from lambdas.contracts.metrics import API_COLD_STARTS
from lambdas.runtime.observe import emit, logger, tracer

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from lambdas.api.entities import Cart, Order


def count_sale(order: Order) -> None:
    """As EMF in the log."""
    emit(of_sale(order))


def count_cart(before: Cart, after: Cart) -> None:
    """As EMF in the log, if the cart was filled or emptied."""
    emit(of_cart(before, after))


@cache
def count_cold_start() -> None:
    """As EMF in the log, with this instance's first request."""
    emit({API_COLD_STARTS: 1})


settings = ApiSettings.from_environment()
serve = application(
    APIGatewayHttpResolver(),
    Market.on_aws(settings, count_cart),
    count_sale,
    identified=settings.identified,
)


@logger.inject_lambda_context(
    correlation_id_path=correlation_paths.API_GATEWAY_HTTP, clear_state=True, log_event=False
)
@tracer.capture_lambda_handler(capture_response=False)
def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    count_cold_start()
    return serve(event, context)
