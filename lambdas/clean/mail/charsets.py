"""Bytes of a mail as text: by the charset that it names, or refused. Nothing is replaced.

A name that is missing or wrong is no reason to guess: what is UTF-8 by its bytes is UTF-8, since no
text of another charset looks like it, and what its charset cannot be is refused.
"""

from __future__ import annotations

import codecs

from lambdas.clean.formats.encodings import WESTERN, WESTERN_TOO
from lambdas.clean.reasons import Reason, RejectedError

UTF_8 = "utf-8"
KNOWN = {
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "koi8-r", "koi8-u"),
    *(f"iso8859-{number}" for number in (*range(1, 12), *range(13, 17))),
    *(f"cp{number}" for number in (*range(1250, 1259), 437, 850, 852, 866, 874, 932, 949, 950)),
    *("shift_jis", "euc_jp", "iso2022_jp", "gb2312", "gbk", "gb18030", "big5", "euc_kr"),
    *("mac-roman", "tis-620", "johab", "hz", "iso2022_jp", "iso2022_kr"),
}
"""Python's names. It has codecs besides that are no charsets, and some that can be made to work
long."""

APART = {"utf-16", "utf-16-le", "utf-16-be", "hz", "iso2022_jp", "iso2022_kr"}
"""Their bytes may be valid UTF-8, and mean something else."""


def decoded(data: bytes, charset: str, what: str) -> str:
    """Raises RejectedError, which says `what` is not text."""
    name = _name(charset)
    if name is None:
        raise _refused(what, f"{charset[:40]!r}, which is not known here")
    if name not in APART:
        try:
            return data.decode(UTF_8)
        except UnicodeDecodeError as error:
            if not charset or name in {UTF_8, "ascii"}:
                named = charset or "UTF-8, and it names no charset"
                raise _refused(what, named) from error
    try:
        return data.decode(WESTERN if name in WESTERN_TOO else name)
    except UnicodeDecodeError as error:
        raise _refused(what, charset) from error


def _name(charset: str) -> str | None:
    if not charset:
        return UTF_8
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return None
    return name if name in KNOWN else None


def _refused(what: str, charset: str) -> RejectedError:
    return RejectedError(Reason.MAIL_UNDECODABLE.of(what, charset))
