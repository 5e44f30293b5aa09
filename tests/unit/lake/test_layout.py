"""Keys that follow from raw keys: fixed, distinct, readable, and short enough for S3."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts import BY_ENTITY
from lambdas.lake.layout import CAPTURED, NAME_BYTES, captured_entity, cleaned_key, quarantine_key
from tests.fakes import KEY_BYTES

LONGEST = max(BY_ENTITY, key=len)

pieces = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
stretches = st.sampled_from([1, 100, (NAME_BYTES - 1) // 4, NAME_BYTES])
raw_keys = st.builds(
    lambda piece, times, end: f"raw/{piece * times}{end}", pieces, stretches, pieces
)
raw_keys = raw_keys.map(lambda key: key.encode()[:KEY_BYTES].decode(errors="ignore"))


def made(key: str, version: str = "v1", part: int = 0) -> set[str]:
    return {quarantine_key(key, version, part), cleaned_key(LONGEST, key, version, part)}


@given(raw_keys)
def test_whatever_the_raw_key_what_follows_from_it_fits_and_begins_like_it(key: str) -> None:
    for each in made(key, "v" * KEY_BYTES, 99_999):
        assert len(each.encode()) <= KEY_BYTES
    name = key.removeprefix("raw/")
    beginning = name.encode()[: NAME_BYTES - 3].decode(errors="ignore")
    assert quarantine_key(key, "v1").startswith(f"quarantine/{beginning}")
    if len(name.encode()) <= NAME_BYTES:
        assert quarantine_key(key, "v1").startswith(f"quarantine/{name}@")


@given(raw_keys, raw_keys)
def test_no_two_raw_keys_lead_to_one_name(one: str, other: str) -> None:
    as_cut = "raw/" + quarantine_key(one, "v1").removeprefix("quarantine/").rpartition("@")[0]
    for key in (other, as_cut):
        assert key == one or not made(one) & made(key)


def test_long_names_that_end_differently_are_told_apart_by_version_and_part_too() -> None:
    long = "raw/shop/" + "é" * 500
    found = [
        key
        for raw, version, part in product((long, f"{long}x"), ("v1", "v2"), (0, 1))
        for key in made(raw, version, part)
    ]
    assert len(set(found)) == len(found)


@given(st.lists(st.sampled_from(["raw/", "customer", "Cart", "dt=", "/", "1"]), max_size=6))
def test_captured_is_what_is_announced_as_a_change(parts: list[str]) -> None:
    key = "".join(parts)
    announced = {entity for prefix, entity in CAPTURED.items() if key.startswith(prefix)}
    assert {captured_entity(key)} - {None} == announced
