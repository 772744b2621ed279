"""Reading feeds.yaml: validation with line numbers, and all problems at once."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from monitor.config.documents import Document, read_text
from monitor.config.models import Config, FeedConfig
from monitor.errors import ConfigError, Problem
from monitor.records import Source

DEFAULT_NAME = "feeds.yaml"
ENVIRONMENT_NAME = "MONITOR_CONFIG"


def find_config(given: str | Path | None, environ: Mapping[str, str]) -> Path:
    """The configuration file: `--config`, else $MONITOR_CONFIG, else ./feeds.yaml. It need not exist."""
    return Path(given or environ.get(ENVIRONMENT_NAME) or DEFAULT_NAME).absolute()


def load_config(path: Path) -> Config:
    """Read and check feeds.yaml. Raises ConfigError with every problem found, each with file, line, key and remedy."""
    text = read_text(path, "run `monitor init` here, or name it with --config FILE")
    document = Document(text, str(path), example="see the feeds.yaml that `monitor init` writes")
    return document.checked(Config).at(path)


def with_logins(
    config: Config, feeds: Iterable[FeedConfig], environ: Mapping[str, str] = os.environ
) -> tuple[Source, ...]:
    """The records of feeds, each with the password of its login; "" where its variable is not set.

    Raises ConfigError when a password_file cannot be read.
    """

    def record(feed: FeedConfig) -> Source:
        source = feed.to_record(config.fetch)
        if not feed.username:
            return source
        secret = resolve_secret(env=feed.password_env, file=feed.password_file, folder=config.folder, environ=environ)
        return replace(source, password=secret)

    return tuple(record(feed) for feed in feeds)


def resolve_secret(*, env: str, file: str, folder: Path, environ: Mapping[str, str] = os.environ) -> str:
    """A secret from its file, else from its environment variable; "" when neither is set.

    Where only the variable with _FILE at the end of its name is set, it names the file: so systemd's credentials and
    a container's secrets, whose places differ, need no line in feeds.yaml. Raises ConfigError when a file is named but
    cannot be read.
    """
    file = file or (environ.get(f"{env}_FILE", "") if env and not environ.get(env) else "")
    if not file:
        return environ.get(env, "")
    try:
        return (folder / file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        reason = exc.strerror if isinstance(exc, OSError) else "is not text"
        raise ConfigError(
            Problem(file, "secret", f"cannot be read ({reason})", "check the path and its permissions")
        ) from exc
