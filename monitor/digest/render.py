"""Turn an edition into the mail's HTML, its plain text, its subject and the archive's JSON. Pure.

The HTML keeps under `Digest.max_html_bytes`: the lowest-ranked stories get one line instead of a card, and beyond that
only their number is said. The plain text and the JSON always hold every story whole.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC
from functools import lru_cache

import css_inline

from monitor.digest.charts import HEIGHT, WIDTH, bars, pair_name, strip_map
from monitor.digest.model import Card, Digest, Links
from monitor.digest.phrases import Phrases
from monitor.digest.templates import HTML_TEMPLATE, TEXT_TEMPLATE, Templates, fill
from monitor.digest.trend import TREND_HEIGHT, TREND_WIDTH, trend_chart
from monitor.errors import RenderError
from monitor.records import InlineImage, Lang, RenderedDigest, content_id
from monitor.serialise import to_plain
from monitor.text import clean, shorten

DATA_VERSION = 1
_SUBJECT_CHARS = 150
SHEET_WIDTH, _WIDE_SHEET_WIDTH = 640, 760  # CSS pixels, at most; wide: two languages side by side
_LISTED = 20  # stories named in one line when their cards do not fit
_CARD_BYTES = 3_000  # of HTML, about: where the search for how many cards fit begins
_OWN_LINK_BYTES = 500  # kept free: each recipient's own unsubscribe address takes the place of the shared one
_GUESSES = 4  # by a straight line, before the search halves what is left
_INLINER = css_inline.CSSInliner(keep_at_rules=True, minify_css=True, load_remote_stylesheets=False)
_CHARSET = '<meta charset="utf-8">'
_EMPTY_LINES = re.compile(r"\n\s*\n")
_BLANK_LINES = re.compile(r"\n{3,}")


def render(digest: Digest, templates: Templates, *, links: Links | None = None) -> RenderedDigest:
    """The edition as every recipient of the profile gets it and as the archive keeps it.

    Raises RenderError, naming file and line, when a template asks for something that does not exist.
    """
    links = links or Links()
    images = _images(digest, templates.phrases)
    context = page_context(digest, templates.phrases, links, images)
    return RenderedDigest(
        edition=digest.edition,
        profile_id=digest.profile_id,
        date=digest.date,
        language=digest.language,
        subject=subject(digest, templates.phrases[digest.languages[0]]),
        html=_html(digest, templates, context),
        text=plain_text(templates, TEXT_TEMPLATE, context),
        data=data(digest),
        images=tuple(images.values()),
        story_ids=tuple(card.id for card in digest.cards),
        cutoff_at=digest.now.astimezone(UTC),
        degraded=digest.degraded,
    )


# ---------------------------------------------------------------- subject and preheader


def subject(digest: Digest, say: Phrases) -> str:
    """Date, count, the first story's headline; safe for a header: one line, no encoded-word start."""
    values = _summary_values(digest, say)
    if digest.degraded:
        text = say("subject.degraded", **values)
    elif digest.health.silent:
        text = say(f"subject.silent.{digest.health.silent[0]}", **values)
    elif not digest.cards:
        text = say("subject.quiet", **values)
    else:
        headline = digest.cards[0].headlines.for_reader(say.language).fragment.text
        text = say("subject", headline=headline, **values)
    return header_text(say("subject.sample", subject=text) if digest.sample else text, _SUBJECT_CHARS)


def preheader(digest: Digest, say: Phrases) -> str:
    """The line that a mailbox shows after the subject."""
    kind = "degraded" if digest.degraded else "" if digest.comparable else "unread"
    return say(f"preheader.{kind}" if kind else "preheader", **_summary_values(digest, say))


def header_text(text: str, limit: int) -> str:
    """One line without controls or `=?`: a feed's title must never become a header of its own."""
    return shorten(" ".join(clean(text).split()).replace("=?", "= ?"), limit)


