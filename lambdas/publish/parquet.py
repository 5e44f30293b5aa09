"""Parquet bytes through awswrangler, complete or not at all.

awswrangler writes a file while it uploads it, and after a failure it still closes the file and
puts what it has: a refused UploadPart or CreateMultipartUpload leaves an object that is nothing
but the file's tail, under a condition that holds, and the error comes too late
(`tests/unit/publish/test_parquet.py` shows it). It also tries a failed upload again whenever the
garbage collector comes by. So it writes to memory here, through the S3 client of a session of our
own, and the lake puts the finished bytes in one conditional request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awswrangler as wr
import pandas as pd

from lambdas.publish.tables import GENERATION

if TYPE_CHECKING:
    import pyarrow as pa

EXACT_TIMESTAMPS = {
    "version": "2.6",
    "flavor": None,  # awswrangler's default, spark, writes INT96
    "use_deprecated_int96_timestamps": False,
    "coerce_timestamps": "us",  # its default, ms, would cut microseconds off
    "allow_truncated_timestamps": False,
}


class MemorySession:
    """What awswrangler's writer asks of a boto3 session and its S3 client, kept in memory."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def client(self, **_options: Any) -> MemorySession:
        return self

    def put_object(self, *, Body: bytes, **_request: Any) -> dict[str, str]:  # noqa: N803  # S3's own name
        self.parts = [Body]
        return {}

    def create_multipart_upload(self, **_request: Any) -> dict[str, str]:
        return {"UploadId": "memory"}

    def upload_part(self, *, Body: bytes, **_request: Any) -> dict[str, str]:  # noqa: N803  # S3's own name
        self.parts.append(Body)
        return {"ETag": str(len(self.parts))}

    def complete_multipart_upload(self, **_request: Any) -> dict[str, str]:
        return {}


def render(table: pa.Table, generation: int) -> bytes:
    """The Parquet bytes of a table; they differ between any two generations.

    Equal tables of one generation give equal bytes. pandas' `attrs` carry the generation into
    the file, and Arrow dtypes carry the types, so that decimals and NULL columns keep theirs.
    """
    frame = table.to_pandas(types_mapper=pd.ArrowDtype)
    frame.attrs[GENERATION] = generation
    memory = MemorySession()
    wr.s3.to_parquet(
        df=frame,
        path="s3://memory/part.parquet",
        index=False,
        compression="snappy",
        use_threads=False,  # parts come in order
        boto3_session=memory,  # type: ignore[arg-type]  # all that is asked of it is its client
        pyarrow_additional_kwargs=dict(EXACT_TIMESTAMPS),
    )
    return b"".join(memory.parts)
