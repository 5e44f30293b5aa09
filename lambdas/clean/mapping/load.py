"""Mapping files: read, held to the contracts, and found by the key of an object that arrives."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lambdas.clean.mail.rows import columns
from lambdas.clean.mapping.drift import drift
from lambdas.clean.mapping.errors import MappingError
from lambdas.clean.mapping.model import SourceMapping
from lambdas.clean.mapping.sense import examine
from lambdas.declared import parsed, text_of, validated
from lambdas.lake.layout import CAPTURED, RAW

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PREFIX = re.compile(rf"{RAW}([a-z0-9][a-z0-9._=-]*/)+")
SUFFIX = ".yaml"


def load(text: str, name: str) -> SourceMapping:
    """The mapping `name` out of its file's text. Raises MappingError with file, place and fault."""
    try:
        return _mapping(parsed(text, MappingError), name)
    except MappingError as error:
        raise error.within(file_of(name)) from error


def file_of(name: str) -> str:
    """Where people find a mapping."""
    return f"sources/{name}{SUFFIX}"


def _mapping(said: Any, name: str) -> SourceMapping:
    if not NAME.fullmatch(name):
        raise MappingError("a mapping's name has small letters, digits and hyphens")
    if not isinstance(said, dict):
        raise MappingError("a mapping is an object with `entities`")
    settled = {
        **said,
        "name": name,
        "arrives": said.get("arrives") or f"{RAW}{name}/",
        "namespace": said.get("namespace") or name,
    }
    mapping = validated(SourceMapping, settled, MappingError)
    if not PREFIX.fullmatch(mapping.arrives):
        raise MappingError(f"{mapping.arrives!r} is no prefix such as `{RAW}shop/`").at("arrives")
    examine(mapping)
    if mapping.mail and (missing := drift(mapping, columns(mapping.mail)).missing):
        raise MappingError(f"no template finds {', '.join(missing)}").at("mail", "templates")
    return mapping


class Mappings:
    """All mappings there are. Raises MappingError if an object could belong to two."""

    def __init__(self, mappings: Iterable[SourceMapping]) -> None:
        self.all = tuple(mappings)
        self.faults: dict[str, MappingError] = {}
        taken = {f"{RAW}{entity}/": "the API's own records" for entity in CAPTURED.values()}
        for each in self.all:
            for prefix, owner in taken.items():
                if prefix.startswith(each.arrives) or each.arrives.startswith(prefix):
                    raise MappingError(
                        f"{each.arrives} and {prefix}, where {owner} arrive, cannot be told apart",
                        file_of(each.name),
                        ("arrives",),
                    )
            taken[each.arrives] = f"the objects of {each.name}"

    @classmethod
    def of_folder(cls, folder: Path, *, strict: bool = True) -> Mappings:
        """Raises MappingError; if not `strict`, only once an object of the faulty mapping comes."""
        found, faults = [], {}
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            try:
                found.append(load(text_of(path, file_of(path.stem), MappingError), path.stem))
                cls(found)
            except MappingError as error:
                if strict:
                    raise
                found = [each for each in found if each.name != path.stem]
                faults[f"{RAW}{path.stem}/"] = error
        mappings = cls(found)
        mappings.faults = faults
        for each in mappings.all:
            if fault := mappings.attached_nowhere(each):
                if strict:
                    raise fault
                mappings.faults[each.arrives] = fault
        return mappings

    def attached_nowhere(self, mapping: SourceMapping) -> MappingError | None:
        """What is wrong if attachments of its mails are for a mapping that cannot take them."""
        for number, rule in enumerate(mapping.mail.attachments if mapping.mail else ()):
            into = self.by_name.get(rule.into)
            if into is None or into.mail:
                fault = f"{rule.into} is no mapping of files"
                place = ("mail", "attachments", number, "into")
                return MappingError(fault, file_of(mapping.name), place)
        return None

    def of_key(self, key: str) -> SourceMapping | None:
        """The mapping of a raw object; None if the object is the API's, or nobody's.

        Raises MappingError if it is where objects of a faulty mapping arrive that does not say
        otherwise.
        """
        for prefix, fault in self.faults.items():
            if key.startswith(prefix):
                raise fault
        return next((each for each in self.all if key.startswith(each.arrives)), None)

    @cached_property
    def arrivals(self) -> dict[str, str]:
        """Prefixes by name."""
        return {each.name: each.arrives for each in self.all}

    @cached_property
    def by_name(self) -> dict[str, SourceMapping]:
        return {each.name: each for each in self.all}
