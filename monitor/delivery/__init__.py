"""The fifth room: hand an edition over, and keep it.

`dkim.py` signs messages, `smtp.py` and `files.py` hand them over, `outbox.py` decides who still has to get one,
`returned.py` and `bounces.py` read what came back, `archive.py` keeps what was sent in `digests/`, `shelf.py` what is
made from all editions together.
"""

from monitor.delivery.archive import (
    check_writable,
    find_edition,
    newest_edition,
    read_edition,
    restore_edition,
    write_edition,
)
from monitor.delivery.bounces import Bounce, failure_of, is_ours, parse_bounce, says_dead
from monitor.delivery.files import FileDelivery, MaildirDelivery
from monitor.delivery.outbox import deliver_due
from monitor.delivery.returned import BounceBox, bounces_place, open_bounces
from monitor.delivery.shelf import Shelved, read_shelf_file, shelved_editions, sweep, write_shelf_files
from monitor.delivery.smtp import SmtpDelivery

__all__ = [
    "Bounce",
    "BounceBox",
    "FileDelivery",
    "MaildirDelivery",
    "Shelved",
    "SmtpDelivery",
    "bounces_place",
    "check_writable",
    "deliver_due",
    "failure_of",
    "find_edition",
    "is_ours",
    "newest_edition",
    "open_bounces",
    "parse_bounce",
    "read_edition",
    "read_shelf_file",
    "restore_edition",
    "says_dead",
    "shelved_editions",
    "sweep",
    "write_edition",
    "write_shelf_files",
]
