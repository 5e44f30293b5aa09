"""One laptop cloud: up with the real CDK CLI, reachable, and down without a trace."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from local.access import (
    ACCOUNT,
    FUNCTION_VARIABLES,
    REGION,
    SETTINGS,
    Access,
    process_environment,
)
from local.deployment import NoCloudError
from local.emulator import Emulator
from local.people import SIGN_IN, create_sign_in, role_names
from local.processes import ROOT, ServerError, Servers, free_port, listening
from local.warehouse import ddl

if TYPE_CHECKING:
    from local.progress import Progress

CLOUDS = Path(os.environ.get("MERCADO_CLOUDS", ROOT / ".local"))
NODE = Path(sys.prefix) / "bin" / "node"
CDK = ROOT / "node_modules" / "aws-cdk" / "bin" / "cdk"
ACCESS, OUTPUTS, WAREHOUSE = "access.json", "outputs.json", "warehouse"
WORKGROUP, DATABASE = "mercado-warehouse", "mercado"
STACKS = ("MercadoLake", "MercadoShop", "MercadoPipeline", "MercadoOperations", "MercadoPeople")
"""Those that the laptop deploys; with identities the shop's stack brings its own along."""
PULLING = "MercadoIngest"
"""Beside them, if the settings name pulls."""
PEOPLE = f"arn:aws:iam::{ACCOUNT}:role/mercado/people/*"


