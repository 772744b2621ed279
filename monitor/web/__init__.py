"""`monitor web`: the archive, search, stories, outlets, feeds and trends as pages, and one-click unsubscription.

    asked (what a request asks) | a page's module (what it shows) | pages (how it looks) | guard (who may, and headers)

`app.py` lists the routes, `site.py` holds what every page works with, `serving.py` runs the server. A page's function
takes `Site` and `Asked` and gives an `Answer`; it runs in a thread, so it may wait for the database. Nothing is written
but by `leaving.py`.
"""

from monitor.web.app import create_app
from monitor.web.serving import Server, open_socket
from monitor.web.site import Site, open_site

__all__ = ["Server", "Site", "create_app", "open_site", "open_socket"]
