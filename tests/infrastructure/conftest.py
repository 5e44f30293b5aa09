"""One synthesis a session: it takes seconds, and templates are only read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from local.synthesis import WHOLE
from local.synthesis import synthesize as synthesize_all
from stacks.policy.deployment import Deployment
from stacks.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.synthesis import Synthesis

Template = dict[str, Any]


@pytest.fixture(scope="session")
def synthesize(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Template]]:
    """Templates by stack name for given settings."""

    def templates(**settings: Any) -> dict[str, Template]:
        return synthesize_all(Settings(**settings), tmp_path_factory.mktemp("cdk")).templates

    return templates


@pytest.fixture(scope="session")
def synthesis(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """The default deployment with all that settings add to it, with its constructs."""
    return synthesize_all(Settings(**WHOLE), tmp_path_factory.mktemp("cdk"))


@pytest.fixture(scope="session")
def templates(synthesis: Synthesis) -> dict[str, Template]:
    """The default deployment with all that settings add to it."""
    return synthesis.templates


@pytest.fixture(scope="session")
def emptied(synthesize: Callable[..., dict[str, Template]]) -> Deployment:
    """The deployment whose owner gave both keys: `cdk destroy` deletes its data."""
    return Deployment(synthesize(**WHOLE, destroy_data=True, confirm_destroy_data="mercado"))


@pytest.fixture(scope="session")
def deployment(templates: dict[str, Template]) -> Deployment:
    """The same, by path and with readable references."""
    return Deployment(templates)


@pytest.fixture(scope="session")
def resources(templates: dict[str, Template]) -> dict[str, dict[str, Any]]:
    """All resources of all stacks by `stack/logical id`."""
    return {
        f"{stack}/{name}": resource
        for stack, template in templates.items()
        for name, resource in template["Resources"].items()
    }
