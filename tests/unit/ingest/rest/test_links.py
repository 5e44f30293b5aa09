"""The `Link` header, as RFC 8288 has it."""

from __future__ import annotations

import pytest

from lambdas.ingest.rest.errors import RefusedError
from lambdas.ingest.rest.links import next_link

HERE = "https://api.example.com/v2/products?page=1"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", None),
        ("<https://api.example.com/p?2>; rel=next", "https://api.example.com/p?2"),
        ('<?page=2>; rel="next"', "https://api.example.com/v2/products?page=2"),
        (
            '</a,b;c>; title="x; rel=\\"prev\\", y"; REL="last Next"',
            "https://api.example.com/a,b;c",
        ),
        (
            '<?a>; rel=prev, <?b>;rel=next ,<?c>; rel="last"',
            "https://api.example.com/v2/products?b",
        ),
        ("<?a>; rel=prev; rel=next", None),
        ('<?a>; rel=next; anchor="/other"', None),
        ("<?a>; rel=nextish, <?b>", None),
        ("?a; rel=next", None),
        ("<?a>; rel=next, " * 2, "https://api.example.com/v2/products?a"),
    ],
)
def test_the_next_page_is_where_the_header_says(header: str, found: str | None) -> None:
    assert next_link(header, HERE) == found


def test_a_hostile_header_costs_no_time() -> None:
    assert next_link("<a>" + "; a" * 20_000 + '; b="', HERE) is None


@pytest.mark.parametrize(
    "said", ["http://[oops/", "https://evil.example\\@api.example.com/", "a b"]
)
def test_what_is_no_address_is_refused_by_name(said: str) -> None:
    with pytest.raises(RefusedError, match=r"/v2/products: .* an address that cannot be read"):
        next_link(f"<{said}>; rel=next", HERE)
