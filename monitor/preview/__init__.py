"""`monitor preview --watch`: the digest in the browser, rendered again whenever a file it is made from is saved.

watching (which files, have they changed) | site (what the browser gets) | the loop here, which ties them to a renderer
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from threading import Event

from monitor.errors import MonitorError
from monitor.preview.site import Preview, Shown, Site
from monitor.preview.watching import fingerprint

__all__ = ["Shown", "watch"]

_POLL_S = 0.2


def watch(
    render: Callable[[], Sequence[Shown]],
    files: Callable[[], Sequence[Path]],
    *,
    port: int,
    on_change: Callable[[str], None],
    ended: Event,
) -> None:
    """Serve what `render` makes until `ended` is set, and make it again when one of `files` changes.

    `on_change` is told the address once, then one line per rendering. A MonitorError of `render` is shown in place of
    the digest, over the last good one. Raises OSError when the port is taken.
    """
    with closing(Site(port)) as site:
        on_change(site.address)
        shown, before = None, fingerprint(files())
        while not ended.is_set():
            now = fingerprint(files())
            if now == before != shown:  # two looks alike: nobody is in the middle of saving
                shown = now
                on_change(_render_into(site, render))
            before = now
            ended.wait(_POLL_S)


def _render_into(site: Site, render: Callable[[], Sequence[Shown]]) -> str:
    """Render and show; the line that tells how it went."""
    try:
        shown = tuple(render())
    except MonitorError as exc:
        site.show(Preview(error=str(exc)))
        return str(exc)
    site.show(Preview(shown=shown))
    return ", ".join(f"{one.profile_id}: {one.bytes_html / 1000:.0f} KB" for one in shown)
