"""Cold imports from the bundle that ships: fresh interpreters that see it before all else."""

from __future__ import annotations

import platform
import statistics
import subprocess
import sys
import sysconfig

from stacks.bundling import Bundler
from stacks.shop import API

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "LAKE_BUCKET": "bench",
    "LAMBDA_TASK_ROOT": "/var/task",
    "TABLE_NAME": "bench",
}
"""As in Lambda, where the tracer works and Lambda chooses what is traced: elsewhere the X-Ray SDK
makes a client of its own to learn that, which takes longer than all the rest of it.
"""
TIME_IMPORT = """
import importlib, sys, time
sys.path[:0] = sys.argv[2:]
began = time.perf_counter()
importlib.import_module(sys.argv[1])
print(time.perf_counter() - began)
"""
BARE, SDK, HANDLER = "aws_lambda_powertools", "boto3", f"lambdas.{API.handler}"


def cold_imports(rounds: int = 7) -> dict[str, float]:
    """Median seconds by module, of interpreters that start in turns.

    The bundle is the one for this machine's platform and Python; what Lambda's runtime has beside
    it (boto3) comes from this environment.
    """
    here = Bundler(platform=f"{platform.machine()}-manylinux_2_28", python=PYTHON)
    code, bundle = here.stage_code(API.rooms, API.beside), here.bundle(API.bundle) / "python"
    path = [str(code), str(bundle), sysconfig.get_paths()["purelib"]]
    seconds: dict[str, list[float]] = {BARE: [], SDK: [], HANDLER: []}
    for _ in range(rounds + 1):
        for module, times in seconds.items():
            command = [sys.executable, "-B", "-I", "-S", "-c", TIME_IMPORT, module, *path]
            done = subprocess.run(  # noqa: S603  # our own interpreter
                command, env=ENVIRONMENT, capture_output=True, text=True, check=True
            )
            times.append(float(done.stdout))
    return {module: statistics.median(times[1:]) for module, times in seconds.items()}
