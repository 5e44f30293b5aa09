"""Deployment settings, read from CDK context (`cdk.json`, or `-c name=value`) and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from constructs import Node

PriceCheck = Literal["enforced", "off"]
Auth = Literal["on", "off"]
Stage = Literal["production", "development"]
PREFIX = "mercado:"
RPU_STEP = 4
ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d+)?|http://(localhost|127\.0\.0\.1)(:\d+)?")
PRINCIPAL = re.compile(
    r"arn:aws[a-z-]*:iam::\d{12}:((role|user)/[\w+=,.@/*-]+|saml-provider/[\w.-]+)", re.ASCII
)
DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
SOURCE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
BOUNDS = {
    "requests_per_second": (1, 10_000),
    "dear_requests_per_second": (1, 10_000),
    "batching_seconds": (1, 300),
    "dispatch_concurrency": (2, 1_000),
    "map_concurrency": (1, 1_000),
    "runs_at_once": (1, 1_000),
    "sweep_minutes": (1, 1_440),
    "athena_scan_limit_mb": (10, 7_000_000),
    "noncurrent_days": (1, 3_650),
    "imports_days": (7, 3_650),
    "cleaned_days": (7, 3_650),
    "delta_days": (7, 3_650),
    "replay_days": (1, 365),
    "quarantine_days": (7, 3_650),
    "runs_days": (91, 3_650),
    "athena_result_days": (1, 365),
    "alarm_delay_minutes": (1, 1_380),
    "alarm_gold_lag_minutes": (6, 1_440),
    "alarm_quarantined_percent": (1, 100),
    "alarm_api_errors": (1, 1_000_000),
    "alarm_api_p95_ms": (1, 29_000),
    "monthly_budget": (0, 1_000_000),
    "session_hours": (1, 12),
}
"""What AWS takes: of SQS and stream mappings, distributed maps, schedules and workgroups; and how
long things are kept. A run's cleaned rows and deltas are read until it has ended, its documents
for as long as dispatch may ask what became of it: as its claims, 90 days."""


CHOICES = {"price_check": PriceCheck, "auth": Auth, "stage": Stage}


class SettingError(ValueError):
    """A context value that no deployment can mean; the sentence names the setting."""


@dataclass(frozen=True)
class Settings:
    """One deployment. Each field has the sentence that begins with its name; docs/ show them.

    `name` prefixes stack, database and workgroup names, so that several stages share an account.
    `stage` is `development` where nothing real is behind the API; the checks that guard real data
    are those of `production`.
    `auth` is `off` only for clients of the old platform, which do not say who they are: everybody
    may do everything then. It takes `stage` development.
    `requests_per_second` is how many requests to one route API Gateway lets through (twice as many
    in a burst).
    `dear_requests_per_second` is the same for registrations and checkouts.
    `cors_origins` are the web pages that may ask the API, as `https://shop.example`, with commas
    between; none unless given.
    `price_check` is `off` only for clients of the old platform, which invent prices.
    `warehouse` deploys Redshift Serverless and loads it (it costs money while it works: about
    $0.36 per RPU-hour, so $2.88 an hour at 8 RPU, billed per second while queries run).
    `warehouse_rpu` is its base capacity: 4, 8, 12, 16, ... RPU.
    `warehouse_database` is the name of its database.
    `batching_seconds` is how long capture and dispatch wait for more; longer makes fewer and larger
    runs, and gold later.
    `dispatch_concurrency` is how many dispatchers of changes work at once, and how many of files.
    `map_concurrency` is how many children a distributed map runs at once.
    `runs_at_once` is how many runs of the API's changes may work, and how many of other sources'
    files beside one of each backfill, before dispatch waits for room.
    `sweep_minutes` is how often raw objects that no run has taken are looked for.
    `log_retention_days` is how long functions' logs are kept: 1, 7, 30, 90 or 365.
    `athena_scan_limit_mb` is where Athena ends a query of gold.
    `noncurrent_days` is how long the lake keeps what rewritten or expired objects were before.
    `imports_days` is how long it keeps vendors' files, and the shop what is known of each.
    `cleaned_days` is how long the lake keeps cleaned rows.
    `delta_days` is how long it keeps what each run changed.
    `replay_days` is how long it keeps what a replay rebuilt.
    `quarantine_days` is how long it keeps rejected records.
    `runs_days` is how long it keeps runs' documents.
    `athena_result_days` is how long it keeps results of queries.
    `alarm_email` is subscribed to the alarms (AWS asks its owner to confirm); without it the topic
    is there, and nobody listens.
    `alarm_delay_minutes` is how old the oldest unread stream record or queued message may be.
    `alarm_gold_lag_minutes` is how long a checkout may be missing in gold.
    `alarm_quarantined_percent` is the share of an hour's records that may be set aside.
    `alarm_api_errors` is how many errors of the API's own in five minutes are too many.
    `alarm_api_p95_ms` is the latency that 95 % of requests must stay below.
    `monthly_budget` in USD, for the whole account, warns at 80 % spent and 100 % forecast; 0: none.
    `pulls` are the pull files of `sources/pulls/` that are deployed, by name, with commas between;
    none unless given.
    `pull_subnets` are the ids of the subnets that pulls are made from, with commas between, where a
    database lets nobody else in; from them S3, DynamoDB, Secrets Manager and CloudWatch have to be
    reached.
    `pull_security_groups` are the ids of the security groups that they are made with there.
    `mail_domain` is the domain whose mails SES receives for the lake; none unless given.
    `mail_sources` are the sources that take mails, with commas between: what comes to
    `<source>@<mail_domain>` goes to `raw/<source>/`.
    `engineers` are the principals that may assume the engineer's role: ARNs of roles, IAM users or
    SAML providers, split by commas, `*` in the names of roles and users where IAM Identity Center
    ends them at random; without any, the account's own policies say who may assume it.
    `scientists` are those that may assume the scientist's.
    `analysts` are those that may assume the analyst's.
    `session_hours` is how long they may stay, before they have to assume their role again.
    `destroy_data` lets `cdk destroy` delete data, and counts only with the second key.
    `confirm_destroy_data` is that second key: the deployment's name.
    Raw, state and gold do not expire.
    """

    name: str = "mercado"
    stage: Stage = "production"
    auth: Auth = "on"
    requests_per_second: int = 500
    dear_requests_per_second: int = 50
    cors_origins: str = ""
    price_check: PriceCheck = "enforced"
    warehouse: bool = False
    warehouse_rpu: int = 8
    warehouse_database: str = "mercado"
    batching_seconds: int = 5
    dispatch_concurrency: int = 2
    map_concurrency: int = 40
    runs_at_once: int = 10
    sweep_minutes: int = 15
    log_retention_days: int = 30
    athena_scan_limit_mb: int = 10_000
    noncurrent_days: int = 30
    imports_days: int = 90
    cleaned_days: int = 90
    delta_days: int = 90
    replay_days: int = 14
    quarantine_days: int = 365
    runs_days: int = 400
    athena_result_days: int = 7
    alarm_email: str = ""
    alarm_delay_minutes: int = 10
    alarm_gold_lag_minutes: int = 15
    alarm_quarantined_percent: int = 5
    alarm_api_errors: int = 5
    alarm_api_p95_ms: int = 2_000
    monthly_budget: int = 0
    pulls: str = ""
    pull_subnets: str = ""
    pull_security_groups: str = ""
    mail_domain: str = ""
    mail_sources: str = ""
    engineers: str = ""
    scientists: str = ""
    analysts: str = ""
    session_hours: int = 4
    destroy_data: bool = False
    confirm_destroy_data: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9]{0,19}", self.name):
            raise SettingError(
                f"name: {self.name!r} must be up to 20 letters a-z and digits, a letter first"
            )
        for field, (least, most) in BOUNDS.items():
            if not least <= getattr(self, field) <= most:
                raise SettingError(f"{field}: must be {least} to {most}")
        if self.alarm_email and not re.fullmatch(r"[^@\s]+@[^@\s]+", self.alarm_email):
            raise SettingError(f"alarm_email: {self.alarm_email!r} is no e-mail address")
        _check_principals("engineers", self.engineers)
        _check_principals("scientists", self.scientists)
        _check_principals("analysts", self.analysts)
        self._check_access()
        self._check_mail()
        if bool(self.subnets) != bool(self.security_groups):
            raise SettingError("pull_subnets: they take pull_security_groups, and these take them")
        if self.warehouse_rpu < RPU_STEP or self.warehouse_rpu % RPU_STEP:
            raise SettingError("warehouse_rpu: Redshift Serverless takes 4, 8, 12, 16, ... RPU")
        if self.destroy_data and self.confirm_destroy_data != self.name:
            raise SettingError(
                "destroy_data: to let `cdk destroy` delete data, also give "
                f"confirm_destroy_data={self.name}"
            )

    def _check_mail(self) -> None:
        if bool(self.mail_domain) != bool(self.mailed):
            raise SettingError("mail_domain: it takes mail_sources, and these take it")
        if self.mail_domain and not DOMAIN.fullmatch(self.mail_domain):
            raise SettingError(f"mail_domain: {self.mail_domain!r} must be as in.shop.example")
        for source in self.mailed:
            if not SOURCE.fullmatch(source):
                raise SettingError(f"mail_sources: {source!r} is no name of a source")

    def _check_access(self) -> None:
        for field, kind in CHOICES.items():
            if getattr(self, field) not in get_args(kind):
                choices = " or ".join(map(repr, get_args(kind)))
                raise SettingError(f"{field}: {getattr(self, field)!r} must be {choices}")
        if self.auth == "off" and self.stage == "production":
            raise SettingError(
                "auth: off lets everybody who reaches the API do everything, so it takes "
                "stage=development, for a stage with nothing real in it"
            )
        for origin in self.origins:
            if not ORIGIN.fullmatch(origin):
                raise SettingError(f"cors_origins: {origin!r} must be as https://shop.example")

    @property
    def origins(self) -> list[str]:
        return _listed(self.cors_origins)

    @property
    def pulled(self) -> list[str]:
        """Names of the pulls."""
        return _listed(self.pulls)

    @property
    def mailed(self) -> list[str]:
        """Names of the sources that take mails."""
        return _listed(self.mail_sources)

    @property
    def subnets(self) -> list[str]:
        return _listed(self.pull_subnets)

    @property
    def security_groups(self) -> list[str]:
        return _listed(self.pull_security_groups)

    @property
    def warehouse_workgroup(self) -> str:
        return f"{self.name}-warehouse"

    @property
    def gold_database(self) -> str:
        return f"{self.name}_gold"

    def athena_workgroup(self, person: str) -> str:
        return f"{self.name}-{person}"

    def principals(self, person: str) -> list[str]:
        """ARNs of those who may assume the person's role."""
        return _listed(getattr(self, f"{person}s"))

    @classmethod
    def from_context(cls, node: Node) -> Settings:
        """Settings of this app: context keys are the fields' names behind `mercado:`."""
        given = {each.name: node.try_get_context(PREFIX + each.name) for each in fields(cls)}
        kinds = {each.name: type(each.default) for each in fields(cls)}
        return cls(**{n: _parse(n, kinds[n], v) for n, v in given.items() if v is not None})


def _check_principals(setting: str, text: str) -> None:
    for arn in _listed(text):
        if not PRINCIPAL.fullmatch(arn):
            raise SettingError(
                f"{setting}: {arn!r} must be the ARN of a role, a user or a SAML provider"
            )


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(",") if each.strip()]


def _parse(name: str, kind: type, value: Any) -> Any:
    text = str(value).strip()
    if kind is bool:
        if text.lower() not in {"true", "false"}:
            raise SettingError(f"{name}: {value!r} must be true or false")
        return text.lower() == "true"
    if kind is int:
        if not text.isdecimal():
            raise SettingError(f"{name}: {value!r} must be a whole number")
        return int(text)
    return text
