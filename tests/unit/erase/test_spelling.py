"""An address is found however it is written, and not inside of another address."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.erase.spelling import either_order, whole

ADDRESS = "jörg.o'neil+shop@example.com"


def spelled_otherwise(text: str) -> dict[str, str]:
    everything_escaped = "".join(f"\\u{ord(each):04X}" for each in text)
    return {
        "as it is": f"<{text}>",
        "in capitals": text.upper(),
        "in JSON": json.dumps({"to": text}),
        "in JSON with every letter escaped": f'"{everything_escaped}"',
        "in JSON in JSON in JSON": json.dumps(json.dumps(json.dumps({"to": text}))),
        "decomposed": text.replace("ö", "o\u0308"),
        "in an address of the web": f"https://example.com/?email={quote(text)}&page=2",
        "behind a line break in JSON": json.dumps(f"to:\n{text}\nfrom"),
        "behind an escaped bracket": f'"\\u003c{text}\\u003e"',
        "at the end of a sentence": f"Write to {text}.",
    }


@pytest.mark.parametrize("how", spelled_otherwise(""))
def test_an_address_is_found_however_it_is_spelled(how: str) -> None:
    pattern = whole([ADDRESS])
    assert pattern
    assert pattern.search(spelled_otherwise(ADDRESS)[how]), how


@pytest.mark.parametrize(
    "other",
    [
        "xda@example.com",
        "not.da@example.com",
        "shop+da@example.com",
        "da@example.com.au",
        "da@example.comic",
        "da@example-com",
        "da@examplexcom",
    ],
)
def test_an_address_is_not_found_inside_of_another(other: str) -> None:
    pattern = whole(["da@example.com"])
    assert pattern
    assert not pattern.search(other)


@given(st.from_regex(r"[^@\s]{1,20}@[^@\s]{1,20}", fullmatch=True))
def test_any_address_is_found_in_json(address: str) -> None:
    pattern = whole([address])
    assert pattern
    assert pattern.search(json.dumps([address]))
    assert pattern.search(json.dumps([address], ensure_ascii=False))


def test_names_are_found_side_by_side_in_either_order_only() -> None:
    pattern = either_order([("Ada", "Li")])
    assert pattern
    for together in ("Ada Li", "LI, ADA", '"Ada","Li"', "ada_li"):
        assert pattern.search(together), together
    for apart in ("Ada and Li", "Adali", "Ada Lind", "Canada Li"):
        assert not pattern.search(apart), apart


def test_nothing_is_found_of_somebody_without_an_address() -> None:
    assert whole([]) is None
    assert either_order([]) is None
