"""Templates on a mail: whether one is for it, and the fields and lines that it finds there."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from lambdas.clean.mail.bounds import MAX_FIELD, MAX_LINES, held
from lambdas.clean.mail.patterns import pattern
from lambdas.clean.mail.selectors import Selector
from lambdas.clean.reasons import Reason, RejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.clean.mail.html import Document, Element
    from lambdas.clean.mail.message import Mail
    from lambdas.clean.mapping.mail import Find, Lines, MailMapping, Template, When

    Line = dict[str, str | None]

LINES = "lines"
"""The field under which a template's lines are."""

MAIL = "mail"


@cache
def selector(text: str) -> Selector:
    """Raises ValueError."""
    return Selector(text)


def is_for(when: When, mail: Mail) -> bool:
    """Raises RejectedError for a header that cannot be read."""
    if when.from_ and not pattern(when.from_).fits(mail.sender):
        return False
    return not when.subject or pattern(when.subject).fits(mail.subject)


def matched(mapping: MailMapping, mail: Mail) -> tuple[Template, list[Mail]] | None:
    """The first template that is for the mail, or for mails that are attached to it, and these.

    Raises RejectedError.
    """
    for template in mapping.templates:
        among = mail.forwarded if template.forwarded else [mail]
        readable = [each for each in among if each.has(template.reads)]
        if fitting := [each for each in readable if is_for(template.when, each)]:
            return template, fitting
    return None


def fields(template: Template, mail: Mail) -> dict[str, Any]:
    """The record that a mail is. Raises RejectedError."""
    reader = _Html(template, mail) if template.reads == "html" else _Text(template, mail)
    found: dict[str, Any] = {MAIL: mail.fields(template.name)}
    for name, find in template.fields.items():
        found[name] = _kept(template, name, find, reader.one(find))
        if find.once and len({_part(find, each) for each in reader.every(find)} - {""}) > 1:
            raise _missing(template, f"single {name}")
    if template.lines:
        found[LINES] = _lines(template, template.lines, reader)
    return found


def _lines(template: Template, said: Lines, reader: _Html | _Text) -> list[Line]:
    found: list[Line] = []
    for line in reader.lines(said):
        held(len(found) + 1, MAX_LINES, "lines")
        found.append(line)
    if not found:
        raise _missing(template, LINES)
    if said.count:
        wanted = _kept(template, "count", said.count, reader.one(said.count))
        if wanted is not None and wanted != str(len(found)):
            short = Reason.MISSING_IN_MAIL.of(f"{wanted} {LINES}", template.name)
            raise RejectedError(short.because(f"it finds {len(found)}"))
    return found


def _kept(template: Template, name: str, find: Find, text: str | None) -> str | None:
    text = _part(find, text)
    held(len(text), MAX_FIELD, f"characters in {name}")
    if not text and not find.optional:
        raise _missing(template, name)
    return text or None


def _part(find: Find, text: str | None) -> str:
    """What of the text is asked for."""
    if find.pattern and text is not None:
        text = pattern(find.pattern).first(text)
    return (text or "").strip()


def _missing(template: Template, name: str) -> RejectedError:
    return RejectedError(Reason.MISSING_IN_MAIL.of(name, template.name))


class _Html:
    """Finds by selectors."""

    def __init__(self, template: Template, mail: Mail) -> None:
        self._template, self._mail = template, mail
        self._document: Document = mail.html

    def one(self, find: Find) -> str | None:
        if find.of == "subject":
            return self._mail.subject
        return self._at(find, self._document.root)

    def every(self, find: Find) -> Iterator[str | None]:
        """What is at each of its places in the body."""
        if find.at and find.of == "body":
            for element in selector(find.at).all(self._document, self._document.root):
                yield self._said(find, element)

    def lines(self, said: Lines) -> Iterator[Line]:
        elements = selector(said.each).all(self._document, self._document.root)
        for number, element in enumerate(elements, start=1):
            place = f"{LINES}[{number}]"
            yield {
                name: _kept(self._template, f"{place}.{name}", find, self._at(find, element))
                for name, find in said.fields.items()
            }

    def _at(self, find: Find, scope: Element) -> str | None:
        element = selector(find.at).first(self._document, scope) if find.at else scope
        return None if element is None else self._said(find, element)

    def _said(self, find: Find, element: Element) -> str | None:
        if find.attribute:
            return element.attributes.get(find.attribute.lower())
        return self._document.text(element)


class _Text:
    """Finds by patterns."""

    def __init__(self, template: Template, mail: Mail) -> None:
        self._template, self._mail = template, mail

    def one(self, find: Find) -> str | None:
        if find.of == "subject":
            return self._mail.subject
        return pattern(find.at).first(self._mail.text) if find.at else None

    def every(self, find: Find) -> Iterator[str]:
        """What is at each of its places in the body."""
        return pattern(find.at).every(self._mail.text) if find.at else iter(())

    def lines(self, said: Lines) -> Iterator[Line]:
        for groups in pattern(said.each).all(self._mail.text):
            yield {name: (text or "").strip() or None for name, text in groups.items()}
