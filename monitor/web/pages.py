"""How a page looks: a template, the reader's words, and what every page has around its own. Pure but for the clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from babel.dates import format_date, format_skeleton
from babel.numbers import format_percent
from starlette.responses import HTMLResponse, Response

from monitor.digest.phrases import Phrases
from monitor.digest.templates import fill
from monitor.records import LANGUAGES, Lang, other_language
from monitor.text import is_web_link, without_campaign
from monitor.web.asked import LANGUAGE_COOKIE, Asked
from monitor.web.site import Site

_YEAR_S = 365 * 24 * 3600
SECTIONS = ("latest", "archive", "search", "outlets", "trends", "feeds")


@dataclass(frozen=True, slots=True)
class View:
    """What a template knows besides its page: the reader's words, addresses, times."""

    asked: Asked
    site: Site
    section: str  # of the navigation; "" for a page outside it

    @property
    def lang(self) -> Lang:
        return self.asked.language

    @property
    def other(self) -> Lang:
        return other_language(self.asked.language)

    @property
    def say(self) -> Phrases:
        return self.site.say(self.lang)

    @property
    def root(self) -> str:
        return self.asked.root

    @property
    def title(self) -> str:
        digest = self.site.config.digest
        return digest.title_en if self.lang == "en" else digest.title_es

    @property
    def zone(self) -> str:
        return self.say.zone(self.site.zone)

    def here(self, **changes: object) -> str:
        """This page with other parameters, as a relative address."""
        query = self.asked.query(**changes)
        return f"{self.asked.page}?{query}" if query else self.asked.page

    def switch(self, language: Lang) -> str:
        """This page in another language."""
        query = self.asked.query()
        return f"{self.asked.page}?{query}&lang={language}" if query else f"{self.asked.page}?lang={language}"

    def link(self, url: str) -> str:
        """An address of a report, if it is one that may be followed; else ""."""
        return without_campaign(url) if is_web_link(url) else ""

    def time(self, instant: datetime) -> str:
        """Date and time in the pages' zone: "Mar 5, 9:12 AM", with the year when it is not this one's."""
        local = self.site.local(instant)
        text = self.say.clock(local, date.min)
        return text if local.year == self.site.local(self.site.now()).year else f"{text} ({local.year})"

    def month(self, day: date) -> str:
        """ "March 2026", "marzo de 2026"."""
        return format_skeleton("yMMMM", day, locale=self.say.locale)

    def weekday(self, day: date) -> str:
        return format_date(day, "EEEE", locale=self.say.locale)

    def weekday_short(self, day: date) -> str:
        return format_date(day, "EEE", locale=self.say.locale)

    def day_month(self, day: date) -> str:
        """ "Mar 5", "5 mar"."""
        return format_date(day, self.say("format.day_month"), locale=self.say.locale)

    def percent(self, value: int) -> str:
        """ "40%", "40 %"."""
        return format_percent(value / 100, locale=self.say.locale)


def page(
    site: Site, asked: Asked, template: str, values: Mapping[str, object], *, section: str = "", status: int = 200
) -> Response:
    """A page as an answer; the reader's choice of a language is kept in a cookie. Raises RenderError."""
    context = {"view": View(asked, site, section), "sections": SECTIONS, "languages": LANGUAGES, **values}
    html = fill(site.templates.environment.get_template(template), context)
    answer = HTMLResponse(html, status, headers={"Vary": "Accept-Language, Cookie"})
    if asked.chosen:
        answer.set_cookie(
            LANGUAGE_COOKIE, asked.language, max_age=_YEAR_S, samesite="lax", httponly=True, secure=site.door.is_secure
        )
    return answer


def message(site: Site, asked: Asked, key: str, *, status: int, **values: object) -> Response:
    """A page that says one thing: `key.title` and `key.text` of the strings."""
    return page(
        site, asked, "message.html.j2", {"key": key, "values": {"name": "", "again": False, **values}}, status=status
    )
