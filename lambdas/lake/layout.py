"""Where everything lies in the lake bucket. Pure naming: every key is a function of its content.

    imports/<vendor>/<import>.csv.gz                               files of vendors, as sent
    raw/<entity>/dt=2026-03-17/<first>-<last>-<digest>.ndjson.gz   as it arrived
    cleaned/<entity>/dt=2026-03-17/<raw name>@<version>.parquet    checked against the contract
    raw/<source>/...                                               another source's, as it arrived
    raw/<source>/backfill/...                                      waits until a backfill takes it
    raw/<source>/<pull>/<resource>/<first>-<last>-<digest>.csv.gz  fetched from a database
    ingest/<pull>/<resource>/...                                   what a snapshot is compared with
    raw/<source>/attached/<digest>                                 a file that came with a mail
    quarantine/<entity>/dt=.../<raw name>@<version>.ndjson.gz      rejected, each with its reason
    quarantine/imports/<vendor>/<import>/<first row>.ndjson.gz     rejected rows of vendors' files
    work/delta/<run>/<table>/<partition>/bucket-0.parquet          what one run changes
    work/state/<table>/<partition>/bucket-0.parquet                every key with its version
    gold/<table>/<partition>/part-0.parquet                        what analysts read
    runs/<run>/...                                                 manifests and records of runs
    erasures/<customer>.json                                       who was erased, by key alone

A partition is `month=2026-03`, or empty for a table of one partition.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

RAW, CLEANED, QUARANTINE, GOLD, RUNS = "raw/", "cleaned/", "quarantine/", "gold/", "runs/"
IMPORTS, INGEST = "imports/", "ingest/"
WORK, DELTA, STATE, REPLAY, SANDBOX = (
    "work/",
    "work/delta/",
    "work/state/",
    "work/replay/",
    "work/sandbox/",
)
ERASURES, ATHENA = "erasures/", "athena/"
HELD = re.compile(rf"{RAW}[^/]+/backfill/")
RAW_ENTITIES = frozenset({"customer", "vendor", "item", "category", "cart", "transaction"})
UNCLASSIFIED = "unclassified"
CAPTURED = {f"{RAW}{entity}/dt=": entity for entity in sorted({*RAW_ENTITIES, UNCLASSIFIED})}
"""Where capture files the API's changes, by entity; nothing else lies there."""
NAME_BYTES = 900
"""Of a raw object's name in the keys that are made from it, in UTF-8: a raw key may have 1,024, as
any key may, and what stands around the name, with a digest of it, has up to 90."""
LIVE = ""
"""The target of ordinary runs; a replay's target is its own prefix under `work/replay/`."""


def pulled_key(into: str, pull: str, resource: str, name: str) -> str:
    """An object that a pull fetched; `name` follows from what it holds, with its endings."""
    return f"{RAW}{into}/{pull}/{resource}/{name}"


def ingest_key(pull: str, resource: str, name: str) -> str:
    """What a pull keeps for itself about a resource."""
    return f"{INGEST}{pull}/{resource}/{name}"


def import_key(vendor_id: int, name: str, suffix: str) -> str:
    """A vendor's file as it was sent; `suffix` says its format, `csv.gz`."""
    return f"{IMPORTS}{vendor_id}/{name}.{suffix}"


def import_quarantine_key(vendor_id: int, name: str, first_row: int) -> str:
    """Rejected rows of a stretch of a vendor's file (gzip NDJSON)."""
    return f"{QUARANTINE}{IMPORTS}{vendor_id}/{name}/{first_row:06d}.ndjson.gz"


def captured_key(entity: str, day: str, name: str) -> str:
    """A captured object; `day` is the UTC day of its first record as YYYY-MM-DD, or `unknown`."""
    return f"{RAW}{entity}/dt={day}/{name}.ndjson.gz"


def captured_entity(key: str) -> str | None:
    """Of an object that capture wrote; of any other, None."""
    place, day, _ = key.partition("dt=")
    return CAPTURED.get(place + day)


def attached_key(arrives: str, digest: str) -> str:
    """A file that came with a mail, under its source's prefix; the same one but once."""
    return f"{arrives}attached/{digest}"


def is_held(key: str) -> bool:
    """Whether a raw object waits for a backfill, instead of being promoted as it comes."""
    return HELD.match(key) is not None


def cleaned_key(entity: str, raw_key: str, version_id: str, part: int = 0) -> str:
    """The one cleaned object of an entity in one part of one version of a raw object."""
    return f"{CLEANED}{entity}/{_source(raw_key, version_id, part)}.parquet"


def quarantine_key(raw_key: str, version_id: str, part: int = 0) -> str:
    """The one quarantine object of one part of one version of a raw object (gzip NDJSON)."""
    return f"{QUARANTINE}{_source(raw_key, version_id, part)}.ndjson.gz"


