"""Holds answers of the API to its document: every route, status, header and member of a body."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from local.openapi.__main__ import described

if TYPE_CHECKING:
    from collections.abc import Mapping

ROUTELESS = {"/openapi.json", "/docs"}
"""Where the document itself is: it does not describe its own pages."""


class UndocumentedError(AssertionError):
    """The API answered what its document does not say."""


DOCUMENT = "urn:openapi"


@cache
def validator(reference: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": DOCUMENT + reference}, registry=registry())


@cache
def operations() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Path patterns with their operations by method."""
    return [
        (re.compile(re.sub(r"{\w+}", "[^/]+", path)), methods)
        for path, methods in described()["paths"].items()
    ]


@cache
def registry() -> Registry[Any]:
    resource = DRAFT202012.create_resource(described())
    found: Registry[Any] = Registry().with_resource(DOCUMENT, resource)
    return found


def hold(method: str, path: str, status: int, headers: Mapping[str, str], body: Any) -> None:
    """Raises UndocumentedError. Answers where there is no route are not in the document."""
    found = [methods for pattern, methods in operations() if pattern.fullmatch(path.rstrip("/"))]
    operation = found[0].get("get" if method == "HEAD" else method.lower()) if found else None
    if operation is None:
        if status not in {204, 404, 405, 200 if path in ROUTELESS else 404}:
            raise UndocumentedError(f"{method} {path} answered {status}")
        return
    place = f"{method} {path} {status}"
    response = operation["responses"].get(str(status))
    if response is None:
        raise UndocumentedError(f"{place}: only {sorted(operation['responses'])} are documented")
    if missing := response.get("headers", {}).keys() - headers.keys():
        raise UndocumentedError(f"{place} lacks the headers {sorted(missing)}")
    if "content" in response and method != "HEAD":
        kind = headers["Content-Type"].partition(";")[0]
        schema = response["content"][kind]["schema"]
        errors = [list(validator(each["$ref"]).iter_errors(body)) for each in _choices(schema)]
        for error in min(errors, key=len):
            raise UndocumentedError(f"{place} {error.json_path}: {error.message}")


def _choices(schema: dict[str, Any]) -> list[dict[str, Any]]:
    choices: list[dict[str, Any]] = schema.get("oneOf", [schema])
    return choices
