"""What a run works with: the only place where concretes are chosen."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from monitor.app.workers import all_to_workers, open_workers, placed_embedder, texts_to_workers
from monitor.config import Config, resolve_secret, with_logins
from monitor.delivery import FileDelivery, MaildirDelivery, SmtpDelivery
from monitor.delivery.dkim import Signer, load_key
from monitor.digest import load_templates, unknown_wishes
from monitor.digest.subscription import Unsubscription
from monitor.errors import ConfigError, Problem
from monitor.executors import settled_heap
from monitor.intake import TOPICS, load_lexicon
from monitor.language.interpreter import Interpreter
from monitor.pipeline import Tools, channels_of
from monitor.protocols import Executor, Store
from monitor.resources import bundled
from monitor.store import open_store
from monitor.stories.gazetteer import gazetteer
from monitor.stories.quotas import unknown_names


def utc_now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def open_tools(
    config: Config, *, out: Path | None = None, send: bool = True, environ: Mapping[str, str] = os.environ
) -> Iterator[Tools]:
    """Everything a run works with. Raises ConfigError, StorageError or EngineError before anything is read or sent.

    A run that does not `send` needs no password of the mail server and no key to sign with.
    """
    lexicon = load_lexicon(topic_file(config, config.topic.lexicon))
    check_quotas(config)
    check_profiles(config)
    templates = load_templates(user_templates(config))
    archive_templates = load_templates(user_templates(config), part="archive")
    delivery, signer = (open_delivery(config, environ), open_signer(config, environ)) if send else (None, None)
    store = open_store(config.storage.url, folder=config.folder)
    executor = open_workers(config)
    with closing(store), closing(executor), closing(delivery) if delivery else nullcontext(), settled_heap():
        interpreter = open_interpreter(config, store, executor if texts_to_workers(config) else None)
        yield Tools(
            config=config,
            sources=with_logins(config, (feed for feed in config.feeds if feed.enabled), environ),
            store=store,
            lexicon=lexicon,
            templates=templates,
            archive_templates=archive_templates,
            interpreter=interpreter,
            embedder=placed_embedder(config, executor),
            executor=executor,
            all_to_workers=all_to_workers(config),
            delivery=delivery,
            digests_dir=out.absolute() if out else config.digests_dir,
            channels=channels_of(config, environ),
            unsubscription=open_unsubscription(config, environ),
            signer=signer,
        )


def open_interpreter(config: Config, store: Store | None, executor: Executor | None = None) -> Interpreter:
    """The translation that feeds.yaml asks for, with the wordings kept in the store; made here, or by an executor's
    workers. ConfigError, EngineError.
    """
    glossary = topic_file(config, config.topic.glossary)
    return Interpreter(config.translation, glossary, store.corrections() if store else (), executor)


def topic_file(config: Config, name: str) -> Path:
    """A file that feeds.yaml refers to: beside it, else the one that ships with the program under its default name."""
    path = config.folder / name
    if path.exists():
        return path
    if name in ("lexicon.yaml", "glossary.yaml"):
        return bundled(name)
    raise ConfigError(
        Problem(str(config.path), "topic", f"'{name}' does not exist in {config.folder}", "run `monitor init`")
    )


def check_quotas(config: Config) -> None:
    """Raises ConfigError for quotas of a topic or a stretch of the border that does not exist."""
    unknown = unknown_names(config.stories.quotas, topics=TOPICS)
    if unknown:
        raise ConfigError(*(Problem(str(config.path), where, "does not exist", remedy) for where, remedy in unknown))


def check_profiles(config: Config) -> None:
    """Raises ConfigError for topics and places of a profile, or of an alert, that no story can ever have."""
    places = tuple(gazetteer().places.values())
    wrong = [
        Problem(str(config.path), f"profiles.{profile.id}.{key}", f"there is no '{name}'", remedy)
        for profile in config.profile_records()
        for key, name, remedy in unknown_wishes(profile, topics=TOPICS, places=places)
    ]
    wrong += [
        Problem(str(config.path), f"alerts.stories.{rule.id}.{key}", f"there is no '{name}'", remedy)
        for rule in config.alerts.stories
        for key, name, remedy in unknown_wishes(rule.to_profile(config.schedule.timezone), topics=TOPICS, places=places)
    ]
    if wrong:
        raise ConfigError(*wrong)


def user_templates(config: Config) -> Path | None:
    """The user's own templates/ beside feeds.yaml, if there is one."""
    folder = config.folder / "templates"
    return folder if folder.is_dir() else None


