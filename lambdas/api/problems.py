"""Errors become HTTP here and nowhere else: RFC 9457 problem details."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

from aws_lambda_powertools.event_handler import Response

from lambdas.api import errors

if TYPE_CHECKING:
    from collections.abc import Iterable

CONTENT_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:samns-mercado:problem:"
RETRY_AFTER_SECONDS = "1"
Headers = dict[str, str | list[str]]


class Problem(NamedTuple):
    status: HTTPStatus
    slug: str
    title: str


PROBLEMS: dict[type[errors.MarketError], Problem] = {
    errors.NoIdentityError: Problem(HTTPStatus.UNAUTHORIZED, "no-identity", "Who asks?"),
    errors.ForbiddenError: Problem(HTTPStatus.FORBIDDEN, "forbidden", "That is not allowed"),
    errors.NotRegisteredError: Problem(
        HTTPStatus.FORBIDDEN, "not-registered", "The login is not registered"
    ),
    errors.AlreadyRegisteredError: Problem(
        HTTPStatus.CONFLICT, "already-registered", "The login is registered already"
    ),
    errors.MalformedBodyError: Problem(
        HTTPStatus.BAD_REQUEST, "malformed-body", "The body cannot be read"
    ),
    errors.UnsupportedMediaError: Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported-media", "The body is of another kind"
    ),
    errors.TooLargeError: Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", "The body is too large"
    ),
    errors.InvalidRequestError: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-request", "The request breaks the contract"
    ),
    errors.PreconditionRequiredError: Problem(
        HTTPStatus.PRECONDITION_REQUIRED, "precondition-required", "If-Match is missing"
    ),
    errors.PreconditionFailedError: Problem(
        HTTPStatus.PRECONDITION_FAILED, "precondition-failed", "It has changed since"
    ),
    errors.UnknownEntityError: Problem(HTTPStatus.NOT_FOUND, "not-found", "There is no such thing"),
    errors.EmptyCartError: Problem(HTTPStatus.NOT_FOUND, "empty-cart", "The cart is empty"),
    errors.EmailTakenError: Problem(
        HTTPStatus.CONFLICT, "email-taken", "The e-mail address is taken"
    ),
    errors.SkuTakenError: Problem(HTTPStatus.CONFLICT, "sku-taken", "The SKU is taken"),
    errors.ForeignVendorError: Problem(
        HTTPStatus.CONFLICT, "foreign-vendor", "The vendor does not offer the item"
    ),
    errors.StalePriceError: Problem(HTTPStatus.CONFLICT, "stale-price", "A price has changed"),
    errors.OutOfStockError: Problem(HTTPStatus.CONFLICT, "out-of-stock", "Not enough in stock"),
    errors.UntrackedStockError: Problem(
        HTTPStatus.CONFLICT, "untracked-stock", "The item's pieces are not counted"
    ),
    errors.KeyReusedError: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY, "key-reused", "The idempotency key was used before"
    ),
    errors.ContentionError: Problem(HTTPStatus.SERVICE_UNAVAILABLE, "busy", "Too busy; try again"),
}

UNEXPECTED = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "unexpected", "Something went wrong")


def refusal(error: errors.MarketError) -> Response[str]:
    """The answer to a named error, by the nearest class that has a problem."""
    problem = next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)
    headers: Headers = {}
    if isinstance(error, errors.ContentionError):
        headers["Retry-After"] = RETRY_AFTER_SECONDS
    if isinstance(error, errors.NoIdentityError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.PreconditionFailedError):
        headers["ETag"] = error.etag
    return _answer(problem, error.detail, headers, **error.facts)


def no_such_route(method: str, path: str, allowed: Iterable[str]) -> Response[str]:
    """405 if other methods are known at the path, else 404."""
    allowed = sorted(allowed)
    if allowed:
        problem = Problem(
            HTTPStatus.METHOD_NOT_ALLOWED, "method-not-allowed", "The method is not allowed"
        )
        detail = f"{method} is not allowed at {path}."
        return _answer(problem, detail, headers={"Allow": ", ".join(allowed)})
    problem = Problem(HTTPStatus.NOT_FOUND, "no-such-route", "There is no such route")
    return _answer(problem, f"There is nothing at {path}.", headers={})


def options(allowed: Iterable[str]) -> Response[str]:
    """What may be asked of a path: no problem at all."""
    headers: Headers = {"Allow": ", ".join(sorted(allowed))}
    return Response(HTTPStatus.NO_CONTENT.value, body="", headers=headers)


def unexpected() -> Response[str]:
    """What went wrong is in the log, not in the answer."""
    return _answer(UNEXPECTED, "The request could not be served.", headers={})


def _answer(problem: Problem, detail: str, headers: Headers, **facts: Any) -> Response[str]:
    document = {
        "type": TYPE_PREFIX + problem.slug,
        "title": problem.title,
        "status": problem.status.value,
        "detail": detail,
        **facts,
    }
    return Response(
        status_code=problem.status.value,
        content_type=CONTENT_TYPE,
        body=json.dumps(document),
        headers=headers,
    )
