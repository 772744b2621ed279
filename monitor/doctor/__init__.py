"""`monitor check`: is everything in place, and does a test mail arrive?

`checks` looks at everything a run needs; `trial_mail` sends a message like a digest's to whom it is told.
"""

from monitor.doctor.checks import Finding, examine
from monitor.doctor.trial_mail import try_mail

__all__ = ["Finding", "examine", "try_mail"]
