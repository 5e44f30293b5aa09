"""The whole promotion, in process, held to what is known of generated data.

Laws 2 and 3: gold says what the truth says, however the objects are dealt out over runs, and though
some come twice. That every record is where the truth says: tests/integration.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from local.generate import serve
from local.generate.__main__ import generate, main
from local.generate.objects import HISTORY, INCREMENT
from local.generate.truth import Truth
from tests.generated import WISH, gold, put
from tests.promoting import PromotedLake

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("generated")
    generate(WISH, made, Console(quiet=True))
    return made


def test_gold_is_the_same_however_the_objects_come(folder: Path) -> None:
    lake, chance = PromotedLake(), random.Random(WISH.seed)
    objects = [*put(lake, folder, INCREMENT), *put(lake, folder, HISTORY)]
    objects += chance.sample(objects, 5)
    chance.shuffle(objects)
    for number in range(3):
        lake.promote(f"run-{number}", objects[number::3])
    assert gold(lake) == Truth.read(folder).files.gold


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
    for day in truth.pulls.values():
        assert all(each.accepted for each in day.values())
        assert any(each.quarantined for each in day.values())
    gone = {name for name, each in truth.pulls["2"].items() if each.tombstones}
    assert gone == {"fischmarkt-customers", "teehaus-customers", "teehaus-products"}
    named, known = truth.files.history.members["customer"]
    assert known < named, "no sale came before its customer"
    assert truth.files.gold.members["customer"][0] > named


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
    assert serve.main([str(tmp_path)]) == 1
    assert "api/1/products.json" in capsys.readouterr().err
