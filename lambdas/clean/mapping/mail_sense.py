"""Whether what a mapping says of mails makes sense: held to what patterns and selectors can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambdas.clean.mail.patterns import pattern
from lambdas.clean.mail.templates import LINES, MAIL, selector
from lambdas.clean.mapping.errors import MappingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lambdas.clean.mapping.mail import Find, Lines, MailMapping, Template, When

    Place = tuple[object, ...]


def examine_mail(said: MailMapping) -> None:
    """Raises MappingError with the place and what is wrong there."""
    for number, rule in enumerate(said.attachments):
        place = ("mail", "attachments", number)
        _when(rule.when, place)
        _compiled(pattern, rule.names, (*place, "names"))
    names = [template.name for template in said.templates]
    for number, template in enumerate(said.templates):
        place = ("mail", "templates", number)
        if template.name in names[:number]:
            raise MappingError(f"there are two templates {template.name}").at(*place, "name")
        _template(template, place)


def _template(template: Template, place: Place) -> None:
    _when(template.when, place)
    for name, find in template.fields.items():
        if name in {LINES, MAIL}:
            raise MappingError("the mail itself is under this name, or its lines").at(
                *place, "fields", name
            )
        _find(template, find, (*place, "fields", name), within=False)
    if template.lines:
        _lines(template, template.lines, (*place, LINES))


def _lines(template: Template, said: Lines, place: Place) -> None:
    if said.count:
        _find(template, said.count, (*place, "count"), within=False)
    if template.reads == "html":
        _compiled(selector, said.each, (*place, "each"))
        for name, find in said.fields.items():
            _find(template, find, (*place, "fields", name), within=True)
        return
    _compiled(pattern, said.each, (*place, "each"))
    if said.fields:
        raise MappingError("in text, the groups of `each` are the fields").at(*place, "fields")
    if not pattern(said.each).names:
        raise MappingError("this has no named group `(?P<name>...)`").at(*place, "each")


def _find(template: Template, find: Find, place: Place, *, within: bool) -> None:
    if fault := next(_faults(template, find, within=within), None):
        raise MappingError(fault).at(*place)
    if find.pattern:
        _compiled(pattern, find.pattern, (*place, "pattern"))
    if find.at:
        _compiled(selector if template.reads == "html" else pattern, find.at, (*place, "at"))


def _faults(template: Template, find: Find, *, within: bool) -> Iterator[str]:
    if find.of == "subject":
        if within:
            yield "a line is not found in the subject"
        if find.at or find.attribute or not find.pattern:
            yield "of the subject there is a pattern alone"
    elif not find.at and not within:
        yield "it is not said where to find this: `at`"
    if find.attribute and template.reads != "html":
        yield "only HTML has attributes"


def _when(when: When, place: Place) -> None:
    for name, text in (("from", when.from_), ("subject", when.subject)):
        if text:
            _compiled(pattern, text, (*place, "when", name))


def _compiled(read: Callable[[str], object], text: str, place: Iterable[object]) -> None:
    try:
        read(text)
    except ValueError as error:
        raise MappingError(str(error)).at(*place) from error
