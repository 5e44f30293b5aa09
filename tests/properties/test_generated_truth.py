"""The whole promotion, in process, held to what is known of generated data.

Laws 1, 2 and 3: every record of every object is where the truth says, and gold says what the truth
says, however the objects are dealt out over runs, and though some come twice.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from lambdas.lake.documents import RawObject
from lambdas.lake.layout import RAW
from local.generate.__main__ import generate, main
from local.generate.objects import HISTORY, INCREMENT
from local.generate.truth import GoldTruth, ObjectTruth, Truth
from local.generate.world import Wish
from tests.promoting import PromotedLake

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lambdas.lake.documents import CleanedObject

WISH = Wish(lines=1500, years=1, days=11, mess=0.2)
KNOWN_BY = {"customer": "email", "inventory": "item_name", "vendor": "vendor_name"}
"""The column that says who or what a member is."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("generated")
    generate(WISH, made, Console(quiet=True))
    return made


def put(lake: PromotedLake, folder: Path, half: str) -> list[RawObject]:
    objects = []
    for path in Truth.read(folder).objects:
        if path.startswith(half):
            key = f"{RAW}{path.removeprefix(f'{half}/')}"
            lake.store.put(key, (folder / path).read_bytes())
            objects.append(RawObject(key, lake.store.version_id(key)))
    return objects


def found(cleaned: Iterable[CleanedObject]) -> dict[str, ObjectTruth]:
    return {
        each.source.key: ObjectTruth(
            each.counts.accepted, each.counts.duplicate, each.counts.ignored, each.reasons
        )
        for each in cleaned
    }


def expected(truth: Truth, half: str) -> dict[str, ObjectTruth]:
    return {
        f"{RAW}{path.removeprefix(f'{half}/')}": each
        for path, each in truth.objects.items()
        if path.startswith(half)
    }


def gold(lake: PromotedLake) -> GoldTruth:
    members = {table: lake.members(table, column) for table, column in KNOWN_BY.items()}
    return GoldTruth(lake.sales(), members)


def test_history_and_then_the_increment_are_what_the_truth_says(folder: Path) -> None:
    truth, lake = Truth.read(folder), PromotedLake()
    cleaned = lake.promote("history", put(lake, folder, HISTORY))
    assert found(cleaned) == expected(truth, HISTORY)
    assert gold(lake) == truth.history
    cleaned = lake.promote("increment", put(lake, folder, INCREMENT))
    assert found(cleaned) == expected(truth, INCREMENT)
    assert gold(lake) == truth.gold


def test_gold_is_the_same_however_the_objects_come(folder: Path) -> None:
    lake, chance = PromotedLake(), random.Random(WISH.seed)
    objects = [*put(lake, folder, INCREMENT), *put(lake, folder, HISTORY)]
    objects += chance.sample(objects, 5)
    chance.shuffle(objects)
    for number in range(3):
        lake.promote(f"run-{number}", objects[number::3])
    assert gold(lake) == Truth.read(folder).gold


def test_the_same_wish_gives_the_same_data_and_another_seed_other_data(
    folder: Path, tmp_path: Path
) -> None:
    again, other = tmp_path / "again", tmp_path / "other"
    asked = ["--lines", "1500", "--years", "1", "--days", "11", "--mess", "0.2"]
    assert main([str(again), *asked]) == 0
    assert main([str(other), *asked, "--seed", "2"]) == 0
    assert files(again) == files(folder)
    assert Truth.read(other).gold != Truth.read(folder).gold


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_data_holds_every_format_and_all_that_the_wish_is_about(folder: Path) -> None:
    truth = Truth.read(folder)
    reasons = {code for each in truth.objects.values() for code in each.quarantined}
    assert reasons >= {"missing_field", "out_of_range", "ragged_row", "bad_type"}
    assert any(each.duplicate for each in truth.objects.values())
    named, known = truth.history.members["customer"]
    assert known < named, "no sale came before its customer"
    assert truth.gold.members["customer"][0] > named


def test_what_cannot_be_made_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for asked, said in ((["--lines", "1"], "lines"), (["--mess", "2"], "mess")):
        with pytest.raises(SystemExit):
            main([str(tmp_path), *asked])
        assert said in capsys.readouterr().err
    (tmp_path / "there.txt").touch()
    assert main([str(tmp_path)]) == 1
    assert "not empty" in capsys.readouterr().err