def _summary_values(digest: Digest, say: Phrases) -> dict[str, object]:
    counts = digest.counts
    return {
        "date": say.day_short(digest.date, digest.time_of_day),
        "stories": say("n.stories", n=len(digest.cards)),
        "both": counts.stories_both,
        "en": counts.stories_en,
        "es": counts.stories_es,
        "failed": len(digest.health.failed),
        "n": digest.health.total,
        "total": digest.health.total,  # as `n`, for a user's own strings
    }


# ---------------------------------------------------------------- bodies


def page_context(
    digest: Digest, phrases: Mapping[Lang, Phrases], links: Links, images: Mapping[str, InlineImage]
) -> dict[str, object]:
    """What a template may use; docs/templates.md explains each."""
    main = digest.languages[0]
    return {
        "digest": digest,
        "lang": main,
        "say": phrases,
        "links": links,
        "subject": subject(digest, phrases[main]),
        "preheader": preheader(digest, phrases[main]),
        "bars": bars(digest.days),
        "trend": images.get("trend"),
        "map": images.get("map"),
        "in_words": _in_words(digest, phrases),
        "story_count": len(digest.cards),
        "report_count": sum(len(card.reports) for card in digest.cards),
        "merged_count": sum(len(card.reports) for card in digest.cards if len(card.reports) > 1),
        "sheet_width": SHEET_WIDTH if len(digest.languages) == 1 else _WIDE_SHEET_WIDTH,
        "listed": (),
        "hidden": 0,
    }


def _html(digest: Digest, templates: Templates, context: dict[str, object]) -> str:
    """With as many of the best-ranked cards as fit into the size allowed; the next ones as one line each."""
    template = templates.environment.get_template(HTML_TEMPLATE)
    ranked = sorted(digest.cards, key=lambda card: (-card.score, card.position))

    def page(cards: int, lines: int) -> str:
        listed = ranked[cards : cards + lines]
        shown = {
            "digest": _with_cards(digest, ranked[:cards]),
            "listed": listed,
            "hidden": len(ranked[cards + lines :]),
        }
        return with_inline_styles(fill(template, {**context, **shown}))

    limit = digest.max_html_bytes - _OWN_LINK_BYTES
    with_lines = _largest_fitting(lambda n: page(n, _LISTED), len(ranked), limit)
    if len(with_lines.encode()) <= limit:
        return with_lines
    return _largest_fitting(lambda n: page(n, 0), len(ranked), limit)


