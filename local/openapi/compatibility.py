"""Which changes of an OpenAPI document break clients that were written for it. Pure.

A client breaks if what it sends is refused or what it reads is gone: an operation or an answer
that is no more; a parameter or member that it must send now, or may not send as it did; a member
of an answer that is gone, may be missing, or is of another kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Schema = dict[str, Any]
LEAST = ("minimum", "exclusiveMinimum", "minLength", "minItems")
MOST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def breaking(before: Schema, after: Schema) -> list[str]:
    """In sentences that name the operation and the place; none if every client goes on."""
    return [
        sentence
        for path, operations in before["paths"].items()
        for method, operation in operations.items()
        for sentence in _operation(
            f"{method.upper()} {path}",
            (before, operation),
            (after, after["paths"].get(path, {}).get(method)),
        )
    ]


Of = tuple[Schema, Any]
"""A part of a document, with the document that its references lead into."""


def _operation(name: str, before: Of, after: Of) -> Iterator[str]:
    if after[1] is None:
        yield f"{name} is gone"
        return
    yield from _parameters(name, before, after)
    yield from _bodies(name, before, after)
    for status, answer in before[1]["responses"].items():
        if not status.startswith("2"):
            continue
        if status not in after[1]["responses"]:
            yield f"{name} answers {status} no more"
            continue
        given = after[1]["responses"][status]
        yield from _answer(f"{name} {status}", (before[0], answer), (after[0], given))


def _parameters(name: str, before: Of, after: Of) -> Iterator[str]:
    known = {(each["in"], each["name"]): each for each in before[1].get("parameters", [])}
    wanted = {(each["in"], each["name"]): each for each in after[1].get("parameters", [])}
    for key, parameter in known.items():
        place = f"{name} {key[0]} {key[1]}"
        if key not in wanted:
            yield f"{place} is taken no more"
        else:
            yield from _request(
                place, (before[0], parameter["schema"]), (after[0], wanted[key]["schema"])
            )
    for key, parameter in wanted.items():
        if parameter.get("required") and not known.get(key, {}).get("required"):
            yield f"{name} {key[0]} {key[1]} is required"


def _bodies(name: str, before: Of, after: Of) -> Iterator[str]:
    known = before[1].get("requestBody", {}).get("content", {})
    wanted = after[1].get("requestBody", {}).get("content", {})
    for kind, content in known.items():
        if kind not in wanted:
            yield f"{name} takes no {kind} any more"
            continue
        sent = (before[0], content["schema"]), (after[0], wanted[kind]["schema"])
        yield from _request(f"{name} body", *sent)


def _request(place: str, before: Of, after: Of) -> Iterator[str]:
    """What a client may send must still be taken."""
    if missing := _types(before) - _types(after):
        yield f"{place} may be {', '.join(sorted(missing))} no more"
        return
    old, new = _found(before), _found(after)
    yield from _bounds(place, old, new)
    yield from _members(place, old, new)
    known = old.get("properties", {})
    for member, schema in new.get("properties", {}).items():
        if member in known:
            both = (before[0], known[member]), (after[0], schema)
            yield from _request(f"{place}.{member}", *both)
    if "items" in old and "items" in new:
        yield from _request(f"{place}[]", (before[0], old["items"]), (after[0], new["items"]))


def _bounds(place: str, old: Schema, new: Schema) -> Iterator[str]:
    for word in LEAST:
        if word in new and new[word] > old.get(word, float("-inf")):
            yield f"{place}: {word} is {new[word]} now"
    for word in MOST:
        if word in new and new[word] < old.get(word, float("inf")):
            yield f"{place}: {word} is {new[word]} now"


def _members(place: str, old: Schema, new: Schema) -> Iterator[str]:
    known, wanted = old.get("properties", {}), new.get("properties", {})
    for member in new.get("required", []):
        if member not in old.get("required", []):
            yield f"{place}.{member} is required"
    if new.get("additionalProperties") is False:
        for member in sorted(known.keys() - wanted.keys()):
            yield f"{place}.{member} is taken no more"


def _answer(place: str, before: Of, after: Of) -> Iterator[str]:
    for header in before[1].get("headers", {}).keys() - after[1].get("headers", {}).keys():
        yield f"{place} has no header {header} any more"
    for kind, content in before[1].get("content", {}).items():
        if kind not in after[1].get("content", {}):
            yield f"{place} has no {kind} any more"
            continue
        shown = after[1]["content"][kind]["schema"]
        yield from _shown(place, (before[0], content["schema"]), (after[0], shown))


def _shown(place: str, before: Of, after: Of) -> Iterator[str]:
    """What a client reads must still be there, and of no other kind."""
    old, new = _found(before), _found(after)
    added = _types(after) - _types(before)
    if added:
        yield f"{place} may be {', '.join(sorted(added))} now"
        return
    for member, schema in old.get("properties", {}).items():
        if member not in new.get("properties", {}):
            yield f"{place}.{member} is gone"
            continue
        if member in old.get("required", []) and member not in new.get("required", []):
            yield f"{place}.{member} may be missing now"
        yield from _shown(
            f"{place}.{member}", (before[0], schema), (after[0], new["properties"][member])
        )
    if "items" in old and "items" in new:
        yield from _shown(f"{place}[]", (before[0], old["items"]), (after[0], new["items"]))


def _found(part: Of) -> Schema:
    """A schema itself, where it is but a reference."""
    document: Schema = part[0]
    schema: Schema = part[1]
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _types(part: Of) -> set[str]:
    """What a value may be; with a constant or an enumeration, which values."""
    schema = _found(part)
    if "anyOf" in schema:
        return {kind for each in schema["anyOf"] for kind in _types((part[0], each))}
    kinds = schema.get("type", "anything")
    named = set(kinds) if isinstance(kinds, list) else {kinds}
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return {repr(value) for value in values} or named
