"""Shows alarms on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from local.alarms import Seen

STYLES = {"ALARM": "bold red", "OK": "green", "INSUFFICIENT_DATA": "dim"}
SIGNS = {
    "GreaterThanOrEqualToThreshold": "≥",
    "GreaterThanThreshold": ">",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "≤",
}


def show_alarms(console: Console, seen: Sequence[Seen]) -> None:
    """A table of all, then what those that are raised say."""
    table = Table(title="Alarms")
    for name in ("alarm", "state", "newest", "raised if", "last raised (UTC)"):
        table.add_column(name)
    for each in seen:
        alarm = each.alarm
        table.add_row(
            alarm.name,
            Text(each.state, style=STYLES[each.state]),
            "" if each.newest is None else f"{each.newest:,.10g}",
            f"{SIGNS[alarm.comparison]} {alarm.threshold:,.10g}, {alarm.enough} x {alarm.period} s",
            each.last_raised.strftime("%Y-%m-%d %H:%M") if each.last_raised else "",
        )
    console.print(table)
    for each in seen:
        if each.state == "ALARM":
            console.print(Text(f"{each.alarm.name}: {each.alarm.says}"), soft_wrap=True)