def _largest_fitting(page: Callable[[int], str], total: int, limit: int) -> str:
    """`page(n)` for the largest n up to `total` that stays within `limit` bytes of UTF-8; `page(0)` when none does.

    Cards are of much the same size, so that the line between a page that fits and one that does not tells where to
    look: four or five pages are rendered instead of nine among three hundred, none of them with many cards.
    """
    best = page(0)
    fits, room = 0, limit - len(best.encode())
    too_many, excess = total + 1, 0  # nothing is known to be too much yet
    guess, guesses = min(total, max(1, room // _CARD_BYTES)), 0
    while room >= 0 and too_many - fits > 1:
        tried = page(guess)
        spare = limit - len(tried.encode())
        if spare >= 0:
            fits, room, best = guess, spare, tried
        else:
            too_many, excess = guess, -spare
        guesses += 1
        guess = _next_guess(fits, too_many, room=room, excess=excess, total=total, halve=guesses > _GUESSES)
    return best


def _next_guess(fits: int, too_many: int, *, room: int, excess: int, total: int, halve: bool) -> int:
    """How many cards to try next, between one number that fits and one that does not."""
    if not excess:
        return min(total, 4 * fits)
    between = too_many - fits
    step = between // 2 if halve else between * room // (room + excess)
    return fits + min(max(step, 1), between - 1)


def _with_cards(digest: Digest, cards: Sequence[Card]) -> Digest:
    """The edition with these cards only, each in its place."""
    kept = {card.id for card in cards}
    spots = (replace(spot, cards=tuple(c for c in spot.cards if c.id in kept)) for spot in digest.blind_spots)
    stories = tuple(card for card in digest.stories if card.id in kept)
    return replace(digest, stories=stories, blind_spots=tuple(spots))


def plain_text(templates: Templates, name: str, context: Mapping[str, object]) -> str:
    """A text template's result, without the blanks and blank lines that its loops leave."""
    text = fill(templates.environment.get_template(name), context)
    lines = "\n".join(line.rstrip() for line in text.replace("\u00a0", " ").split("\n"))
    return _BLANK_LINES.sub("\n\n", lines).strip() + "\n"


def with_inline_styles(html: str) -> str:
    """Styles on their elements, for mail clients that drop <style>; blank lines go, for they count as bytes.

    The inliner puts its <style> first, but a page's encoding must be said within its first 1024 bytes.
    """
    try:
        inlined = _INLINER.inline(html).replace("&nbsp;", "\u00a0")
        inlined = inlined.replace(_CHARSET, "", 1).replace("<head>", f"<head>{_CHARSET}", 1)
        return _EMPTY_LINES.sub("\n", inlined).strip() + "\n"
    except css_inline.InlineError as exc:
        raise RenderError(f"{HTML_TEMPLATE}: its <style> cannot be inlined: {exc}") from exc


# ---------------------------------------------------------------- pictures and data


def _images(digest: Digest, phrases: Mapping[Lang, Phrases]) -> dict[str, InlineImage]:
    """The trend and the map, by name, where there is something to see."""
    found = {"trend": _trend_image(digest, phrases), "map": _map_image(digest, phrases)}
    return {name: image for name, image in found.items() if image}


def _in_words(digest: Digest, phrases: Mapping[Lang, Phrases]) -> dict[str, dict[Lang, str]]:
    """What the pictures show, by name and language: an alt text cannot say where its second language begins."""
    said = {"trend": _trend_alt, "map": _map_alt}
    return {name: {lang: alt(digest, phrases[lang]) for lang in digest.languages} for name, alt in said.items()}


def _trend_image(digest: Digest, phrases: Mapping[Lang, Phrases]) -> InlineImage | None:
    """The last two weeks; its alt text has every number, in the reader's first language."""
    trend = digest.trend
    if not trend.days:
        return None
    alt = _trend_alt(digest, phrases[digest.languages[0]])
    return InlineImage(_cid("trend", digest), _drawn_trend(trend), alt, TREND_WIDTH, TREND_HEIGHT)


def _trend_alt(digest: Digest, say: Phrases) -> str:
    days = "; ".join(say("trend.day", day=say.day_month(day.date), en=day.en, es=day.es) for day in digest.trend.days)
    return say("trend.alt", days=days)


def _map_image(digest: Digest, phrases: Mapping[Lang, Phrases]) -> InlineImage | None:
    """The map, when a story is set on the line; its alt text says the same in the reader's first language."""
    if not any(count.stories for count in digest.crossings):
        return None
    alt = _map_alt(digest, phrases[digest.languages[0]])
    return InlineImage(_cid("map", digest), _drawn_map(digest.crossings), alt, WIDTH, HEIGHT)


def _map_alt(digest: Digest, say: Phrases) -> str:
    places = (count for count in digest.crossings if count.stories)
    named = ", ".join(say("map.place", name=pair_name(c.crossing), n=c.stories) for c in places)
    return say("map.alt", places=named)


# Profiles of one run mostly have the same two weeks, and often the same map.
_drawn_trend = lru_cache(maxsize=4)(trend_chart)
_drawn_map = lru_cache(maxsize=4)(strip_map)


def _cid(name: str, digest: Digest) -> str:
    return f"{name}.{content_id(digest.edition)}@border-monitor"


def data(digest: Digest) -> str:
    """The edition as JSON: `version`, then the fields of `Digest`, name by name. Safe inside an HTML page, too."""
    document = {"version": DATA_VERSION, **to_plain(digest)}
    del document["max_html_bytes"]  # an option, not part of the edition
    text = json.dumps(document, ensure_ascii=False, indent=1)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text + "\n"
