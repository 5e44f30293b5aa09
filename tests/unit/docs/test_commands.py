"""Every command that is shown is run by a test, or somebody has written down why not."""

from __future__ import annotations

import re

from tests.written import NOT_RUN, RUN, commands, languages, pages

KNOWN_LANGUAGES = {"sh", "text", "mermaid", "json", "python", "yaml", "sql"}
PATTERNS = (*RUN, *NOT_RUN)


def test_every_command_is_run_or_left_out_for_a_reason_and_not_both() -> None:
    unclear = {
        f"{each.page}: {each.text}": patterns
        for each in commands()
        if len(patterns := [p for p in PATTERNS if re.match(p, each.text)]) != 1
    }
    assert unclear == {}


def test_no_pattern_outlives_its_commands() -> None:
    texts = [each.text for each in commands()]
    assert [p for p in PATTERNS if not any(re.match(p, text) for text in texts)] == []


def test_every_block_says_what_it_is() -> None:
    """A block of commands under another name would go unread by these tests."""
    unknown = {name: languages(page) - KNOWN_LANGUAGES for name, page in pages().items()}
    assert {name: found for name, found in unknown.items() if found} == {}
