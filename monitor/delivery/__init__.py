"""The fifth room: hand an edition over, and keep it.

`smtp.py` and `files.py` hand messages over, `outbox.py` decides who still has to get one, `archive.py` keeps what was
sent in `digests/`.
"""

from monitor.delivery.archive import check_writable, find_edition, read_edition, write_edition
from monitor.delivery.files import FileDelivery
from monitor.delivery.outbox import deliver_due
from monitor.delivery.smtp import SmtpDelivery

__all__ = [
    "FileDelivery",
    "SmtpDelivery",
    "check_writable",
    "deliver_due",
    "find_edition",
    "read_edition",
    "write_edition",
]
