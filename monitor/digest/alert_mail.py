"""A story alert as a mail: the story's card, why it came, and what it will not do again. Pure."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from monitor.config.alerts import StoryAlertConfig
from monitor.digest.model import Card, Digest, Links
from monitor.digest.phrases import Phrases
from monitor.digest.render import header_text, page_context, plain_text, with_inline_styles
from monitor.digest.templates import Templates, fill
from monitor.records import LANGUAGES, RenderedDigest

_HTML, _TEXT = "alert.html.j2", "alert.txt.j2"
_SUBJECT_CHARS = 150
# What a card says of editions, in the words of an alert.
_OWN_WORDS = {"updated": "alert.updated", "updated.above": "alert.updated.above", "why": "alert.points"}


@dataclass(frozen=True, slots=True)
class Alert:
    """What an alert's templates get beside what a digest's get: the one story, and why it is told."""

    card: Card
    outlets: int  # independent ones
    rule: StoryAlertConfig
    told_at: datetime | None = None  # when it was told before, in the reader's zone
    told_outlets: int = 0  # how many had it then

    @property
    def where(self) -> str:
        """In which press: both, en or es."""
        return "both" if len(self.card.languages) == len(LANGUAGES) else self.card.languages[0]


def render_alert(digest: Digest, alert: Alert, templates: Templates, *, links: Links) -> RenderedDigest:
    """The mail of one alert; `digest` is an edition of this story alone, whose key is the alert's.

    Raises RenderError, naming file and line, when a template asks for something that does not exist.
    """
    templates = replace(templates, phrases={lang: _own(say) for lang, say in templates.phrases.items()})
    say = templates.phrases[digest.languages[0]]
    subject = alert_subject(digest, alert, say)
    context = {
        **page_context(digest, templates.phrases, links, {}),
        "alert": alert,
        "reasons": because(alert, say),
        "subject": subject,
        "preheader": say("alert.preheader", where=say(f"alert.where.{alert.where}", n=alert.outlets)),
    }
    return RenderedDigest(
        edition=digest.edition,
        profile_id=digest.profile_id,
        date=digest.date,
        language=digest.language,
        subject=subject,
        html=with_inline_styles(fill(templates.environment.get_template(_HTML), context)),
        text=plain_text(templates, _TEXT, context),
        data="",
        images=(),
        story_ids=(alert.card.id,),
        cutoff_at=digest.now.astimezone(UTC),
    )


def alert_subject(digest: Digest, alert: Alert, say: Phrases) -> str:
    """That it is an alert, how many have it, the story's headline; safe for a header."""
    headline = alert.card.headlines.for_reader(say.language).fragment.text
    key = "alert.subject.grown" if alert.told_at else "alert.subject"
    text = say(key, outlets=say("n.outlets", n=alert.outlets), headline=headline)
    return header_text(say("subject.sample", subject=text) if digest.sample else text, _SUBJECT_CHARS)


def because(alert: Alert, say: Phrases) -> tuple[str, ...]:
    """What the rule asks for, in words."""
    rule = alert.rule
    asked = [say("alert.because.outlets", n=rule.outlets)]
    if rule.both_languages:
        asked.append(say("alert.because.both"))
    if rule.score:
        points, own = say.points(rule.score), say.points(alert.card.score)
        asked.append(say("alert.because.score", points=points, own=own))
    if rule.topics:
        asked.append(say("alert.because.topics", names=", ".join(rule.topics)))
    if rule.regions:
        asked.append(say("alert.because.regions", names=", ".join(rule.regions)))
    return tuple(asked)


def _own(say: Phrases) -> Phrases:
    """The digest's words, but for those that speak of editions."""
    own = {key: say.strings[by] for key, by in _OWN_WORDS.items() if by in say.strings}
    return replace(say, strings={**say.strings, **own})
