"""Bytecode is for the target's Python and is trusted unchecked; without a compiler, we say so."""

import marshal
import sys
from pathlib import Path
from types import CodeType

import pytest

from stacks.bundling import BundleError, Bundler, MissingBytecodeWarning
from stacks.bundling.bytecode import Compiler, NoCompilerError, compiler_for

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
UNCHECKED_HASH = 0b01
SIX = """\
six==1.17.0 \\
    --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274
"""


def test_modules_get_unchecked_bytecode_that_names_the_layer_in_tracebacks(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "module.py").write_text("answer = 42\n")
    compiler_for(HERE, tmp_path).compile(tmp_path)
    (compiled,) = tmp_path.rglob("*.pyc")
    header, body = compiled.read_bytes()[:16], compiled.read_bytes()[16:]
    code = marshal.loads(body)  # noqa: S302  # written by the line above
    assert compiled.name == f"module.{sys.implementation.cache_tag}.pyc"
    assert int.from_bytes(header[4:8], "little") == UNCHECKED_HASH
    assert isinstance(code, CodeType)
    assert code.co_filename == "/opt/python/room/module.py"


def test_a_module_that_does_not_compile_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def :\n")
    with pytest.raises(BundleError, match=r"broken\.py"):
        compiler_for(HERE, tmp_path).compile(tmp_path)


def test_a_compiler_of_another_version_is_refused(tmp_path: Path) -> None:
    own = compiler_for(HERE, tmp_path)
    with pytest.raises(BundleError, match="not cpython-399"):
        Compiler(own.identity, own.command, "cpython-399").compile(tmp_path)


def test_a_python_that_cannot_be_had_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoCompilerError, match=r"no Python 3\.99 is installed"):
        compiler_for("3.99", tmp_path)


def test_without_a_compiler_the_bundle_is_built_all_the_same_and_warns(tmp_path: Path) -> None:
    _lock(tmp_path, SIX)
    bundler = Bundler(python="3.99", root=tmp_path, cache=tmp_path / "cache")
    for _ in range(2):  # built, then found in the cache
        with pytest.warns(MissingBytecodeWarning, match=r"no Python 3\.99"):
            folder = bundler.bundle("api")
    assert (folder / "python" / "six.py").is_file()
    assert not list(folder.rglob("*.pyc"))


@pytest.mark.parametrize("lock", ["six==1.17.0\n", SIX.replace("sha256:4", "sha256:5")])
def test_what_has_not_the_locked_hash_is_not_bundled(tmp_path: Path, lock: str) -> None:
    _lock(tmp_path, lock)
    with pytest.raises(BundleError, match=r"(?i)hash"):
        Bundler(python=HERE, root=tmp_path, cache=tmp_path / "cache").bundle("api")


def _lock(root: Path, text: str) -> None:
    requirements = root / "lambdas" / "requirements" / "api.txt"
    requirements.parent.mkdir(parents=True)
    requirements.write_text(text)
