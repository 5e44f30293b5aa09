"""The OpenAPI document, read off the route table: signatures, models, views and refusals."""

from __future__ import annotations

import inspect
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, get_args

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from lambdas.api.binding import IN_PATH, JSON, File, Header, Login, Parameter, Query, parameters
from lambdas.api.errors import (
    AlreadyRegisteredError,
    ForbiddenError,
    InvalidRequestError,
    MalformedBodyError,
    NoIdentityError,
    NotRegisteredError,
    TooLargeError,
)
from lambdas.api.models import NewItem
from lambdas.api.openapi.examples import EXAMPLES, FILES
from lambdas.api.openapi.operations import OPERATIONS
from lambdas.api.openapi.refusals import problem_schemas, refused
from lambdas.api.uploads import FORMATS
from lambdas.api.views import CheckoutView, HealthView, PageView
from lambdas.contracts.access import RULES, Who

if TYPE_CHECKING:
    from pydantic import BaseModel

    from lambdas.api.binding import Handler, RouteTable
    from lambdas.api.openapi.operations import Operation
    from lambdas.contracts.access import Rule

Schema = dict[str, Any]
TEXT = {"type": "string"}
VERSION = "2.0.0"
DESCRIPTION = (
    "Customers, vendors, items, carts and checkouts. Ids are integers, money is a decimal string, "
    "timestamps are UTC. Every refusal is problem+json (RFC 9457). Paths may end in a slash."
)
REFERENCE = "#/components/schemas/{model}"
LOGIN = "login"
SCHEMES = {
    LOGIN: {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token of the deployment's Cognito user pool",
    }
}
TAG = {"ETag": {"description": "Of the state that is shown", "schema": {"type": "string"}}}
LOCATION = {"Location": {"description": "Where to ask after it", "schema": {"type": "string"}}}
CONTENT_ENCODING = {
    "name": "Content-Encoding",
    "in": "header",
    "description": "Whether the body is compressed",
    "schema": {"enum": ["gzip", "identity"]},
}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "description": "Tags of states that the client has: 304 if it is one of them",
    "schema": {"type": "string"},
}


def document(table: RouteTable) -> Schema:
    """OpenAPI 3.1, JSON-ready; the same for the same code."""
    schemas, components = _schemas(table)
    paths: dict[str, Schema] = {}
    for (method, rule), handler in table.items():
        path = IN_PATH.sub(r"{\1}", rule)
        paths.setdefault(path, {})[method.lower()] = _operation(method, rule, handler, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Samn's Mercado",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": ".", "description": "Where this document is served"}],
        "paths": paths,
        "components": {
            "schemas": {**components, **problem_schemas()},
            "securitySchemes": SCHEMES,
        },
    }


def view(handler: Handler) -> type[BaseModel]:
    """What a handler shows: the `View` of the `Shown[View]` that it returns."""
    shown: type[BaseModel] = get_args(inspect.signature(handler).return_annotation)[0]
    return shown


Schemas = dict[Any, Schema]
"""A reference for each model or view, inline schemas for what comes from the query."""


def _schemas(table: RouteTable) -> tuple[Schemas, Schema]:
    bodies: list[Any] = []
    queries: list[Any] = []
    views: list[Any] = []
    for (_, rule), handler in table.items():
        views.append(view(handler))
        for each in parameters(rule, handler).values():
            if each.is_model:
                (bodies if each.place is None else queries).append(each.kind)
    modes = [(each, "validation") for each in dict.fromkeys(bodies)]
    modes += [(each, "serialization") for each in dict.fromkeys(views)]
    references, found = models_json_schema(modes, ref_template=REFERENCE)  # type: ignore[arg-type]
    components = {name: _told(name, schema) for name, schema in found["$defs"].items()}
    by_model = {model: reference for (model, _), reference in references.items()}
    inline = {each: each.model_json_schema() for each in dict.fromkeys(queries)}
    return {**by_model, **inline}, components


def _told(name: str, schema: Schema) -> Schema:
    """With an example, and without defaults that no client could send."""
    members = {
        member: {key: value for key, value in each.items() if (key, value) != ("default", None)}
        for member, each in schema.get("properties", {}).items()
    }
    example = {"examples": [EXAMPLES[name]]} if name in EXAMPLES else {}
    return {**schema, "properties": members, **example}


