"""Problem details as schemas: one for each problem, with the members that it has beyond."""

from __future__ import annotations

from collections import defaultdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from lambdas.api import errors
from lambdas.api.binding import JSON
from lambdas.api.problems import CONTENT_TYPE, PROBLEMS, TYPE_PREFIX, UNEXPECTED, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

Schema = dict[str, Any]


def _object(**members: Schema) -> Schema:
    return {"type": "object", "properties": members, "required": list(members)}


def _list(**members: Schema) -> Schema:
    return {"type": "array", "items": _object(**members)}


TEXT, INTEGER = {"type": "string"}, {"type": "integer"}
LINE: dict[str, Schema] = {"line_no": INTEGER, "item_id": INTEGER}
FACTS: dict[type[errors.MarketError], dict[str, Schema]] = {
    errors.ForbiddenError: {"needs": TEXT},
    errors.NotRegisteredError: {"needs": TEXT},
    errors.TooLargeError: {"limit": INTEGER},
    errors.InvalidRequestError: {"errors": _list(field=TEXT, message=TEXT)},
    errors.UnknownEntityError: {
        "missing": _list(entity=TEXT, id={"type": ["integer", "string"]}),
    },
    errors.PreconditionFailedError: {"current_etag": TEXT},
    errors.ForeignVendorError: {"lines": _list(**LINE, vendor_id=INTEGER, offered_by=INTEGER)},
    errors.UnsupportedMediaError: {"header": TEXT},
    errors.StalePriceError: {"lines": _list(**LINE, unit_price=TEXT, current_price=TEXT)},
}
"""Members that are always there. Of OutOfStockError they depend on what asked for pieces."""
HEADERS: dict[HTTPStatus, str] = {
    HTTPStatus.UNAUTHORIZED: "WWW-Authenticate",
    HTTPStatus.PRECONDITION_FAILED: "ETag",
    HTTPStatus.SERVICE_UNAVAILABLE: "Retry-After",
}
GATEWAYS_OWN = {**_object(message=TEXT), "description": "API Gateway's, of a token not valid"}
ANYWHERE: tuple[type[errors.MarketError], ...] = (errors.ContentionError,)


def schema_name(problem: Problem) -> str:
    return "".join(word.capitalize() for word in problem.slug.split("-")) + "Problem"


def problem_schemas() -> dict[str, Schema]:
    """By name, all of them."""
    known = {kind: (problem, FACTS.get(kind, {})) for kind, problem in PROBLEMS.items()}
    found = {
        schema_name(problem): _schema(problem, kind.__doc__ or "", facts)
        for kind, (problem, facts) in known.items()
    }
    detail = "What went wrong is in the function's log."
    return {**found, schema_name(UNEXPECTED): _schema(UNEXPECTED, detail, {})}


def _schema(problem: Problem, description: str, facts: dict[str, Schema]) -> Schema:
    constants: dict[str, Schema] = {
        "type": {"const": TYPE_PREFIX + problem.slug},
        "title": {"const": problem.title},
        "status": {"const": problem.status.value},
        "detail": TEXT,
    }
    return {"description": " ".join(description.split()), **_object(**constants, **facts)}


def refused(kinds: Iterable[type[errors.MarketError]]) -> dict[str, Schema]:
    """Responses by status."""
    by_status: dict[HTTPStatus, list[Problem]] = defaultdict(list)
    for problem in (*(PROBLEMS[kind] for kind in (*kinds, *ANYWHERE)), UNEXPECTED):
        by_status[problem.status].append(problem)
    return {str(status.value): _response(status, by_status[status]) for status in sorted(by_status)}


def _response(status: HTTPStatus, problems: list[Problem]) -> Schema:
    references = [{"$ref": f"#/components/schemas/{schema_name(each)}"} for each in problems]
    schema = references[0] if len(references) == 1 else {"oneOf": references}
    response: Schema = {
        "description": "; ".join(each.title for each in problems),
        "content": {CONTENT_TYPE: {"schema": schema}},
    }
    if status is HTTPStatus.UNAUTHORIZED:
        response["content"][JSON] = {"schema": GATEWAYS_OWN}
    if header := HEADERS.get(status):
        response["headers"] = {header: {"schema": TEXT}}
    return response
