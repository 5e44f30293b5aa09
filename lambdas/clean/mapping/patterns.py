"""The spellings that parsers take, as regular expressions of the engine (RE2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SIGN_BEFORE, SIGN_BEHIND = "([-+(]?)", "([-)]?)"
MARKS = (" ", "'", "_")
"""Between thousands, beside the one of comma and point that is no decimal mark."""

CODES = (
    *("AED", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR"),
    *("GBP", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KES", "KRW", "MAD", "MXN", "MYR"),
    *("NGN", "NOK", "NZD", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SEK"),
    *("SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR"),
)
SIGNS = (
    *("US$", "US $", "A$", "AU $", "C$", "C $", "R$", "NZ$", "HK$", "S$", "kr", "kr.", "zł", "Kč"),
    *("Fr.", "Fr", "Ft", "lei", "Rs.", "Rs"),
)
ANY_CURRENCY = rf"(?:(?i:{'|'.join([*CODES, *map(re.escape, SIGNS)])})|\p{{Sc}})"
NO_CURRENCY = "[^\\s\\S]"
"""Matches nothing."""

NUMBER_GROUPS = (
    *("sign_1", "currency_1", "sign_2"),
    *("whole", "fraction", "exponent"),
    *("sign_3", "currency_2", "sign_4"),
)

ISO_8601 = (
    r"^([0-9]{4})-?([0-9]{2})-?([0-9]{2})"
    r"(?:[Tt ] ?([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]{1,12}))?)?"
    r" ?(?:([Zz]|UTC|GMT)|([-+])([0-9]{2}):?([0-9]{2})?)?)?$"
)
ISO_GROUPS = (
    *("year", "month", "day", "hour", "minute", "second", "fraction"),
    *("utc", "sign", "hours", "minutes"),
)
EPOCH = r"^-?[0-9]{1,18}(?:\.[0-9]{1,9})?$"
EPOCHS = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch": 0}
"""Microseconds that the unit has; 0 tells the unit by the number's size."""

DIRECTIVES = {
    "Y": "[0-9]{4}",
    "y": "[0-9]{2}",
    "m": "[0-9]{1,2}",
    "d": "[0-9]{1,2}",
    "H": "[0-9]{1,2}",
    "I": "[0-9]{1,2}",
    "M": "[0-9]{1,2}",
    "S": "[0-9]{1,2}",
    "f": "[0-9]{1,6}",
    "p": "(?i:[ap]m)",
    "b": "(?i:[a-z]{3})",
    "B": "(?i:[a-z]{3,9})",
    "a": "(?i:[a-z]{3})",
    "A": "(?i:[a-z]{6,9})",
    "z": "(?:[-+][0-9]{2}:?[0-9]{2})",
    "%": "%",
}
"""What a part of a time looks like. The engine's own reading is looser: 26 is a year to it."""

OF_CLOCK = "HIMSfpz"
PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
DIRECTIVE = re.compile(r"%(.?)|([^%]+)", re.DOTALL)


def quoted(text: str) -> str:
    """What matches this text and no other."""
    return PUNCTUATION.sub(r"\\\g<0>", text)


def number(decimal: str, currency: str) -> str:
    """A number whose decimal mark is `decimal`, and its currency where that pattern matches."""
    marks = (*MARKS, "," if decimal == "." else ".")
    grouped = "|".join(f"(?:{quoted(mark)}[0-9]{{3}})+" for mark in marks)
    whole = f"([0-9]*|[1-9][0-9]{{0,2}}(?:{grouped}))"
    fraction = f"(?:{quoted(decimal)}([0-9]*))?"
    exponent = "(?:[eE]([-+]?[0-9]{1,2}))?"
    return (
        f"^{SIGN_BEFORE} ?({currency})? ?{SIGN_BEFORE} ?{whole}{fraction}{exponent}"
        f" ?{SIGN_BEHIND} ?({currency})? ?{SIGN_BEHIND}$"
    )


def plain_number(marks: Iterable[str]) -> str:
    """What most numbers look like; no other reading of these is possible, and none is as fast."""
    return rf"^-?(?:0|[1-9][0-9]*)(?:[{''.join(marks)}][0-9]{{1,2}})?$"


def currencies(names: Iterable[str] | None) -> str:
    """These signs and codes alone, in any case; without any, all that are known."""
    if names is None:
        return ANY_CURRENCY
    longest_first = sorted(names, key=len, reverse=True)
    return f"(?i:{'|'.join(quoted(name) for name in longest_first)})"


def words(listed: Iterable[str]) -> str:
    """A text that is one of these words, in any case of letters."""
    return f"(?i)^(?:{'|'.join(quoted(word) for word in listed)})$"


def strptime(form: str) -> str:
    """What a text of this format looks like. Raises ValueError for a part that is not known."""
    parts = []
    for directive, text in DIRECTIVE.findall(form):
        if text:
            parts.append(quoted(text))
        elif directive in DIRECTIVES:
            parts.append(DIRECTIVES[directive])
        else:
            raise ValueError(
                f"%{directive} is no part of a time; there are %{', %'.join(DIRECTIVES)}"
            )
    return f"^{''.join(parts)}$"


def has_clock(form: str) -> bool:
    """Whether the format tells a time of the day, not a day alone."""
    return any(directive in OF_CLOCK for directive, _ in DIRECTIVE.findall(form) if directive)
