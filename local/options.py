"""The options of the commands that ask a deployment, as make and people give them."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from local.account import Account
from local.cloud import CLOUDS, Cloud
from local.deployment import NoCloudError
from stacks.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.deployment import Deployment

TRUTHS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def add_deployment(parser: argparse.ArgumentParser) -> None:
    """The laptop's cloud, or with a profile one in an account."""
    parser.add_argument("--profile", help="of the AWS account; without: the laptop's cloud")
    parser.add_argument("--region", help="of the account; without: the profile's own")
    parser.add_argument("--name", help=f"mercado:name there; without: {Settings.name}")


def deployment(arguments: argparse.Namespace) -> Deployment:
    """What the options name. Raises NoCloudError, and what looking up an account raises."""
    if arguments.profile:
        return Account.find(arguments.profile, arguments.region, arguments.name or Settings.name)
    if arguments.region or arguments.name:
        raise NoCloudError("REGION and NAME are an account's: give its PROFILE too")
    return Cloud(CLOUDS / "cloud").access


def add_operations(parsers: Mapping[str, argparse.ArgumentParser]) -> None:
    """What operators may narrow; `given` names the options that their command takes."""
    for parser in parsers.values():
        parser.add_argument("--dry-run", **FLAG, help="say what would be done, and do nothing")
        parser.set_defaults(given=["dry_run"])
    redrive, sweep = parsers["redrive"], parsers["sweep"]
    redrive.add_argument("--run", help="only this one: its name, or how that begins")
    redrive.add_argument(
        "--reason",
        help="only what failed so: text of its error or cause; of a source, "
        "what has a record in quarantine with this code",
    )
    redrive.add_argument("--source", help="instead: this mapping's objects, cleaned anew")
    redrive.set_defaults(given=["run", "reason", "source", "dry_run"])
    sweep.add_argument("--prefix", help="only here, whatever the day: raw/sales/dt=2019-01-01/")
    sweep.add_argument("--days", type=count, help="how long ago an object may be written")
    sweep.set_defaults(given=["prefix", "days", "dry_run"])
    backfill = parsers["backfill"]
    backfill.add_argument("--prefix", help="what lies here: raw/<source>/backfill/")
    backfill.set_defaults(given=["prefix", "dry_run"])
    drop = parsers["drop"]
    drop.add_argument("--source", help="whose mapping reads it: a name under sources/")
    drop.add_argument("--file", help="what is put: a file, or a folder of files")
    drop.set_defaults(given=["source", "file", "dry_run"])
    erase = parsers["erase"]
    erase.add_argument("--customer", type=count, help="whom: the customer's id")
    erase.add_argument("--again", **FLAG, help="all who were erased before, after a restore")
    erase.set_defaults(given=["customer", "again", "dry_run"])


def truth(text: str) -> bool:
    """`DRY_RUN=1` and alike."""
    if text.lower() not in TRUTHS:
        raise argparse.ArgumentTypeError(f"{text!r} must be 1 or 0")
    return TRUTHS[text.lower()]


def moment(text: str) -> datetime:
    """`90m`, `24h` and `7d` ago, or a day or moment in ISO 8601 (UTC if it names no zone)."""
    if ago := re.fullmatch(r"(\d{1,5})([mhd])", text):
        return datetime.now(UTC) - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} must be as 90m, 24h, 7d or 2026-03-17"
        ) from error
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number from 1")
    return int(text)


FLAG: dict[str, Any] = {"nargs": "?", "type": truth, "const": True, "default": False}
"""An option that may stand alone, or say 1 or 0."""
