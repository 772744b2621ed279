"""One run is a list of stages; nothing is decided here.

    feeds.yaml | fetch | parse | triage | translate | cluster | rank | compose | render > digests/ , mailboxes

`gather.py` has the stages from the feeds to judged articles, `understand.py` those that make stories of them,
`publish.py` those that make an edition and hand it over, `alerts.py` tells of stories at once, `archive.py` keeps the
archive's index and feeds. Each stage
takes what it needs from `Tools` and leaves what it found in the store, so that a run that dies goes on where it
stopped.
"""

from monitor.pipeline.alarms import find_troubles, judged_causes, queue_alarms, run_deadline, waiting_messages
from monitor.pipeline.alerts import alert
from monitor.pipeline.announce import Herald, announced, channels_of
from monitor.pipeline.archive import indexed
from monitor.pipeline.dead_addresses import strike_off, strike_refused, too_many
from monitor.pipeline.gather import (
    check_sources,
    feed_alarms,
    gather_all,
    insist_on_network,
    report_feeds,
    reports_from_states,
)
from monitor.pipeline.mailing import (
    audience_of,
    deliver_until,
    envelope_for,
    list_of,
    list_of_edition,
    lists_with,
    queue_missing,
    spelt_in_ledger,
)
from monitor.pipeline.publish import deliver, publish, report_line, summarise
from monitor.pipeline.search_index import in_both_languages, index_reports
from monitor.pipeline.texts import Comparisons
from monitor.pipeline.tools import EditionPlan, NoProgress, Plan, Progress, Stages, Tools
from monitor.pipeline.understand import cluster, current_reports, translate
from monitor.records import RunReport

__all__ = [
    "EditionPlan",
    "Herald",
    "NoProgress",
    "Plan",
    "Progress",
    "Stages",
    "Tools",
    "audience_of",
    "channels_of",
    "check_sources",
    "deliver_until",
    "envelope_for",
    "feed_alarms",
    "find_troubles",
    "in_both_languages",
    "judged_causes",
    "list_of",
    "list_of_edition",
    "lists_with",
    "queue_alarms",
    "queue_missing",
    "report_line",
    "reports_from_states",
    "run",
    "run_deadline",
    "spelt_in_ledger",
    "strike_off",
    "strike_refused",
    "too_many",
    "waiting_messages",
]


def run(tools: Tools, plan: Plan, progress: Progress) -> RunReport:
    """Feeds in, one digest per profile out. Safe to repeat: nothing is translated, written or sent twice."""
    stages = Stages(progress)
    gathered = gather_all(tools, plan, stages)  # fetch, parse, triage
    insist_on_network(tools, plan, gathered.feeds)
    reports = current_reports(tools, plan)
    translated = stages.run("translate", lambda tick: translate(tools, reports, tick), len(reports))
    clustered = stages.run("cluster", lambda tick: cluster(tools, plan, reports, tick), len(reports))
    stages.run("index", lambda tick: index_reports(tools, reports, translated, tick), len(reports))
    feeds = report_feeds(gathered, reports)
    comparisons = Comparisons(tools.store)
    made = stages.run(
        "publish",
        lambda tick: indexed(
            tools, plan, publish(tools, plan, clustered, translated, feeds, tick, comparisons=comparisons)
        ),
        len(plan.editions),
    )
    told = stages.run(
        "alert",
        lambda tick: alert(tools, plan, clustered, translated, feeds, tick, comparisons=comparisons),
        len(tools.config.alerts.stories),
    )
    receipts = stages.run("deliver", lambda tick: deliver(tools, plan, tick), len(plan.editions))
    report = told.added_to(summarise(plan, stages, made, receipts, gathered.explained))
    return announced(tools, plan, made, receipts, report)