def delta_key(run: str, table: str, partition: str, bucket: int) -> str:
    return f"{DELTA}{run}/{_part(table, partition)}bucket-{bucket}.parquet"


def state_key(target: str, table: str, partition: str, bucket: int) -> str:
    root = f"{target}state/" if target else STATE
    return f"{root}{_part(table, partition)}bucket-{bucket}.parquet"


def gold_key(target: str, table: str, partition: str, bucket: int) -> str:
    root = f"{target}gold/" if target else GOLD
    return f"{root}{_part(table, partition)}part-{bucket}.parquet"


def replay_target(replay_id: str) -> str:
    return f"{REPLAY}{replay_id}/"


def erasure_key(customer_id: int) -> str:
    return f"{ERASURES}{customer_id}.json"


def replay_report_key(replay_id: str) -> str:
    """How a replay's gold compared with live gold."""
    return f"{RUNS}replay-{replay_id}/report.json"


@dataclass(frozen=True)
class BackfillKeys:
    """The documents of one backfill; `name` is the execution's."""

    name: str

    @property
    def portions(self) -> str:
        """What the backfill's map goes over."""
        return f"{RUNS}{self.name}/portions.json"

    def portion(self, number: int) -> str:
        """The objects of one portion."""
        return f"{RUNS}{self.name}/portions/{number:05d}.json"

    def done(self, number: int) -> str:
        """The runs that have promoted a portion: exists once they all succeeded."""
        return f"{RUNS}{self.name}/done/{number:05d}.json"

    @property
    def all_done(self) -> str:
        return f"{RUNS}{self.name}/done/"


@dataclass(frozen=True)
class RunKeys:
    """The documents of one run under `runs/<run>/`; `run` is the execution's name."""

    run: str

    def _key(self, name: str) -> str:
        return f"{RUNS}{self.run}/{name}"

    @property
    def manifest(self) -> str:
        return self._key("manifest.json")

    @property
    def candidates(self) -> str:
        """The objects that the run claims; those that it got are in the manifest."""
        return self._key("candidates.json")

    @property
    def clean_batches(self) -> str:
        return self._key("clean-batches.json")

    def cleaned(self, batch: int) -> str:
        return self._key(f"cleaned/{batch:05d}.json")

    def cleaning(self, batch: int) -> str:
        """How often cleaning the batch together was begun without an end."""
        return self._key(f"cleaning/{batch:05d}-begun.json")

    def cleaned_alone(self, batch: int, index: int) -> str:
        """What became of the batch's object `index`, if each of its objects was cleaned alone."""
        return self._key(f"cleaning/{batch:05d}-{index:05d}.json")

    def cleaned_so_far(self, batch: int, index: int) -> str:
        """What became of that object's parts, while there are more of them."""
        return self._key(f"cleaning/{batch:05d}-{index:05d}-so-far.json")

    def cleaning_alone(self, batch: int, index: int) -> str:
        """How often cleaning that object alone was begun without an end."""
        return self._key(f"cleaning/{batch:05d}-{index:05d}-begun.json")

    @property
    def conformed(self) -> str:
        return self._key("conformed.json")

    def publish_items(self, wave: str) -> str:
        """`wave` is `dimensions` or `facts`: dimensions go first, so that facts join."""
        return self._key(f"publish-{wave}.json")

    def published(self, table: str, partition: str, bucket: int) -> str:
        return self._key(f"published/{_part(table, partition)}bucket-{bucket}.json")

    def copy_manifest(self, table: str) -> str:
        return self._key(f"load/{table}.manifest")

    @property
    def loaded(self) -> str:
        return self._key("loaded.json")

    @property
    def record(self) -> str:
        """Exists once the run has succeeded, and only then."""
        return self._key("record.json")

    @property
    def failure(self) -> str:
        return self._key("failure.json")


def _part(table: str, partition: str) -> str:
    return f"{table}/{partition}/" if partition else f"{table}/"


def _source(raw_key: str, version_id: str, part: int) -> str:
    """Of all parts, the first is named as the only one of most objects is."""
    digest = hashlib.sha256(version_id.encode()).hexdigest()[:12]
    suffix = f"-{part:05d}" if part else ""
    return f"{_name(raw_key.removeprefix(RAW))}@{digest}{suffix}"


def _name(name: str) -> str:
    """As it is, or of one that is too long its beginning and a digest of all of it.

    Which then is longer than all that are not cut, so that none of these can be the same.
    """
    whole = name.encode()
    if len(whole) <= NAME_BYTES:
        return name
    beginning = whole[:NAME_BYTES].decode(errors="ignore")
    return f"{beginning}~{hashlib.sha256(whole).hexdigest()[:32]}"
