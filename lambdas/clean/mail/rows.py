"""An object that is a mail, as records: one for each order in it, or none and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.clean.formats.model import EACH, Row
from lambdas.clean.formats.packed import Bounds, DamagedError, Unpacked, of_whole
from lambdas.clean.mail.bounds import MAX_BYTES, MAX_FORWARDED_BYTES, held
from lambdas.clean.mail.message import FIELDS, Mail, attachment
from lambdas.clean.mail.patterns import pattern
from lambdas.clean.mail.structure import no_mail, read_message
from lambdas.clean.mail.templates import LINES, MAIL, fields, is_for, matched
from lambdas.clean.reasons import WHOLE_OBJECT, Reason, RejectedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lambdas.clean.formats.packed import Source
    from lambdas.clean.mail.message import Attachment
    from lambdas.clean.mapping.mail import Attached, MailMapping, Template
    from lambdas.clean.reasons import Rejection

NO_TEMPLATE = "no template is for the mail"
BOUNDS = Bounds(size=MAX_BYTES)


@dataclass(frozen=True)
class Taken:
    """An attachment that is a file of a source, by the name of its mapping."""

    into: str
    file: Attachment


@dataclass
class MailRows:
    """What a mail is: `rows`, or `ignored` for a reason. `left` counts attachments nobody takes."""

    rows: list[Row] = field(default_factory=list)
    ignored: str = ""
    taken: list[Taken] = field(default_factory=list)
    left: int = 0


def read_mail(source: Source, mapping: MailMapping) -> MailRows:
    """A mail that cannot be read is one row with a fault; errors of `source` are raised."""
    unpacked = Unpacked(source, BOUNDS)
    try:
        data = b"".join(unpacked)
    except DamagedError as damage:
        return _refused(_of_mail(damage.rejection), unpacked.beginning)
    try:
        return _read(data, mapping)
    except RejectedError as error:
        return _refused(error.rejection, data)


def columns(mapping: MailMapping) -> tuple[tuple[str, ...], ...]:
    """The ways to all that templates may find."""
    return tuple(dict.fromkeys(way for each in mapping.templates for way in _ways(each)))


def _ways(template: Template) -> Iterator[tuple[str, ...]]:
    yield from ((MAIL, name) for name in FIELDS)
    yield from ((name,) for name in template.fields)
    if lines := template.lines:
        names = lines.fields if template.reads == "html" else pattern(lines.each).names
        yield from ((LINES, EACH, name) for name in names)


def _of_mail(damage: Rejection) -> Rejection:
    if damage.reason is Reason.TOO_LARGE:
        return Reason.MAIL_BEYOND_BOUNDS.of(limit=f"{MAX_BYTES:,} bytes")
    return of_whole(damage)


def _refused(rejection: Rejection, data: bytes) -> MailRows:
    return MailRows([Row(WHOLE_OBJECT, 0, {}, data, rejection)])


def _read(data: bytes, mapping: MailMapping) -> MailRows:
    message = read_message(data)
    mail = Mail(message)
    found = MailRows()
    _attach(_rules(mapping, mail), mail, found)
    for each in mail.forwarded:
        try:
            rules = _rules(mapping, each)
        except RejectedError:
            rules = []  # whoever sent it, nobody whose files are taken
        _attach(rules, each, found)
    fitting = matched(mapping, mail)
    if fitting is None:
        if mail.opaque and any(is_for(each.when, mail) for each in mapping.templates):
            raise no_mail(f"its text is within {mail.opaque}: have it sent as text or HTML")
        found.ignored = NO_TEMPLATE
        return found
    template, mails = fitting
    held(sum(each.size for each in mails), MAX_FORWARDED_BYTES, "bytes of mails in one another")
    for number, each in enumerate(mails, start=1):
        original, fault = each.original, None
        record: dict[str, Any] = {}
        try:
            record = fields(template, each)
        except RejectedError as error:
            fault = error.rejection
        found.rows.append(Row(number, 0, record, original, fault))
    return found


def _rules(mapping: MailMapping, mail: Mail) -> list[Attached]:
    return [rule for rule in mapping.attachments if is_for(rule.when, mail)]


def _attach(rules: list[Attached], mail: Mail, found: MailRows) -> None:
    for part in mail.attached:
        into = next((r.into for r in rules if pattern(r.names).fits(part.name)), None)
        if into is None:
            found.left += 1
        else:
            found.taken.append(Taken(into, attachment(part)))
