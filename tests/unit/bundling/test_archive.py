"""A bundle's zip holds the folder's files, and the same content gives the same bytes."""

from pathlib import Path
from zipfile import ZipFile

from stacks.bundling.archive import archive
from stacks.bundling.store import built_once


def bundle(folder: Path) -> Path:
    def build(draft: Path) -> None:
        (draft / "python" / "pkg").mkdir(parents=True)
        (draft / "python" / "pkg" / "__init__.py").write_text("answer = 42\n" * 100)
        (draft / "python" / "six.py").write_text("")

    return built_once(folder, build)


def test_a_zip_holds_every_file_under_its_place_in_the_layer(tmp_path: Path) -> None:
    with ZipFile(archive(bundle(tmp_path / "api"))) as packed:
        assert packed.namelist() == ["python/pkg/__init__.py", "python/six.py"]
        assert packed.read("python/pkg/__init__.py") == b"answer = 42\n" * 100
        assert {entry.external_attr >> 16 for entry in packed.infolist()} == {0o100644}


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = (archive(bundle(tmp_path / place / "api")) for place in ("here", "there"))
    assert one.read_bytes() == two.read_bytes()
