"""From an HTTP event to a checked model; everything wrong with a request is told at once."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from lambdas.api.errors import InvalidRequestError, MalformedBodyError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Collection

    from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

Model = TypeVar("Model", bound=BaseModel)
MOST_BYTES = 256 * 1024
"""Of a JSON body; a full cart has 15,000."""
MESSAGES = {
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "list_type": "must be a list",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
}
"""pydantic's words for its own checks, in ours."""


def json_object(event: APIGatewayProxyEventV2) -> dict[str, Any]:
    """The body as a JSON object. Numbers with a point stay exact: 19.99 is Decimal("19.99").

    NaN and Infinity, which some clients send, are left to the fields to refuse by name.
    Raises TooLargeError before it is decoded: in base64, a body is a third longer.
    """
    if len(event.body or "") > MOST_BYTES:
        raise TooLargeError(f"A body may have {MOST_BYTES:,} bytes.", limit=MOST_BYTES)
    try:
        body = json.loads(event.decoded_body or "", parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, RecursionError) as error:
        raise MalformedBodyError("The body is not valid JSON.") from error
    if not isinstance(body, dict):
        raise InvalidRequestError([{"field": "body", "message": "must be a JSON object"}])
    return body


def header(event: APIGatewayProxyEventV2, name: str) -> str | None:
    """A header whole: what Powertools resolves is split at commas."""
    return event.headers.get(name)


def checked(
    model: type[Model], values: dict[str, Any], unnamed: Collection[str] = frozenset()
) -> Model:
    """Raises InvalidRequestError. `unnamed` fields are models whose own fields are named alone."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InvalidRequestError(
            [
                {
                    "field": _field(violation["loc"], unnamed),
                    "message": MESSAGES.get(violation["type"], violation["msg"]),
                }
                for violation in error.errors(include_url=False, include_context=False)
            ]
        ) from error


def _field(location: tuple[int | str, ...], unnamed: Collection[str]) -> str:
    """`("cart", 0, "qty")` as `cart[0].qty`."""
    if location[0] in unnamed and len(location) > 1:
        location = location[1:]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return path.removeprefix(".")
