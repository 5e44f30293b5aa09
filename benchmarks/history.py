"""Years of history through the laptop's cloud: `python -m benchmarks.history [LINES] [YEARS]`.

History with a known truth is made, put under `raw/`, and backfilled source by source, on a cloud of
its own with IAM enforced. Told are the records a second, each function's highest memory (resident,
looked at ten times a second) beside its setting, and whether Athena and the warehouse show what was
made. The emulator's servers share the machine with the functions: its pace is no promise of AWS's.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from local.backfill import backfill
from local.cloud import Cloud
from local.generate.__main__ import generate
from local.generate.compare import differences, gold
from local.generate.objects import HISTORY
from local.generate.world import Wish
from local.progress import Progress
from local.queries import ENGINES
from tests.chaos import Accident, Workers, short

if TYPE_CHECKING:
    import threading

    from local.access import Access
    from local.generate.truth import Truth

SOURCES = ("history-vendors", "history-items", "history-customers", "history-sales")
LOOK_SECONDS = 0.1
MIB = 2**20


class Peaks:
    """The most resident memory that any process of each function had, in MiB."""

    def __init__(self, access: Access) -> None:
        self.workers = Workers(access)
        self.found: dict[str, int] = {}

    def look(self, stop: threading.Event) -> None:
        for process, name in self.workers.all().items():
            try:
                resident = process.memory_info().rss // MIB
            except psutil.NoSuchProcess:
                continue  # it ended meanwhile
            self.found[name] = max(resident, self.found.get(name, 0))
        stop.wait(LOOK_SECONDS)

    def beside_settings(self, access: Access) -> dict[str, str]:
        functions = access.client("lambda")

        def setting(name: str) -> int:
            return int(functions.get_function_configuration(FunctionName=name)["MemorySize"])

        highest_first = sorted(self.found.items(), key=lambda each: -each[1])
        return {short(name): f"{peak} of {setting(name)} MiB" for name, peak in highest_first}


def main(lines: int = 6_000_000, years: int = 10) -> int:
    progress = Progress()
    with tempfile.TemporaryDirectory(prefix="mercado-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        made = folder / "made"
        with progress.step("Made history"):
            truth = generate(replace(Wish(), lines=lines, years=years), made, progress.console)
        cloud = Cloud(folder / "cloud")
        try:
            told = measured(cloud.up(progress), made, truth, progress)
        finally:
            cloud.down()
    sys.stdout.write(f"{json.dumps(told, indent=1)}\n")
    return int(any(told["differences"].values()))


def measured(access: Access, made: Path, truth: Truth, progress: Progress) -> dict[str, Any]:
    """What each backfill answers, and what is asked of gold and the warehouse afterwards."""
    with progress.step("Objects put under raw/"):
        objects = put(access, made, truth)
    peaks = Peaks(access)
    began = time.monotonic()
    with Accident(peaks.look):
        answers = {source: filled(access, source, progress) for source in SOURCES}
    seconds = time.monotonic() - began
    records = sum(answer["counts"]["records"] for answer in answers.values())
    with progress.step("Compared with what was made"):
        found = {
            engine: list(differences(truth.files.history, gold(access, engine)))
            for engine in ENGINES
        }
    return {
        "objects": objects,
        "records": records,
        "seconds": round(seconds),
        "records a second": round(records / seconds),
        "backfills": answers,
        "peaks": peaks.beside_settings(access),
        "differences": found,
    }


def put(access: Access, made: Path, truth: Truth) -> int:
    """History's objects, where they wait for their backfill; how many."""
    storage, bucket = access.client("s3"), access.outputs["LakeBucket"]
    paths = [path for path in truth.objects if path.startswith(f"{HISTORY}/")]
    for path in paths:
        source, _, rest = path.removeprefix(f"{HISTORY}/").partition("/")
        key = f"raw/{source}/backfill/{rest}"
        storage.put_object(Bucket=bucket, Key=key, Body=(made / path).read_bytes())
    return len(paths)


def filled(access: Access, source: str, progress: Progress) -> dict[str, Any]:
    with progress.step(f"Backfill of {source}") as say:
        return backfill(access, say, prefix=f"raw/{source}/backfill/")


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:])))
