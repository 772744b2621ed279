"""`monitor web`: the archive, search and story pages."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import click

from monitor.cli.common import config_option, log_option, note, open_config_and_log, say
from monitor.web import Server, create_app, open_site, open_socket
from monitor.web.site import bound_to, warnings_of


@click.command()
@click.option("--host", metavar="HOST", help="Address to listen on; else web.host of feeds.yaml, 127.0.0.1.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0: any free one; else web.port of feeds.yaml, 8650.")
@click.option("--open/--no-open", "open_browser", default=False, help="Open the pages in the browser.")
@log_option
@config_option
def web(*, host: str | None, port: int | None, open_browser: bool, config_path: str | None) -> None:
    """Serve the archive, the search, stories, outlets, feeds and trends as web pages.

    Listens on this machine only unless told otherwise, and writes nothing but unsubscriptions. With a token in
    $MONITOR_WEB_TOKEN only those who have it may read. Ctrl-C or SIGTERM ends it.

    \b
    Examples:
      monitor web --open
      monitor web --port 8080
      MONITOR_WEB_TOKEN=… monitor web --host 0.0.0.0
    """
    config = open_config_and_log(config_path)
    where = host or config.web.host
    with open_site(config) as opened:
        site = bound_to(opened, where)
        listening = open_socket(where, config.web.port if port is None else port)
        server = Server(create_app(site), listening)
        for line in warnings_of(site):
            note(line)
        say(f"{server.url}  (Ctrl-C ends)")
        if open_browser:
            click.launch(server.url)
        with _ended_by_signals(server):
            server.run()
    note("ended")


@contextmanager
def _ended_by_signals(server: Server) -> Iterator[None]:
    """SIGTERM and SIGINT end the server, which has its own handlers while it runs and raises them again afterwards."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: server.stop()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
