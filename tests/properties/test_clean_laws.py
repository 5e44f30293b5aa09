"""Laws 1, 2 and 6 on cleaning: whatever an object holds, every record is accounted for."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.clean.captured.transform import clean, originals
from lambdas.clean.quarantine import render
from lambdas.lake.documents import RawObject, RecordCounts
from tests.stream import (
    cart,
    customer,
    item,
    line_of,
    number,
    raw_object,
    record,
    text,
    transaction,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SOURCE = RawObject("raw/customer/dt=2026-03-17/1.ndjson.gz", "v1")

ids, revs = st.integers(1, 3), st.integers(1, 3)
good = st.one_of(
    st.builds(customer, ids, revs),
    st.builds(item, ids, revs),
    st.builds(cart, ids, revs, lines=st.just(1), ever=st.just(3)),
    st.builds(transaction, ids.map(str)),
).map(line_of)
bad = st.one_of(
    st.builds(customer, st.integers(-3, 0), revs).map(line_of),
    st.builds(item, ids, revs, price=st.sampled_from([number("1.005"), text("1")])).map(line_of),
    st.builds(cart, ids, revs, lines=st.just(4), ever=st.just(3)).map(line_of),
    st.builds(transaction, ids.map(str), lines=st.just(0)).map(line_of),
    st.sampled_from([b"{", b"[]", b"\xff\xfe", b'{"dynamodb": 1}', b"null", b'"\\ud800"']),
)
removed = st.just(line_of(record(None, "REMOVE")))
blank = st.sampled_from([b"", b"  ", b"\r"])
anything = st.binary(max_size=40).filter(lambda data: b"\n" not in data and not data.isspace())
moderately = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

Outcome = tuple[RecordCounts, dict[str, bytes], list[dict[str, Any]]]


def cleaned(connection: DuckDBPyConnection, body: bytes) -> Outcome:
    """Counts, the Parquet bytes by entity, and the entries of the quarantine."""
    with TemporaryDirectory() as folder:
        outcome = clean(connection, body, Path(folder))
        accepted = {each.entity: each.path.read_bytes() for each in outcome.accepted}
        for each in outcome.accepted:
            assert pq.read_metadata(each.path).num_rows == each.rows
    quarantine = gzip.decompress(
        render(SOURCE, outcome.rejected, originals(body, outcome.rejected))
    ).splitlines()
    return outcome.counts, accepted, [json.loads(line) for line in quarantine]


def rows(parquet: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(io.BytesIO(parquet)).to_pylist()
    return found


@moderately
@given(
    lines=st.lists(
        st.one_of(
            st.tuples(st.just("good"), good),
            st.tuples(st.just("bad"), bad),
            st.tuples(st.just("removed"), removed),
            st.tuples(st.just("blank"), blank),
        ),
        max_size=12,
    )
)
def test_every_record_is_accepted_quarantined_duplicate_or_ignored(
    connection: DuckDBPyConnection, lines: list[tuple[str, bytes]]
) -> None:
    body = raw_object(*(data for _, data in lines))
    of = {kind: [data for each, data in lines if each == kind] for kind, _ in lines}
    counts, accepted, quarantine = cleaned(connection, body)

    goods = of.get("good", [])
    assert counts == RecordCounts(
        records=sum(kind != "blank" for kind, _ in lines),
        accepted=len(set(goods)),
        quarantined=len(of.get("bad", [])),
        duplicate=len(goods) - len(set(goods)),
        ignored=len(of.get("removed", [])),
    )
    assert counts.balanced
    assert [each["row"] for each in quarantine] == [
        row for row, (kind, _) in enumerate(lines, 1) if kind == "bad"
    ]
    alone = cleaned(connection, raw_object(*goods))[1]
    assert {entity: rows(data) for entity, data in accepted.items()} == {
        entity: rows(data) for entity, data in alone.items()
    }  # law 6: neighbours do no harm
    assert (counts, accepted, quarantine) == cleaned(connection, body)  # law 2


@moderately
@given(
    lines=st.lists(good | bad | anything, min_size=1, max_size=8),
    cut=st.floats(0, 1),
    noise=st.binary(max_size=8),
)
def test_damaged_bytes_lose_no_count_and_stop_nothing(
    connection: DuckDBPyConnection, lines: list[bytes], cut: float, noise: bytes
) -> None:
    whole = raw_object(*lines)
    place = int(len(whole) * cut)
    body = whole[:place] + noise + whole[place + len(noise) :]
    counts, accepted, quarantine = cleaned(connection, body)
    assert counts.balanced
    assert len(quarantine) == counts.quarantined
    assert (counts, accepted, quarantine) == cleaned(connection, body)

    short = cleaned(connection, whole[:place])
    assert short[0].balanced
    if 2 <= place < len(whole):
        assert short[2][-1]["code"] in {"truncated", "unreadable_object"}
