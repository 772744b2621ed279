"""Several editions a day, whole: the daemon under a clock set by hand, sample feeds, a mail server, archive, pages."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from monitor.app import RunRequest, open_store_of, run_once, send_edition, stored_digest
from monitor.config import Config
from monitor.demo.mail_server import Mailbox
from monitor.demo.server import SampleServer
from monitor.errors import StorageError
from monitor.pipeline import EditionPlan, NoProgress
from monitor.pipeline.publish import _missed
from monitor.records import DueSlot, Edition, Profile, SlotEntry
from monitor.web import open_site
from tests.schedule.conftest import Daemon
from tests.web.conftest import sample_config, serve

MORNING = datetime(2026, 3, 5, 13, tzinfo=UTC)  # 07:00 in Chicago
EVENING = datetime(2026, 3, 6, 0, 30, tzinfo=UTC)  # 18:30 of the same day there
MINUTE = timedelta(minutes=1)


@dataclass
class Desk:
    """A configuration on sample feeds that have got as far as the clock, and the mails that were sent."""

    config: Config
    feeds: SampleServer
    mailbox: Mailbox

    def run(self, now: datetime, slots: tuple[DueSlot, ...] = ()) -> list[str]:
        """One run; the editions it made."""
        self.feeds.at = now
        report = run_once(self.config, RunRequest(now, slots=slots), NoProgress())
        return [edition.edition for edition in report.editions if edition.created]

    def subjects_to(self, recipient: str) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails_to(recipient)]

    def mails_to(self, recipient: str) -> list[EmailMessage]:
        return [message_from_bytes(m.content, policy=default) for m in self.mailbox.messages_to(recipient)]

    def document(self, slot: str) -> dict[str, object]:
        page = stored_digest(self.config, slot, "everyone")
        document: dict[str, object] = json.loads(page.with_suffix(".json").read_text("utf-8"))
        return document


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """`everyone` at 07:00 and 18:30, `espanol` at 07:00 alone."""
    with SampleServer() as feeds, Mailbox() as mailbox:
        config = sample_config(
            tmp_path,
            feeds,
            schedule={"times": ["18:30", "07:00"], "timezone": "America/Chicago"},
            profiles=[{"id": "everyone", "language": "en"}, {"id": "espanol", "language": "es", "time": "07:00"}],
            recipients=[
                {"address": "ana@newsroom.example"},
                {"address": "lucia@redaccion.example", "profile": "espanol"},
            ],
            mail={"host": "127.0.0.1", "port": mailbox.port, "security": "none", "base_url": "https://border.example"},
        )
        yield Desk(config, feeds, mailbox)


@pytest.fixture
def daemon(desk: Desk, tmp_path: Path) -> Iterator[Callable[[datetime], Daemon]]:
    started: list[Daemon] = []

    def start(now: datetime) -> Daemon:
        def make(slots: tuple[DueSlot, ...]) -> str:
            desk.run(it.clock.now, slots)
            return ""

        it = Daemon(tmp_path, now, timetables=desk.config.timetables(), make=make)
        started.append(it)
        return it

    yield start
    for it in started:
        it.end()


def test_the_daemon_makes_both_editions_of_a_day_each_is_mailed_once_and_one_a_day_stays_one(
    desk: Desk, daemon: Callable[[datetime], Daemon]
) -> None:
    it = daemon(MORNING + MINUTE)
    assert it.next_made() == (DueSlot("everyone", "2026-03-05T0700"), DueSlot("espanol", "2026-03-05"))
    it.wait_until_idle()
    it.clock.now = EVENING
    assert it.next_made() == (DueSlot("everyone", "2026-03-05T1830"),)
    it.wait_until_idle()
    it.end()
    again = daemon(EVENING + MINUTE)
    again.wait_until_idle()
    assert again.made.empty()
    first, second = desk.subjects_to("ana@newsroom.example")
    assert first.startswith("Thu Mar 5, 7:00 AM: ")
    assert second.startswith("Thu Mar 5, 6:30 PM: ")
    (only,) = desk.subjects_to("lucia@redaccion.example")
    assert only.startswith("jue 5 mar: ")
    morning, evening = desk.mails_to("ana@newsroom.example")
    assert re.fullmatch(r"<[0-9a-f]{16}\.20260305T0700@\S+>", morning["Message-ID"])
    assert morning["Message-ID"] != evening["Message-ID"]
    assert morning["List-Id"] == evening["List-Id"]


def test_each_edition_tells_what_came_since_the_one_before_it_also_of_the_same_day(desk: Desk) -> None:
    schedule = desk.config.schedule.model_copy(update={"times": ("07:00", "14:30", "18:30")})
    desk.config = desk.config.model_copy(update={"schedule": schedule})
    afternoon = datetime(2026, 3, 5, 20, 30, tzinfo=UTC)
    runs = [desk.run(now) for now in (MORNING, afternoon, EVENING)]
    slots = ("2026-03-05T0700", "2026-03-05T1430", "2026-03-05T1830")
    assert runs == [[f"everyone/{slots[0]}", "espanol/2026-03-05"], [f"everyone/{slots[1]}"], [f"everyone/{slots[2]}"]]
    told = [desk.document(slot) for slot in slots]
    assert [datetime.fromisoformat(str(document["since"])) for document in told[1:]] == [MORNING, afternoon]
    with open_store_of(desk.config) as store:
        shown = {edition.slot: set(edition.article_ids) for edition in store.editions("everyone")}
    fresh = [_fresh(document) for document in told]
    assert all(fresh)
    assert not fresh[1] & shown[slots[0]]
    assert not fresh[2] & (shown[slots[0]] | shown[slots[1]])


def test_what_was_shown_thirty_and_more_editions_ago_is_no_news(desk: Desk) -> None:
    """With several a day these are a few days: as many days are remembered as with one a day."""
    desk.run(MORNING)
    with open_store_of(desk.config) as store:
        (first,) = store.editions("everyone")
        for n in range(40):
            key, at = f"everyone/2026-03-05T08{n:02}", MORNING + (60 + n) * MINUTE
            store.save_edition(replace(first, edition=key, article_ids=(), created_at=at, cutoff_at=at), [])
    desk.run(EVENING)
    assert not _fresh(desk.document("2026-03-05T1830")) & set(first.article_ids)


def test_a_slot_that_a_clock_change_brought_to_the_instant_of_this_edition_is_not_told_as_missing() -> None:
    end_of_gap = datetime(2026, 3, 8, 8, tzinfo=UTC)
    slots = [
        SlotEntry("desk", "2026-03-08T0300", end_of_gap, "running", end_of_gap),
        SlotEntry("desk", "2026-03-08T0230", end_of_gap, "skipped", end_of_gap),
        SlotEntry("desk", "2026-03-08T0000", end_of_gap - 120 * MINUTE, "skipped", end_of_gap),
        SlotEntry("desk", "2026-03-07T0300", end_of_gap - 23 * 60 * MINUTE, "failed", end_of_gap),
        SlotEntry("desk", "2026-03-07T0230", end_of_gap - 24 * 60 * MINUTE, "skipped", end_of_gap),
    ]
    last = Edition(
        "desk/2026-03-07T0230", "desk", end_of_gap.date() - timedelta(days=1), "", (), (), MORNING, MORNING, ""
    )
    plan = EditionPlan(Profile("desk", timezone="America/Chicago"), "2026-03-08T0300", (), series="desk")
    told = _missed(slots, [last], plan)
    assert [when.isoformat() for when in told] == ["2026-03-07T03:00:00-06:00", "2026-03-08T00:00:00-06:00"]


def _fresh(document: object) -> set[str]:
    """The reports that an edition tells as new."""
    if isinstance(document, dict):
        own = {str(document["article_id"])} if document.get("is_new") else set()
        return own.union(*map(_fresh, document.values()))
    return set().union(*map(_fresh, document)) if isinstance(document, list) else set()


def test_a_run_by_hand_makes_the_last_edition_that_is_due_once_and_before_the_first_the_first(desk: Desk) -> None:
    assert "everyone/2026-03-05T0700" in desk.run(MORNING - timedelta(hours=2))
    assert desk.run(EVENING - MINUTE) == []
    assert desk.run(EVENING) == ["everyone/2026-03-05T1830"]
    assert desk.run(EVENING + timedelta(hours=5)) == []
    assert len(desk.mailbox.messages_to("ana@newsroom.example")) == 2


def test_a_date_names_the_last_edition_of_that_day_and_a_time_the_one_it_says(desk: Desk) -> None:
    for now in (MORNING, EVENING):
        desk.run(now)
    folder = desk.config.digests_dir
    assert stored_digest(desk.config, "2026-03-05", "everyone") == folder / "2026/03/05T1830-everyone.html"
    assert stored_digest(desk.config, "2026-03-05T0700", "everyone") == folder / "2026/03/05T0700-everyone.html"
    assert stored_digest(desk.config, "2026-03-05", "espanol") == folder / "2026/03/05-espanol.html"
    with pytest.raises(StorageError, match="2026-03-05T1200"):
        stored_digest(desk.config, "2026-03-05T1200", "everyone")
    for slot, hour in (("2026-03-05T0700", "7:00"), ("2026-03-05", "6:30")):
        who = f"{slot.lower()}@newsroom.example"
        sent = send_edition(desk.config, slot, "everyone", (who,), again=False, now=EVENING)
        assert [receipt.state for receipt in sent.receipts] == ["sent"]
        (subject,) = desk.subjects_to(who)
        assert f", {hour}" in subject


def test_the_archive_and_the_pages_show_both_and_lead_from_one_to_the_other(desk: Desk) -> None:
    for now in (MORNING, EVENING, MORNING + timedelta(days=1)):
        desk.run(now)
    folder = desk.config.digests_dir
    index = (folder / "index.html").read_text("utf-8")
    addresses = re.findall(r'href="(2026/03/[^"]*everyone\.html)"', index)
    named = [f"2026/03/{day}-everyone.html" for day in ("06T0700", "05T1830", "05T0700")]
    assert list(dict.fromkeys(addresses)) == named
    assert "<b>6:30\u00a0PM</b>" in index
    atom = (folder / "editions.xml").read_text("utf-8")
    ids = re.findall(r"<id>(urn:uuid:\S+)</id>", atom)
    assert len(ids) == len(set(ids)) == 6
    assert "https://border.example/2026/03/05T1830-everyone.html" in atom
    with open_site(desk.config, environ={}, now=lambda: MORNING + timedelta(days=1)) as site, serve(site) as web:
        morning, evening, whole_day = (
            web.page(f"/editions/everyone/{slot}") for slot in ("2026-03-05T0700", "2026-03-05T1830", "2026-03-05")
        )
        calendar = web.page("/archive?profile=everyone&lang=es&month=2026-03")
        mailed = web.page("/editions/everyone/2026-03-05T1830/mail.html")
        told = web.page(f"/stories/{_told_twice(desk)}")
        for nothing in ("2026-03-05T1200", "2026-03-05T", "yesterday"):
            assert web.get(f"/editions/everyone/{nothing}").status_code == 404
    assert "Thursday, March 5, 2026, 7:00\u00a0AM</h1>" in morning
    assert re.search(r'href="[^"]*/2026-03-05T1830" rel="next"', morning)
    assert 'rel="prev"' not in morning
    assert "Thursday, March 5, 2026, 6:30\u00a0PM</h1>" in whole_day
    assert re.search(r'href="[^"]*/2026-03-05T0700" rel="prev">← Thu Mar 5, 7:00\u00a0AM', evening)
    assert re.search(r'href="[^"]*/2026-03-06T0700" rel="next"', evening)
    assert re.search(r'T0700" aria-label="Edición del jueves, 5 de marzo de 2026, 7:00[^"]*">7:00', calendar)
    assert re.search(r'T1830" aria-label="[^"]*6:30\u00a0p.m.">6:30 p.m.<', calendar)
    assert "Thursday, March 5, 2026, 6:30\u00a0PM" in mailed
    links = [
        f'editions/everyone/2026-03-05T{at}">everyone, {hour}' for at, hour in (("0700", "7:00"), ("1830", "6:30"))
    ]
    assert told.find(links[0]) < told.find(links[1])
    assert links[0] in told


def _told_twice(desk: Desk) -> str:
    """A story that both editions of the day have."""
    with open_store_of(desk.config) as store:
        stories = {edition.slot: set(edition.story_ids) for edition in store.editions("everyone")}
    return min(stories["2026-03-05T0700"] & stories["2026-03-05T1830"])


def test_after_downtime_the_last_edition_is_made_and_says_which_ones_were_not(
    desk: Desk, daemon: Callable[[datetime], Daemon]
) -> None:
    first = daemon(MORNING)
    first.next_made()
    first.wait_until_idle()
    first.end()
    second = daemon(EVENING + timedelta(hours=24) + MINUTE)
    assert second.next_made() == (DueSlot("everyone", "2026-03-06T1830"), DueSlot("espanol", "2026-03-06"))
    second.wait_until_idle()
    book = second.book()
    assert [book[slot].state for slot in ("2026-03-05T1830", "2026-03-06T0700")] == ["skipped", "skipped"]
    text = stored_digest(desk.config, "2026-03-06T1830", "everyone").with_suffix(".txt").read_text("utf-8")
    said = " ".join(text.replace("\u00a0", " ").split())
    assert "2 editions were not made: Mar 5 (6:30 PM), Mar 6 (7:00 AM). This program was not working." in said
    with open_site(desk.config, environ={}, now=lambda: EVENING + timedelta(days=1)) as site, serve(site) as web:
        page = web.page("/editions/everyone/2026-03-06T1830?lang=es").replace("\u00a0", " ")
    assert "No se hicieron 2 ediciones: 5 mar (6:30 p.m.), 6 mar (7:00 a.m.)." in page
