"""The stand-in as a process: prints one line when it is ready, ends on SIGTERM and SIGINT.

python -m local.warehouse --data DIR --port 5439 --s3-endpoint https://127.0.0.1:4566 --ca ca.pem
python -m local.warehouse --data DIR --stop
Credentials and region for S3 come from the usual AWS variables.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from pathlib import Path

import boto3
from botocore.config import Config

from local.warehouse.server import Warehouse, stop


def main() -> None:
    parser = argparse.ArgumentParser(prog="local.warehouse", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of PostgreSQL's data")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--workgroup", default="samns-mercado")
    parser.add_argument("--database", default="mercado")
    parser.add_argument("--s3-endpoint", help="where COPY reads; AWS's own if not given")
    parser.add_argument("--ca", help="certificate of the S3 endpoint's authority")
    parser.add_argument("--stop", action="store_true", help="end what runs in --data")
    options = parser.parse_args()
    if options.stop:
        stop(options.data)
        return
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    s3 = boto3.client(
        "s3",
        endpoint_url=options.s3_endpoint,
        verify=options.ca,
        config=Config(s3={"addressing_style": "path"}),
    )
    with Warehouse(
        options.data.resolve(),
        s3=s3,
        workgroup=options.workgroup,
        database=options.database,
        port=options.port,
    ) as warehouse:
        sys.stdout.write(f"warehouse ready at {warehouse.url}\n")
        sys.stdout.flush()
        ended.wait()


if __name__ == "__main__":
    main()
