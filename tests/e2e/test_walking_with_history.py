"""History waits in the lake until it is backfilled, and is in gold once then."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from lambdas.lake.layout import RAW
from local import operate
from local.backfill import backfill
from local.generate.__main__ import generate
from local.generate.compare import gold
from local.generate.objects import HISTORY
from local.generate.world import Wish
from local.operate import OperateError
from local.queries import ENGINES

if TYPE_CHECKING:
    from local.generate.truth import Truth
    from local.pipeline import Pipeline

pytestmark = pytest.mark.xdist_group("cloud")
WISH = Wish(lines=400, years=1, days=1, until=date(2016, 1, 1), mess=0.1)
"""Of years in which nothing else is sold here."""
WAITS, SOURCE = f"{RAW}history-sales/backfill/", f"{HISTORY}/history-sales/"


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory, pipeline: Pipeline) -> Truth:
    """The lake has the months, and nothing else of it."""
    folder = tmp_path_factory.mktemp("made")
    made = generate(WISH, folder, Console(quiet=True))
    for path in months(made):
        key = f"{WAITS}{path.removeprefix(SOURCE)}"
        body = (folder / path).read_bytes()
        pipeline.s3.put_object(Bucket=pipeline.bucket, Key=key, Body=body)
    return made


def months(truth: Truth) -> list[str]:
    return [path for path in truth.objects if path.startswith(SOURCE)]


def run(pipeline: Pipeline, **given: Any) -> dict[str, Any]:
    return backfill(pipeline.access, lambda _: None, prefix=WAITS, **given)


def sold(pipeline: Pipeline, engine: str = ENGINES[0]) -> dict[str, tuple[int, int, str]]:
    found = gold(pipeline.access, engine).sales
    return {month: sums for month, sums in found.items() if month < "2016"}


def test_it_waits_though_it_is_swept(truth: Truth, pipeline: Pipeline) -> None:
    swept = operate.sweep(pipeline.access, lambda _: None, prefix=WAITS)
    assert [page["unclaimed"] for page in swept["pages"]] == [0]
    assert run(pipeline, dry_run=True)["objects"] == len(months(truth))
    assert sold(pipeline) == {}


def test_it_is_promoted_once_however_often_it_is_backfilled(
    truth: Truth, pipeline: Pipeline
) -> None:
    done = run(pipeline)
    there = [truth.objects[path] for path in months(truth)]
    assert done["counts"] == {
        "records": sum(each.records for each in there),
        "accepted": sum(each.accepted for each in there),
        "quarantined": sum(sum(each.quarantined.values()) for each in there),
        "duplicate": sum(each.duplicate for each in there),
        "ignored": 0,
    }
    for engine in ENGINES:
        assert sold(pipeline, engine) == truth.files.history.sales
    assert run(pipeline)["runs"] == done["runs"]


def test_what_is_not_there_is_told_by_name(pipeline: Pipeline) -> None:
    with pytest.raises(OperateError, match="nothing under raw/nobody/"):
        backfill(pipeline.access, lambda _: None, prefix="raw/nobody/")
    for prefix in (None, RAW, "gold/sales/"):
        with pytest.raises(OperateError, match="which objects"):
            backfill(pipeline.access, lambda _: None, prefix=prefix)
