"""The dashboard: is data flowing, how late, what failed, what does it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from lambdas.contracts import metrics as names
from lambdas.contracts.metrics import Measure
from stacks import costs
from stacks.metrics import FIVE_MINUTES, metric, own

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import Construct

    from stacks.pipeline import PipelineStack
    from stacks.settings import Settings
    from stacks.shop import ShopStack

WIDTH = 24
KEYS = 2
"""The lake's and the alarms'; the warehouse's, if there is one, is the third."""


class Dashboard:
    """One look from top to bottom; every graph covers three hours unless the viewer says."""

    def __init__(
        self,
        scope: Construct,
        *,
        settings: Settings,
        shop: ShopStack,
        pipeline: PipelineStack,
        alarms: Sequence[cloudwatch.Alarm],
    ) -> None:
        self.settings, self.shop, self.pipeline, self.alarms = settings, shop, pipeline, alarms
        self.dashboard = cloudwatch.Dashboard(
            scope,
            "Dashboard",
            dashboard_name=f"{settings.name}-operations",
            default_interval=Duration.hours(3),
        )
        state = cloudwatch.AlarmStatusWidget(
            title="Alarms", alarms=list(alarms), width=WIDTH, height=4
        )
        self.dashboard.add_widgets(state)
        self.dashboard.add_widgets(*self._business())
        self.dashboard.add_widgets(*self._flow())
        self.dashboard.add_widgets(*self._late())
        self.dashboard.add_widgets(*self._failed())
        self.dashboard.add_widgets(*self._cost())

    def _business(self) -> Sequence[cloudwatch.IWidget]:
        day = Duration.days(1)
        sums = {names.ORDERS: "Orders", names.REVENUE: "Revenue", names.UNITS: "Units"}
        return [
            cloudwatch.SingleValueWidget(
                title="Sold, by day",
                metrics=[
                    own(self.settings, measure, "Sum", day).with_(label=label)
                    for measure, label in sums.items()
                ]
                + [self._carts_left(day)],
                width=12,
                height=4,
            ),
            self._graph("Orders and units", self._own("Sum", names.ORDERS, names.UNITS), height=4),
        ]

    def _carts_left(self, day: Duration) -> cloudwatch.MathExpression:
        """Filled that day, and neither bought nor emptied; below 0 if yesterday's were bought."""
        parts = {
            "filled": names.CARTS_FILLED,
            "emptied": names.CARTS_EMPTIED,
            "ordered": names.ORDERS,
        }
        return cloudwatch.MathExpression(
            expression="FILL(filled, 0) - FILL(emptied, 0) - FILL(ordered, 0)",
            using_metrics={
                name: own(self.settings, each, "Sum", day) for name, each in parts.items()
            },
            label="Carts left",
            period=day,
        )

    def _flow(self) -> Sequence[cloudwatch.IWidget]:
        return [
            self._graph(
                "Is data flowing? Rows of vendors' files",
                self._own("Sum", names.ITEMS_IMPORTED, names.ROWS_REJECTED, names.IMPORTS_FAILED),
                width=8,
            ),
            self._graph(
                "Is data flowing? Records",
                self._own(
                    "Sum",
                    names.RECORDS_CAPTURED,
                    names.RECORDS_IN,
                    names.RECORDS_ACCEPTED,
                    names.RECORDS_DUPLICATE,
                    names.RECORDS_IGNORED,
                ),
                width=8,
            ),
            self._graph(
                "Is data flowing? Runs",
                self._own("Sum", names.RUNS_STARTED, names.RUNS_RECORDED, names.ROWS_LOADED),
                width=8,
            ),
        ]

    def _late(self) -> Sequence[cloudwatch.IWidget]:
        """What the alarms on lateness watch, with their thresholds drawn."""
        lag = own(self.settings, names.GOLD_LAG, "Maximum", FIVE_MINUTES)
        limit = cloudwatch.HorizontalAnnotation(
            value=self.settings.alarm_gold_lag_minutes * 60, label="alarm"
        )
        ages = [each.metric for each in self.alarms if each.node.id.endswith("Age")]
        return [
            cloudwatch.GraphWidget(
                title="How late? Gold behind the checkouts, in seconds",
                left=[lag],
                left_annotations=[limit],
                width=8,
            ),
            cloudwatch.GraphWidget(
                title="How late? Oldest record (ms) and message (s) waiting", left=ages, width=8
            ),
            cloudwatch.GraphWidget(
                title="How long a run takes, in seconds",
                left=[
                    own(self.settings, names.RUN_DURATION, statistic, FIVE_MINUTES)
                    for statistic in ("p50", "p95", "Maximum")
                ],
                width=8,
            ),
        ]

    def _failed(self) -> Sequence[cloudwatch.IWidget]:
        machine, api = self.pipeline.promotion.machine, self.shop.api.api_id
        made = {**self.shop.functions.made, **self.pipeline.functions.made}
        return [
            cloudwatch.GraphWidget(
                title="What failed? Runs, messages given up, records set aside",
                left=[
                    machine.metric_failed(period=FIVE_MINUTES),
                    machine.metric_timed_out(period=FIVE_MINUTES),
                    machine.metric_aborted(period=FIVE_MINUTES),
                    *(
                        queue.metric_approximate_number_of_messages_visible(
                            statistic="Maximum", period=FIVE_MINUTES
                        )
                        for queue in (
                            self.pipeline.dead_letters,
                            self.pipeline.imports.dead_letters,
                        )
                    ),
                    own(self.settings, names.RECORDS_QUARANTINED, "Sum", FIVE_MINUTES),
                ],
                width=8,
            ),
            cloudwatch.GraphWidget(
                title="What failed? Functions",
                left=[
                    each.function.metric_errors(period=FIVE_MINUTES, label=name)
                    for name, each in made.items()
                ],
                width=8,
            ),
            cloudwatch.GraphWidget(
                title="The API: requests, errors, cold starts, latency (ms)",
                left=[
                    *(
                        metric("AWS/ApiGateway", name, "Sum", FIVE_MINUTES, ApiId=api)
                        for name in ("Count", "4xx", "5xx")
                    ),
                    *self._own("Sum", names.API_COLD_STARTS),
                ],
                right=[
                    metric("AWS/ApiGateway", "Latency", statistic, FIVE_MINUTES, ApiId=api)
                    for statistic in ("p50", "p95")
                ],
                width=8,
            ),
        ]

    def _cost(self) -> Sequence[cloudwatch.IWidget]:
        measures = sum(isinstance(each, Measure) for each in vars(names).values())
        keys = KEYS + (1 if self.settings.warehouse else 0)
        monthly = costs.standing(len(self.alarms), measures, keys)
        return [
            cloudwatch.GraphWidget(
                title="What it costs: USD a day, estimated from usage",
                left=costs.per_day(self.settings, self.shop, self.pipeline),
                stacked=True,
                period=costs.DAY,
                start="-P14D",
                end="P0D",
                width=16,
            ),
            cloudwatch.TextWidget(
                markdown=(
                    "**An estimate, not the bill.** Usage times list prices of us-east-1 "
                    "(`stacks/prices.py`); other regions cost up to a third more. A day is "
                    "complete once it is over, storage is reported a day late, and Step Functions "
                    "are counted as two transitions for each step of a run.\n\n"
                    f"Left out: {costs.LEFT_OUT}.\n\n"
                    f"Alarms, keys and metrics stand at about ${monthly:.0f} a month besides, "
                    "less the free tier."
                ),
                width=8,
                height=6,
            ),
        ]

    def _own(self, statistic: str, *measures: Measure) -> list[cloudwatch.IMetric]:
        return [own(self.settings, measure, statistic, FIVE_MINUTES) for measure in measures]

    def _graph(
        self, title: str, left: list[cloudwatch.IMetric], *, width: int = 12, height: int = 6
    ) -> cloudwatch.GraphWidget:
        return cloudwatch.GraphWidget(title=title, left=left, width=width, height=height)