class Cloud:
    """A laptop cloud in a folder of its own; several may run side by side.

    `settings` are the deployment's, in place of the laptop's usual ones. `emulator` and
    `functions` are environment variables of the emulator and of every function.
    """

    def __init__(
        self,
        folder: Path,
        settings: dict[str, Any] | None = None,
        emulator: dict[str, str] | None = None,
        functions: dict[str, str] | None = None,
    ) -> None:
        self.folder = folder
        self.settings = settings or {}
        self.emulator = emulator or {}
        self.functions = functions or {}
        self.servers = Servers(folder)

    def up(self, progress: Progress) -> Access:
        """Starts the servers, deploys all stacks but the warehouse's, applies the DDL."""
        self.down()
        self.folder.mkdir(parents=True)
        self.servers = Servers(self.folder)
        with ThreadPoolExecutor() as pool:
            try:
                return self._up(progress, pool)
            except BaseException:
                self.servers.stop_all()  # else the pool waits for what was begun
                raise

    def _up(self, progress: Progress, pool: ThreadPoolExecutor) -> Access:
        with progress.step("Emulator (IAM enforced, TLS, loopback)"):
            emulator = Emulator(self.servers)
            emulator.start(self.emulator)
        warehouse_port = free_port()
        access = Access(
            endpoint=emulator.endpoint,
            warehouse=f"http://127.0.0.1:{warehouse_port}",
            certificate=str(emulator.certificate),
            outputs={},
        )
        with progress.step("Bundles and synthesis; bootstrap; PostgreSQL, side by side"):
            beside = [
                pool.submit(self._synthesize, access),
                pool.submit(self._bootstrap, access),
                pool.submit(self._start_warehouse, access, warehouse_port),
            ]
            for each in beside:
                each.result()
        with progress.step("cdk deploy"):
            access = self._deploy(access)
        with progress.step("Warehouse DDL"):
            warehouse = access.client("redshift-data")
            ddl.apply(warehouse, WORKGROUP, DATABASE)
            ddl.admit_people(warehouse, WORKGROUP, DATABASE, role_names(access.outputs))
        access.write(self.folder / ACCESS)
        return access

    def down(self) -> None:
        """Ends every process of this cloud, also of one that crashed, and removes its files."""
        self.servers.stop_all()
        self._end_warehouse()
        temporary = self.folder / "temporary"
        if temporary.exists():
            shutil.rmtree(temporary.read_text(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def alive(self) -> bool:
        """Deployed, and all its servers run."""
        servers = self.servers.all()
        deployed = (self.folder / ACCESS).exists() and bool(servers)
        return deployed and all(each.runs for each in servers)

    @property
    def access(self) -> Access:
        """How to reach it; raises NoCloudError if there is none, or one that is broken."""
        access = Access.read(self.folder / ACCESS)
        ended = [each.name for each in self.servers.all() if not each.runs]
        if ended:
            raise NoCloudError(
                f"the cloud here is broken, since its {' and '.join(ended)} ended: "
                "`make down`, then `make cloud`"
            )
        return access

    def stop_warehouse(self) -> None:
        """Takes the warehouse away, in good order, while all else runs. Its data stays.

        Raises NoCloudError.
        """
        Access.read(self.folder / ACCESS)
        self.servers.stop("warehouse")
        self._end_warehouse()

    def start_warehouse(self) -> None:
        """Brings it back under the same address, with the data that it had.

        Raises NoCloudError, and ServerError if it is not away.
        """
        access = self.access
        port = urlsplit(access.warehouse).port
        if port is None or listening(port):
            raise ServerError(f"the warehouse is not away: something answers at {access.warehouse}")
        self._start_warehouse(access, port)

    def _end_warehouse(self) -> None:
        """Server and PostgreSQL, also after a crash."""
        if not (self.folder / WAREHOUSE).exists():
            return
        command = [sys.executable, "-m", "local.warehouse", "--stop"]
        command += ["--data", str(self.folder / WAREHOUSE)]
        subprocess.run(
            command, cwd=ROOT, env=process_environment({}), capture_output=True, check=True
        )

    def _start_warehouse(self, access: Access, port: int) -> None:
        command = [sys.executable, "-m", "local.warehouse", "--port", str(port)]
        command += ["--data", str(self.folder / WAREHOUSE)]
        command += ["--workgroup", WORKGROUP, "--database", DATABASE]
        command += ["--s3-endpoint", access.endpoint, "--ca", access.certificate]
        self.servers.start(
            "warehouse",
            command,
            process_environment(access.environment),
            ready=lambda: listening(port),
        )

    def _synthesize(self, access: Access) -> None:
        variables = {
            "AWS_CA_BUNDLE": access.certificate,
            "AWS_ENDPOINT_URL_REDSHIFT_DATA": access.warehouse,
            **self.functions,
        }
        environment = access.environment | {
            "CDK_OUTDIR": str(self.folder / "cdk.out"),
            FUNCTION_VARIABLES: json.dumps(variables),
            SETTINGS: json.dumps(self.settings),
        }
        command = [sys.executable, "-m", "local.app"]
        self.servers.run("synthesis", command, process_environment(environment))

    def _bootstrap(self, access: Access) -> None:
        command = [
            str(NODE),
            str(CDK),
            "bootstrap",
            f"aws://{ACCOUNT}/{REGION}",
            "--app",
            "",
            "--no-notices",
        ]
        self.servers.run("bootstrap", command, process_environment(access.environment))

    def _deploy(self, access: Access) -> Access:
        outputs = self.folder / OUTPUTS
        stacks = (*STACKS, PULLING) if self.settings.get("pulls") else STACKS
        command = [str(NODE), str(CDK), "deploy", *stacks, "--app", str(self.folder / "cdk.out")]
        command += ["--require-approval", "never", "--concurrency", "2", "--no-notices"]
        command += ["--method", "direct", "--outputs-file", str(outputs)]
        self.servers.run("deploy", command, process_environment(access.environment))
        found = json.loads(outputs.read_text())
        values = {name: value for stack in found.values() for name, value in stack.items()}
        values |= {
            "WorkgroupName": WORKGROUP,
            "DatabaseName": DATABASE,
        }  # of the stack not deployed
        values[SIGN_IN] = create_sign_in(access, PEOPLE)
        return Access(access.endpoint, access.warehouse, access.certificate, values)


def clouds() -> list[Cloud]:
    """Every laptop cloud that left files here, running or crashed."""
    return [Cloud(file.parent) for file in CLOUDS.glob("*/servers.json")]