def _operation(method: str, rule: str, handler: Handler, schemas: Schemas) -> Schema:
    operation = OPERATIONS[method, rule]
    known = parameters(rule, handler).values()
    given = [entry for each in known for entry in _parameters(each, operation, schemas)]
    body = next((each for each in known if each.in_body), None)
    shown = view(handler)
    is_tagged = shown not in {HealthView, CheckoutView} and not issubclass(shown, PageView)
    responses = {str(operation.status.value): _success(operation, schemas[shown], is_tagged)}
    if is_tagged and method == "GET":
        given.append(IF_NONE_MATCH)
        responses["304"] = {"description": "Nothing has changed", "headers": TAG}
    access = RULES[method, rule]
    refusals = operation.refusals
    if given or body:
        refusals = (InvalidRequestError, *refusals)
    if body:
        refusals = (MalformedBodyError, TooLargeError, *refusals)
    if access.who is not Who.ANYONE:
        refusals = (NoIdentityError, ForbiddenError, *refusals)
    if access.own:
        refusals = (NotRegisteredError, *refusals)
    if any(isinstance(each.place, Login) for each in known):
        refusals = (AlreadyRegisteredError, *refusals)
    return {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [rule.split("/")[1]],
        "security": [] if access.who is Who.ANYONE else [{LOGIN: []}],
        **({} if access.who is Who.ANYONE else {"description": _for_whom(access)}),
        **({"parameters": given} if given else {}),
        **({"requestBody": _body(body, schemas)} if body else {}),
        "responses": {**responses, **refused(refusals)},
    }


def _for_whom(access: Rule) -> str:
    """In a sentence."""
    role = access.who.value
    if access.own is None:
        return f"For logins of group {role}."
    whose = "itself" if access.own.thing == role else f"whose {access.own.thing} it is"
    return f"For the {role} {whose}, and for administrators."


def _body(body: Parameter, schemas: Schemas) -> Schema:
    content = (
        _file(schemas) if isinstance(body.place, File) else {JSON: {"schema": schemas[body.kind]}}
    )
    return {"required": True, "content": content}


def _file(schemas: Schemas) -> Schema:
    """Every kind of file that is taken; only of a JSON array can a schema say what is in it."""
    rows: Schema = {"type": "array", "items": schemas[NewItem]}
    return {
        kind: {"schema": rows if form == "json" else TEXT, "example": FILES[form]}
        for kind, form in FORMATS.items()
    }


def _success(operation: Operation, schema: Schema, is_tagged: bool) -> Schema:
    response: Schema = {"description": operation.status.phrase}
    begins = operation.status is HTTPStatus.ACCEPTED
    if is_tagged:
        response["headers"] = TAG | LOCATION if begins else TAG
    if operation.status is not HTTPStatus.NO_CONTENT:
        response["content"] = {JSON: {"schema": schema}}
    return response


def _parameters(parameter: Parameter, operation: Operation, schemas: Schemas) -> list[Schema]:
    """None for a body or a login, the encoding of a file; several for a model in the query."""
    if isinstance(parameter.place, Login):
        return []
    if parameter.in_body:
        return [CONTENT_ENCODING] if isinstance(parameter.place, File) else []
    if parameter.is_model:
        model = schemas[parameter.kind]
        required = model.get("required", [])
        return [
            _parameter(name, "query", schema, required=name in required)
            for name, schema in model["properties"].items()
        ]
    schema = TypeAdapter(parameter.annotation).json_schema()
    match parameter.place:
        case Header():
            needed = parameter.name == "If-Match" and operation.needs_tag
            return [_parameter(parameter.name, "header", schema, required=needed)]
        case Query():
            return [_parameter(parameter.name, "query", schema, required=True)]
    return [_parameter(parameter.name, "path", schema, required=True)]


def _parameter(name: str, place: str, schema: Schema, *, required: bool) -> Schema:
    """In a URL all is text: what may be a number or its digits in JSON is a number there."""
    told = {key: value for key, value in schema.items() if key not in {"title", "description"}}
    if told.get("default", ...) is None:
        del told["default"]
    if "anyOf" in told:
        told = {**{k: v for k, v in told.items() if k != "anyOf"}, **_as_text(told["anyOf"])}
    parameter = {"name": name, "in": place, "required": required, "schema": told}
    if description := schema.get("description"):
        parameter["description"] = description
    return parameter


def _as_text(choices: list[Schema]) -> Schema:
    texts = [each for each in choices if each != {"type": "null"}]
    numbers = [each for each in texts if each["type"] == "integer"]
    if numbers and len(texts) > 1 and "pattern" in texts[-1] and "minLength" not in texts[-1]:
        return numbers[0]
    return texts[0] if len(texts) == 1 else {"anyOf": texts}
