"""All stacks of one deployment, wired: what `app.py` synthesizes, and the laptop deploys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Tags

from stacks.identities import IdentitiesStack
from stacks.ingest import IngestStack
from stacks.lake import LakeStack
from stacks.mail import MailStack
from stacks.operations import OperationsStack
from stacks.people.stack import PeopleStack
from stacks.pipeline import PipelineStack
from stacks.shop import ShopStack
from stacks.warehouse import WarehouseStack

if TYPE_CHECKING:
    from aws_cdk import App

    from stacks.bundling import Bundler
    from stacks.settings import Settings


class Marketplace:
    """The stacks by name.

    `identities`, `ingest`, `mail` and `warehouse` only if the settings ask for them.
    """

    def __init__(self, app: App, settings: Settings, bundler: Bundler) -> None:
        prefix = settings.name.capitalize()
        self.lake = LakeStack(app, f"{prefix}Lake", settings=settings)
        self.identities: IdentitiesStack | None = None
        if settings.auth == "on":
            self.identities = IdentitiesStack(app, f"{prefix}Identities", settings=settings)
        self.shop = ShopStack(
            app,
            f"{prefix}Shop",
            settings=settings,
            lake=self.lake,
            identities=self.identities,
            bundler=bundler,
        )
        self.pipeline = PipelineStack(
            app,
            f"{prefix}Pipeline",
            settings=settings,
            lake=self.lake,
            shop=self.shop,
            bundler=bundler,
        )
        self.people = PeopleStack(
            app,
            f"{prefix}People",
            settings=settings,
            lake=self.lake,
            promotion=self.pipeline.promotion,
        )
        self.ingest: IngestStack | None = None
        if settings.pulled:
            self.ingest = IngestStack(
                app,
                f"{prefix}Ingest",
                settings=settings,
                lake=self.lake,
                bundler=bundler,
            )
        self.mail: MailStack | None = None
        if settings.mail_domain:
            self.mail = MailStack(app, f"{prefix}Mail", settings=settings, lake=self.lake)
        self.operations = OperationsStack(
            app,
            f"{prefix}Operations",
            settings=settings,
            shop=self.shop,
            pipeline=self.pipeline,
            ingest=self.ingest,
        )
        self.warehouse: WarehouseStack | None = None
        if settings.warehouse:
            self.warehouse = WarehouseStack(
                app,
                f"{prefix}Warehouse",
                settings=settings,
                lake_bucket=self.lake.bucket,
                lake_key=self.lake.key,
                load_role=self.pipeline.promotion.load_role,
                people=self.people.roles.values(),
            )
        Tags.of(app).add("application", settings.name)
