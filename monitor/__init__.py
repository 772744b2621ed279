"""A bilingual media-monitoring digest on US-Mexico border security.

The job in one line::

    feeds.yaml | fetch | parse | triage | translate | cluster | rank | compose | render > digests/ , mailboxes

`pipeline.py` says the same, stage by stage; the rooms beside it are in the order a news item walks through them.
"""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("border-monitor")
except PackageNotFoundError:  # a bare checkout on sys.path
    __version__ = "0.0.0"
