"""The composition root: commands ask here for what they do.

`RunRequest` says what a run is to do; `run_once` opens what it needs, takes the run lock, runs the pipeline and gives
everything back.
"""

from monitor.app.alarms import engine_failures, look_for_trouble, tell_operators
from monitor.app.locks import Held, run_lock
from monitor.app.mailing import Sent, deliver_waiting, send_edition
from monitor.app.measures import last_whole_run, measure, write_metrics
from monitor.app.plan import RunRequest, parse_since, plan_run
from monitor.app.run import run_once
from monitor.app.status import Condition, Status, check_feeds, read_condition, read_status, stored_digest
from monitor.app.tools import (
    check_profiles,
    check_quotas,
    free_disk_bytes,
    open_delivery,
    open_interpreter,
    open_signer,
    open_store_of,
    open_tools,
    open_unsubscription,
    topic_file,
    user_templates,
    utc_now,
)
from monitor.app.watch import watch_stories
from monitor.app.workers import embedding_question, look_at_workers

__all__ = [
    "Condition",
    "Held",
    "RunRequest",
    "Sent",
    "Status",
    "check_feeds",
    "check_profiles",
    "check_quotas",
    "deliver_waiting",
    "embedding_question",
    "engine_failures",
    "free_disk_bytes",
    "last_whole_run",
    "look_at_workers",
    "look_for_trouble",
    "measure",
    "open_delivery",
    "open_interpreter",
    "open_signer",
    "open_store_of",
    "open_tools",
    "open_unsubscription",
    "parse_since",
    "plan_run",
    "read_condition",
    "read_status",
    "run_lock",
    "run_once",
    "send_edition",
    "stored_digest",
    "tell_operators",
    "topic_file",
    "user_templates",
    "utc_now",
    "watch_stories",
    "write_metrics",
]
