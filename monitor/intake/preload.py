"""Importing this module loads what the work needs: for the process that workers are forked from, and for no other.

The language detector takes a second and 80 MB; loaded there, it is loaded once and its memory is shared.
"""

from contextlib import suppress

from monitor.errors import StorageError
from monitor.intake import work
from monitor.intake.languages import detect_language

__all__ = ["work"]

with suppress(StorageError):  # a worker will try again, and tell
    detect_language("Border Patrol", "en")
