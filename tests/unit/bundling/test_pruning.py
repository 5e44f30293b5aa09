"""What a bundle does without, and what it must keep although it looks needless."""

from pathlib import Path, PurePosixPath

import pytest

from stacks.bundling.pruning import needless, prune


@pytest.mark.parametrize(
    "path",
    [
        "pandas/tests/io/test_parquet.py",
        "numpy/_core/include/numpy/arrayobject.h",
        "numpy/f2py/crackfortran.py",
        "pyarrow/includes/libarrow.pxd",
        "pyarrow/lib.pyx",
        "pyarrow/array.pxi",
        "pyarrow/libarrow_flight.so.2500",
        "pyarrow/libarrow_python_flight.so.2500",
        "pyarrow/_flight.cpython-314-aarch64-linux-gnu.so",
        "pyarrow/_pyarrow_cpp_tests.cpython-311-x86_64-linux-gnu.so",
        "pyarrow/libarrow_python.so",
        "pyarrow/libarrow_python.so.2500.1.0",
        "pyarrow/libarrow_python_parquet_encryption.so.2500.1.0",
        "pandas-3.1.1.dist-info/RECORD",
        "pandas-3.1.1.dist-info/direct_url.json",
        "bin/f2py",
        "wrapt-stubs/__init__.pyi",
        "numpy/conftest.py",
        "distutils-precedence.pth",
    ],
)
def test_what_no_function_reads_goes(path: str) -> None:
    assert needless(PurePosixPath(path))


@pytest.mark.parametrize(
    "path",
    [
        "six.py",
        "numpy/testing/__init__.py",
        "numpy.libs/libscipy_openblas64_-1b7162d6.so",
        "numpy.libs/tests/anything.h",
        "pyarrow/libarrow.so.2500",
        "pyarrow/libarrow_substrait.so.2500",
        "pyarrow/libarrow_python.so.2500",
        "pyarrow/libarrow_python_parquet_encryption.so.2500",
        "pyarrow/_parquet.cpython-314-aarch64-linux-gnu.so",
        "pandas/io/formats/templates/html.tpl",
        "pandas-3.1.1.dist-info/METADATA",
        "pandas-3.1.1.dist-info/licenses/LICENSE",
        "aws_lambda_powertools/event_handler/openapi/swagger_ui/swagger-ui.min.css",
    ],
)
def test_what_a_function_or_a_licence_needs_stays(path: str) -> None:
    assert not needless(PurePosixPath(path))


def test_folders_that_pruning_empties_go_too(tmp_path: Path) -> None:
    for name in ("pandas/tests/io/data.py", "pandas/core.py", "bin/f2py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    prune(tmp_path)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["core.py", "pandas"]
