"""Typed handlers: their parameters are taken from the request, what they return is shown.

A handler's signature is all that is known of its route. A parameter that the rule names comes from
the path; `Annotated[…, QUERY]`, `Annotated[…, Header(name)]` and `Annotated[…, FILE]` say where
else; a pydantic model without any is the body. So what a document of the API says can be read off
the handlers.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, get_args, get_origin

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel, Field, create_model

from lambdas.api.etags import is_known, quoted
from lambdas.api.requests import checked, header, json_object
from lambdas.api.uploads import upload

if TYPE_CHECKING:
    from aws_lambda_powertools.event_handler import APIGatewayHttpResolver
    from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

    from lambdas.api.authorization import Guard
    from lambdas.api.identity import Identity

IN_PATH = re.compile(r"<(\w+)>")
JSON = "application/json"
View = TypeVar("View", bound=BaseModel)


@dataclass(frozen=True)
class Query:
    """From the query string: one parameter, or all of them as a model."""


@dataclass(frozen=True)
class Header:
    """From the header of this name, as a whole."""

    name: str


@dataclass(frozen=True)
class Login:
    """Not from the request: the login that registers; none if an administrator does it."""


@dataclass(frozen=True)
class File:
    """The body, whatever it is."""


QUERY, LOGIN, FILE = Query(), Login(), File()
PLACES = (Query, Header, Login, File)


@dataclass(frozen=True)
class Shown(Generic[View]):
    """An answer: its body, if it has one, and the tag of the state that it shows.

    `location` is the path of what the request has begun.
    """

    body: View | None
    tag: str | None = None
    status: HTTPStatus = HTTPStatus.OK
    location: str | None = None


Handler = Callable[..., Shown[Any]]
RouteTable = dict[tuple[str, str], Handler]
"""Handlers by method and rule."""


@dataclass(frozen=True)
class Parameter:
    """One of a handler's: `place` is None for a JSON body, `name` what the request calls it."""

    kind: Any
    place: Query | Header | Login | File | str | None
    name: str
    annotation: Any = None

    @property
    def in_body(self) -> bool:
        return self.place is None or isinstance(self.place, File)

    @property
    def is_model(self) -> bool:
        return inspect.isclass(self.kind) and issubclass(self.kind, BaseModel)

    def value(
        self, event: APIGatewayProxyEventV2, path: dict[str, str], who: Identity | None
    ) -> Any:
        match self.place:
            case Query():
                query = event.query_string_parameters
                return query if self.is_model else query.get(self.name)
            case Header():
                return header(event, self.name)
            case Login():
                return None if who is None or who.is_admin else who.sub
            case File():
                return upload(event)
            case None:
                return json_object(event)
        return path[self.name]


def parameters(rule: str, handler: Handler) -> dict[str, Parameter]:
    """By the name in the handler's signature, whose annotations must not be strings."""
    in_path = set(IN_PATH.findall(rule))
    found = {}
    for name, parameter in inspect.signature(handler).parameters.items():
        annotation = parameter.annotation
        marks = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
        place = next((mark for mark in marks if isinstance(mark, PLACES)), None)
        named = place.name if isinstance(place, Header) else name
        in_place = "path" if name in in_path else place
        found[name] = Parameter(marks[0], in_place, named, annotation)
    return found


def bound(
    app: APIGatewayHttpResolver, rule: str, handler: Handler, guard: Guard
) -> Callable[..., Response[str]]:
    """The guarded handler as Powertools calls it: with the path's parameters as strings.

    The model of a route's requests is made for its first one: who starts cold has one to answer,
    and need not wait for the models of all other routes.
    """
    known = parameters(rule, handler)
    request = cache(lambda: _request(handler, known))
    models = {parameter.name for parameter in known.values() if parameter.is_model}

    def answer(**path: str) -> Response[str]:
        event = app.current_event
        who = guard.enter(event.raw_event)
        given = {each.name: each.value(event, path, who) for each in known.values()}
        present = {name: value for name, value in given.items() if value is not None}
        arguments = vars(checked(request(), present, models))
        guard.require_own(who, arguments)
        return _response(handler(**arguments), event)

    return answer


def _request(handler: Handler, known: dict[str, Parameter]) -> type[BaseModel]:
    signature = inspect.signature(handler).parameters
    fields: dict[str, Any] = {
        name: (
            signature[name].annotation,
            Field(
                ... if signature[name].default is inspect.Parameter.empty else None,
                alias=parameter.name,
            ),
        )
        for name, parameter in known.items()
    }
    return create_model("Request", **fields)


def _response(shown: Shown[Any], event: APIGatewayProxyEventV2) -> Response[str]:
    headers: dict[str, str | list[str]] = {"ETag": quoted(shown.tag)} if shown.tag else {}
    if shown.location:
        headers["Location"] = shown.location
    is_read = event.http_method == "GET" and shown.tag is not None
    if is_read and is_known(header(event, "If-None-Match"), shown.tag or ""):
        return Response(HTTPStatus.NOT_MODIFIED.value, body="", headers=headers)
    if shown.body is None:
        return Response(shown.status.value, body="", headers=headers)
    return Response(shown.status.value, JSON, shown.body.model_dump_json(), headers)
