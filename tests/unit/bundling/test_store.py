"""A built folder is complete or not there, is built once, and has the same bytes each time."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from subprocess import PIPE, Popen
from time import sleep

import pytest

from stacks.bundling.bundler import ROOT
from stacks.bundling.store import ZIP_EPOCH, built_once, digest, files_digest


def build_slowly(log: Path, folder: Path) -> None:
    (folder / "first").write_text("1")
    with log.open("a") as lines:
        lines.write("built\n")
    sleep(0.1)
    (folder / "second").write_text("2")


def names_after_building(target: Path, log: Path) -> list[str]:
    return sorted(each.name for each in built_once(target, partial(build_slowly, log)).iterdir())


def test_of_threads_that_start_at_once_one_builds_and_all_see_it_whole(tmp_path: Path) -> None:
    call = partial(names_after_building, tmp_path / "cache" / "bundle", tmp_path / "log")
    with ThreadPoolExecutor(4) as pool:
        seen = [each.result() for each in [pool.submit(call) for _ in range(4)]]
    assert seen == [["first", "second"]] * 4
    assert (tmp_path / "log").read_text() == "built\n"


def test_of_processes_that_start_at_once_one_builds_and_all_see_it_whole(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.unit.bundling.test_store import *; "
        "print(*names_after_building(Path(sys.argv[1]), Path(sys.argv[2])))"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "bundle"), str(tmp_path / "log")]
    started = [Popen(command, cwd=ROOT, stdout=PIPE, text=True) for _ in range(3)]
    assert [each.communicate()[0] for each in started] == ["first second\n"] * 3
    assert (tmp_path / "log").read_text() == "built\n"


def test_a_build_that_fails_leaves_nothing_and_can_be_tried_again(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        built_once(tmp_path / "bundle", fail)
    assert [each.name for each in tmp_path.iterdir()] == [".bundle.lock"]
    assert names_after_building(tmp_path / "bundle", tmp_path / "log") == ["first", "second"]


def test_times_and_modes_do_not_depend_on_who_builds_and_when(tmp_path: Path) -> None:
    def build(folder: Path) -> None:
        (folder / "sub").mkdir(mode=0o700)
        (folder / "sub" / "file").touch(mode=0o600)

    built = built_once(tmp_path / "bundle", build)
    seen = {
        each.name: (oct(each.stat().st_mode & 0o777), each.stat().st_mtime)
        for each in [built, *built.rglob("*")]
    }
    assert seen == {
        "bundle": ("0o755", ZIP_EPOCH),
        "sub": ("0o755", ZIP_EPOCH),
        "file": ("0o644", ZIP_EPOCH),
    }


def test_a_digest_knows_where_its_parts_end() -> None:
    assert digest([b"ab", b"c"]) != digest([b"a", b"bc"])
    assert digest([b"ab", b"c"]) == digest([b"ab", b"c"])


def test_a_digest_of_files_covers_names_and_contents_but_not_times(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1")
    two.write_text("2")
    before = files_digest(tmp_path, [one, two])
    os.utime(one, (0, 0))
    assert files_digest(tmp_path, [two, one]) == before
    one.write_text("2")
    two.write_text("1")
    assert files_digest(tmp_path, [one, two]) != before
