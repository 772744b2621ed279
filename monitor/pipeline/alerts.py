"""Story alerts: what the rules of feeds.yaml want told at once becomes messages in the outbox, beside the editions'.

An alert is kept as an edition of a list of its own, `alert/<rule>`, frozen and queued in one transaction: what is told
once is never told again, whenever a run dies. Nothing of it is known to the digests' editions, so that the next digest
is what it would be without alerts.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from monitor.config.alerts import StoryAlertConfig
from monitor.digest import Links, compose, edition_links
from monitor.digest.alert_mail import Alert, render_alert
from monitor.digest.alert_rules import (
    Candidate,
    Telling,
    alert_key,
    candidates,
    choose,
    held_key,
    held_list,
    joined,
    telling_of,
)
from monitor.digest.phrases import PhraseError
from monitor.errors import RenderError
from monitor.pipeline.mailing import audience_of, envelope_for
from monitor.pipeline.publish import reader_of, title_of
from monitor.pipeline.texts import Comparisons
from monitor.pipeline.tools import Plan, Tick, Tools, by_id
from monitor.pipeline.understand import Translated
from monitor.records import (
    AlertReport,
    Clustered,
    Counts,
    Edition,
    EditionMaterial,
    FeedReport,
    RankedStory,
    RunReport,
    Story,
    Translations,
)
from monitor.stories.rank import rank

_REMEMBERED = timedelta(days=45)  # longer than a story can live
_MOST_TELLINGS = 10_000


@dataclass(frozen=True, slots=True)
class Told:
    """Stage output: the stories told of or held back, and what went wrong."""

    alerts: tuple[AlertReport, ...] = ()
    notices: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.alerts)

    def added_to(self, report: RunReport) -> RunReport:
        return replace(report, alerts=self.alerts, notices=(*report.notices, *self.notices))


def alert(
    tools: Tools,
    plan: Plan,
    clustered: Clustered,
    translated: Translated,
    feeds: tuple[FeedReport, ...],
    tick: Tick,
    *,
    comparisons: Comparisons,
) -> Told:
    """Queue the alerts that are due now, if this run may; a rule whose mail cannot be made is a notice."""
    if not plan.alerts or tools.delivery is None:
        return Told()
    found, notices = [], []
    for number, rule in enumerate(tools.config.alerts.stories, 1):
        desk = _Desk(tools, plan, rule, _material(tools, plan, translated, feeds), translated.withheld, comparisons)
        try:
            found += desk.work(clustered.stories)
        except (RenderError, PhraseError) as exc:
            notices.append(f"the alert {rule.id} cannot be made: {exc}")
        tick(number)
    return Told(tuple(found), tuple(notices))


def _material(tools: Tools, plan: Plan, translated: Translated, feeds: tuple[FeedReport, ...]) -> EditionMaterial:
    """What a card is written from; its story comes later."""
    return EditionMaterial(
        ranked=(),
        developing=(),
        translations=translated.translations,
        sources=by_id(tools.sources),
        feeds=feeds,
        counts=Counts(),
        engine=translated.engine,
        since=plan.now,
        now=plan.now,
        sample=plan.sample,
    )


@dataclass(frozen=True, slots=True)
class _Desk:
    """One rule in one run."""

    tools: Tools
    plan: Plan
    rule: StoryAlertConfig
    material: EditionMaterial
    withheld: Translations
    comparisons: Comparisons

    def work(self, stories: Iterable[Story]) -> list[AlertReport]:
        """Tell of what is due, and note what is held back."""
        earlier = self.earlier()
        tellings = [telling_of(edition) for edition in earlier]
        chosen = candidates(self.rule, stories, tellings, now=self.plan.now)
        if not chosen:
            return []
        before = {item.story.id: item for item in chosen}
        choice = choose(
            self.rule,
            self.ranked(chosen),
            told_today=sum(edition.date == self.today for edition in earlier),
            default_zone=self.default_zone,
        )
        told = [self.tell(item, before[item.story.id].before) for item in choice.told]
        return [*told, *(self.hold(item) for item in choice.held)]

    def earlier(self) -> tuple[Edition, ...]:
        """What this rule has told."""
        first = self.today - _REMEMBERED
        return self.tools.store.editions(self.rule.list_id, limit=_MOST_TELLINGS, first=first)

    def ranked(self, chosen: Iterable[Candidate]) -> tuple[RankedStory, ...]:
        """Each as readers see it who know what they were told, and nothing else."""
        found = tuple(chosen)
        known = joined(item.before for item in found if item.before)
        ranked = rank(
            [item.story for item in found],
            previous_article_ids=known.article_ids if known else frozenset(),
            since=self.plan.now - _REMEMBERED,
            now=self.plan.now,
            zone=self.zone.key,
            options=self.tools.config.stories,
            lead_count=self.tools.config.translation.lead_sentences,
            reader=reader_of(self.rule.to_profile(self.default_zone), self.withheld),
            comparing=self.comparisons,
        )
        return (*ranked.with_news, *ranked.developing)

    def tell(self, item: RankedStory, before: Telling | None) -> AlertReport:
        """Freeze the mail and queue it, in one transaction."""
        config, rule = self.tools.config, self.rule
        profile = rule.to_profile(self.default_zone)
        material = replace(self.material, ranked=(item,))
        digest = compose(material, replace(profile, minimum_score=0), config.digest, zone=self.zone)
        digest = replace(digest, edition=alert_key(rule, item.story))
        told = Alert(
            card=digest.cards[0],
            outlets=len(item.story.voices),
            rule=rule,
            told_at=before.at.astimezone(self.zone) if before else None,
            told_outlets=before.outlets if before else 0,
        )
        page = f"{config.web.base_url.rstrip('/')}/stories/{item.story.id}" if config.web.base_url else ""
        links = Links(archive=page, unsubscribe=edition_links(digest, config.mail).unsubscribe)
        rendered = render_alert(digest, told, self.tools.templates, links=links)
        to = audience_of(self.tools.store, config, rule.list_id, tuple(dict.fromkeys(rule.recipients)))
        tools = self.tools
        envelopes = [
            envelope_for(config, rendered, who, tools.unsubscription, now=self.plan.now, signer=tools.signer)
            for who in to.recipients
        ]
        self.tools.store.save_edition(self.kept(item, rendered.edition, rule.list_id, rendered.subject), envelopes)
        return self.report(item, "told")

    def hold(self, item: RankedStory) -> AlertReport:
        """Note that the day was full, for `monitor status`; nothing is queued."""
        key = held_key(self.rule, item.story, self.today)
        title = title_of(item, self.rule.language, self.material.translations)
        self.tools.store.save_edition(self.kept(item, key, held_list(self.rule), title), ())
        return self.report(item, "held")

    def kept(self, item: RankedStory, key: str, list_id: str, subject: str) -> Edition:
        story, now = item.story, self.plan.now
        return Edition(
            edition=key,
            profile_id=list_id,
            date=self.today,
            subject=subject,
            story_ids=(story.id, *story.absorbed),
            article_ids=tuple(sorted(member.article.id for member in story.members)),
            cutoff_at=now,
            created_at=now,
            path="",
        )

    def report(self, item: RankedStory, state: Literal["told", "held"]) -> AlertReport:
        title = title_of(item, self.rule.language, self.material.translations)
        story = item.story
        return AlertReport(self.rule.id, story.id, title, state, len(story.voices), story.languages, item.score)

    @property
    def default_zone(self) -> str:
        return self.tools.config.schedule.timezone

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.rule.timezone or self.default_zone)

    @property
    def today(self) -> date:
        return self.plan.now.astimezone(self.zone).date()
