"""When a digest is due, and the daemon that makes it.

`slots` decides, without a clock; `daemon` looks every minute, claims what is due in the store and has it made;
`systemd` and `ping` tell others how it is. Neither the pipeline nor the configuration file is known here.
"""

from monitor.config.timetable import Slot
from monitor.schedule.daemon import Duties, run_daemon
from monitor.schedule.ping import ping
from monitor.schedule.slots import Decision, decide, latest_due, next_due, soonest
from monitor.schedule.systemd import Systemd

__all__ = ["Decision", "Duties", "Slot", "Systemd", "decide", "latest_due", "next_due", "ping", "run_daemon", "soonest"]