def open_delivery(
    config: Config, environ: Mapping[str, str] = os.environ
) -> SmtpDelivery | FileDelivery | MaildirDelivery | None:
    """The way to hand mails over that feeds.yaml chooses; None when no mail server is configured."""
    mail = config.mail
    if mail.transport != "smtp":
        return (FileDelivery if mail.transport == "files" else MaildirDelivery)(config.folder / mail.folder)
    if not mail.host:
        return None
    password = resolve_secret(env=mail.password_env, file=mail.password_file, folder=config.folder, environ=environ)
    if mail.username and not password:
        raise ConfigError(
            Problem(
                str(config.path),
                "mail.username",
                "there is a user name but no password",
                f"set ${mail.password_env}, or name a file in mail.password_file",
            )
        )
    trusted = str(config.folder / mail.ca_file) if mail.ca_file else ""
    return SmtpDelivery(mail.model_copy(update={"ca_file": trusted}), password)


_SHORTEST_SECRET = 16


def open_unsubscription(config: Config, environ: Mapping[str, str] = os.environ) -> Unsubscription | None:
    """How recipients leave by one click; None without a secret to sign their addresses with.

    Raises ConfigError for a secret that can be guessed, or whose file others can read.
    """
    web = config.web
    secret = resolve_secret(env=web.secret_env, file=web.secret_file, folder=config.folder, environ=environ)
    if not secret:
        return None
    where = web.secret_file or f"${web.secret_env}"
    if len(secret) < _SHORTEST_SECRET:
        remedy = "make one with: python -c 'import secrets; print(secrets.token_urlsafe())'"
        raise ConfigError(Problem(str(config.path), f"web, {where}", f"is shorter than {_SHORTEST_SECRET}", remedy))
    _check_own(config, web.secret_file)
    return Unsubscription(web.base_url.rstrip("/"), secret)


def open_signer(config: Config, environ: Mapping[str, str] = os.environ) -> Signer | None:
    """What mails are signed with; None where feeds.yaml names no key.

    Raises ConfigError for a key that is missing, that others can read, or that cannot sign.
    """
    mail = config.mail
    keys = []
    for n, option in enumerate(mail.dkim):
        text = resolve_secret(env=option.key_env, file=option.key_file, folder=config.folder, environ=environ)
        if not text:
            remedy = f"set ${option.key_env}, or name a file in key_file"
            raise ConfigError(Problem(str(config.path), f"mail.dkim[{n}]", "there is no key", remedy))
        _check_own(config, option.key_file)
        domain = option.domain_for(mail.sender_address.rpartition("@")[2])
        keys.append(load_key(text, option.selector, domain, option.key_file or f"${option.key_env}"))
    return Signer(tuple(keys)) if keys else None


def _check_own(config: Config, file: str) -> None:
    """ConfigError for the file of a secret that everybody on the machine can use; a group may be the program's own."""
    if file and (config.folder / file).stat().st_mode & 0o007:
        raise ConfigError(Problem(file, "secret", "can be read by others", f"chmod 600 {file}, or 640"))


@contextmanager
def open_store_of(config: Config) -> Iterator[Store]:
    with closing(open_store(config.storage.url, folder=config.folder)) as store:
        yield store


def free_disk_bytes(folder: Path) -> int:
    """Free space where a folder is, or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
