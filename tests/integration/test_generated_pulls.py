"""All that is generated, promoted in process and held to the truth: files, a database and an API.

Law 1: every record of every object and every row of a pull is where the truth says, and gold says
what the truth says, after history and the first day, and after the increment and the second.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pgserver
import pytest
from rich.console import Console

from lambdas.ingest.kinds import KINDS
from lambdas.ingest.pulls import FOLDER, load_named
from lambdas.ingest.task import Task
from lambdas.lake.documents import RawObject
from lambdas.lake.layout import RAW
from local.generate.__main__ import generate
from local.generate.database import FILE
from local.generate.objects import HISTORY, INCREMENT
from local.generate.pulled import DATABASE
from local.generate.truth import PullTruth, Truth
from tests.generated import WISH, expected, found, gold, put
from tests.promoting import PromotedLake
from tests.pulling import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lambdas.lake.documents import CleanedObject
    from tests.integration.shops_database import Shop

pytestmark = pytest.mark.xdist_group("shop")
PSQL = Path(pgserver.__file__).parent / "pginstall" / "bin" / "psql"
ON_A_PAGE = "3"


@dataclass
class Pulls:
    """Both shops, which are as made on one day after the other, and the lake that takes them."""

    folder: Path
    shop: Shop
    lake: PromotedLake = field(default_factory=PromotedLake)

    def __post_init__(self) -> None:
        self.world = World(self.lake.store)

    def promoted(self, day: int, half: str) -> list[CleanedObject]:
        """What became of a half's files, and of what is pulled on its last day."""
        objects = put(self.lake, self.folder, half) + self._pulled(day)
        return self.lake.promote(half, objects)

    def _pulled(self, day: int) -> list[RawObject]:
        store = self.lake.store
        before = set(store.keys(RAW))
        self._load(self.folder / DATABASE / str(day) / FILE)
        self._pull("fischmarkt", self.shop.secret())
        with served(self.folder, day) as secret:
            self._pull("teehaus", secret)
        new = [key for key in store.keys(RAW) if key not in before]
        return [RawObject(key, store.version_id(key)) for key in new]

    def _load(self, script: Path) -> None:
        """As whoever tries it does."""
        server = ["-h", str(self.shop.server.data), "-U", "postgres", "-d", self.shop.name]
        command = [str(PSQL), *server, "-q", "-v", "ON_ERROR_STOP=1", "-f", str(script)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    def _pull(self, name: str, secret: str) -> None:
        (pull,) = load_named([name], FOLDER)
        tools = replace(self.world.tools(), secret=lambda _name: secret)
        for resource in pull.resources:
            KINDS[pull.kind](Task(pull, resource, self.shop.name, datetime.now(UTC)), tools)

    def told(self, cleaned: Iterable[CleanedObject]) -> dict[str, PullTruth]:
        """By mapping, of what was pulled."""
        of: dict[str, PullTruth] = defaultdict(PullTruth)
        for each in cleaned:
            truth = of[each.source.key.split("/")[1]]
            truth.accepted += each.counts.accepted
            truth.duplicate += each.counts.duplicate
            truth.quarantined = dict(Counter(truth.quarantined) + Counter(each.reasons))
            body = gzip.decompress(self.lake.store.get(each.source.key).body)
            truth.tombstones += body.count(b'"_deleted":true')
        return of


@contextmanager
def served(folder: Path, day: int) -> Iterator[str]:
    """The API of the day, by the command that does so; what it prints is the pull's secret."""
    serve = [sys.executable, "-m", "local.generate.serve", str(folder)]
    command = [*serve, "--day", str(day), "--most", ON_A_PAGE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield process.stdout.readline()
        finally:
            process.terminate()
    assert process.returncode == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("generated")
    generate(WISH, made, Console(quiet=True))
    return made


def test_each_day_of_both_shops_and_all_files_are_what_the_truth_says(
    folder: Path, shop: Shop
) -> None:
    truth, pulls = Truth.read(folder), Pulls(folder, shop)
    for day, half, wanted in ((1, HISTORY, truth.history), (2, INCREMENT, truth.gold)):
        cleaned = pulls.promoted(day, half)
        sent = expected(truth, half)
        pulled = [each for each in cleaned if each.source.key not in sent]
        assert found(each for each in cleaned if each.source.key in sent) == sent
        assert pulls.told(pulled) == truth.pulls[str(day)]
        assert gold(pulls.lake) == wanted
