"""One-click unsubscription (RFC 8058), the only thing the pages write.

A GET only shows a page with a button, because mail scanners follow every link of a mail; the POST is what a mail
client sends for its own "unsubscribe" button, and what ours sends. The address tells list and recipient and is signed;
it needs no login and works for as long as the secret is the same.
"""

from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.responses import Response

from monitor.digest.subscription import Subscription
from monitor.records import Suppression, recipient_key
from monitor.web.asked import Asked
from monitor.web.pages import page
from monitor.web.site import Site


def ask(site: Site, asked: Asked) -> Response:
    """What the button will do; nothing is changed."""
    subscription = _subscription(site, asked)
    left = recipient_key(subscription.recipient) in {s.key for s in site.store.suppressions(subscription.profile_id)}
    return _shown(site, asked, subscription, "left" if left else "ask")


def leave(site: Site, asked: Asked, body: str) -> Response:
    """Take the recipient off the list, or back on it. Doing it twice changes nothing. 400 for any other body.

    A mail client may send the one line as a form or as multipart; both hold it word for word.
    """
    subscription = _subscription(site, asked)
    if _wants_back(body):
        site.store.unsuppress(subscription.profile_id, subscription.recipient)
        return _shown(site, asked, subscription, "back")
    if not _is_one_click(body):
        raise HTTPException(400)
    site.store.suppress(Suppression(subscription.profile_id, subscription.recipient, "one click", site.now()))
    return _shown(site, asked, subscription, "left")


def _subscription(site: Site, asked: Asked) -> Subscription:
    found = site.unsubscription.read(asked.slots["token"]) if site.unsubscription else None
    if found is None:
        raise HTTPException(404)
    return found


def _is_one_click(body: str) -> bool:
    as_form = parse_qs(body).get("List-Unsubscribe") == ["One-Click"]
    return as_form or ('name="List-Unsubscribe"' in body and "One-Click" in body)


def _wants_back(body: str) -> bool:
    return parse_qs(body).get("back") == ["1"]


def _shown(site: Site, asked: Asked, subscription: Subscription, step: str) -> Response:
    return page(site, asked, "unsubscribe.html.j2", {"subscription": subscription, "step": step})
