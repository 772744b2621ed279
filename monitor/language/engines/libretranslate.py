"""LibreTranslate on a server of the user's own, over HTTP.

Batches go to `POST /translate`, as many at a time as the engine has threads. What a server cannot take is cut: a batch
that is too large or too slow for it is halved, a text longer than its limit is cut between words. A text on which alone
it fails comes back empty, which a guard will flag.

A server does not name its models. What it makes of a few fixed sentences stands for them in the engine's name: another
model says at least one of them otherwise, and what was remembered of the old one is void.

Known gaps: two models that agree on every probe share a name; a server that is asked by several addresses at once may
answer probes from a mix of models.
"""

import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from monitor.config import resolve_secret
from monitor.config.models import LibreTranslateConfig
from monitor.errors import ConfigError, EngineError
from monitor.language.engines.rest import FailingError, JsonClient, RefusedError, TooLargeError, TooSlowError
from monitor.records import EngineSpec, Lang

LABEL = "LibreTranslate"
DIRECTIONS: tuple[tuple[Lang, Lang], ...] = (("es", "en"), ("en", "es"))
_OPENING_RETRIES = 1  # a server that is away must not hold up a run that can do without
_LETTER = re.compile(r"[^\W\d_]")
_PROBES: Mapping[Lang, tuple[str, ...]] = {
    "es": (
        "La aduana cerró el puente durante seis horas por falta de personal.",
        "Ningún vecino quiso hablar de lo que había visto aquella noche.",
        "El alcalde pidió más patrullas tras el robo de tres camionetas.",
    ),
    "en": (
        "Customs closed the bridge for six hours because it was short of staff.",
        "None of the neighbors wanted to talk about what they had seen that night.",
        "The mayor asked for more patrols after three pickup trucks were stolen.",
    ),
}


def server_options(config: LibreTranslateConfig) -> dict[str, str]:
    """What a worker needs to reach the server, for `EngineSpec.options`. The key itself is not among it."""
    return {name: str(value) for name, value in config.model_dump().items()}


def missing_parts(options: Mapping[str, str]) -> list[str]:
    """What the configuration lacks. Whether the server is there is seen when the engine is opened."""
    return [] if options.get("url") else ["a server (set translation.libretranslate.url)"]


def _config_of(spec: EngineSpec) -> LibreTranslateConfig:
    try:
        return LibreTranslateConfig.model_validate(dict(spec.options))
    except ValidationError as exc:
        raise EngineError(f"the libretranslate engine's options: {exc.errors()[0]['msg']}") from exc


def _key_of(config: LibreTranslateConfig, environ: Mapping[str, str]) -> str:
    try:
        return resolve_secret(env=config.api_key_env, file="", folder=Path(), environ=environ)
    except ConfigError as exc:
        raise EngineError(f"the libretranslate engine's key: {exc}") from exc


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may hold."""

    texts: int
    chars: int
    text_chars: int = 100_000  # of one text


class LibreTranslator:
    """es ↔ en on the configured server. Opening it asks the server for its languages, version and limits."""

    def __init__(
        self,
        spec: EngineSpec,
        environ: Mapping[str, str] = os.environ,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        missing = missing_parts(spec.options)
        if missing:
            raise EngineError(f"the libretranslate engine lacks {'; '.join(missing)}")
        config = _config_of(spec)
        self._key_env = config.api_key_env
        self._key = _key_of(config, environ)
        self._threads = spec.threads
        client = JsonClient(
            config.url, timeout_s=config.timeout_s, retries=config.retries, secret=self._key, sleep=sleep
        )
        self._client = client.trying(min(config.retries, _OPENING_RETRIES))
        try:
            self._limits = Limits(config.batch_texts, config.batch_chars, _char_limit(self._client, config.batch_chars))
            _check_directions(self._client)
            self._name = f"libretranslate ({_place(config.url)}, {_version(self._client)}, {self._fingerprint()})"
        except BaseException:
            client.close()
            raise
        self._client = client

    @property
    def name(self) -> str:
        return self._name

    def translate(self, texts: Sequence[str], source: Lang, target: Lang) -> list[str]:
        """The texts in `target`, in order. EngineError, with the remedy, when the server cannot do it."""
        if source == target:
            return list(texts)
        pieces = [_pieces(text, self._limits.text_chars) for text in texts]
        distinct = list(dict.fromkeys(piece for parts in pieces for piece in parts if self._is_sent(piece)))
        made = self._translate_distinct(distinct, source, target)
        return [" ".join(made.get(piece, piece) for piece in parts) for parts in pieces]

    def close(self) -> None:
        self._client.close()

    def _is_sent(self, piece: str) -> bool:
        """Not what is no language: without a letter, or one word longer than the server takes a text."""
        return len(piece) <= self._limits.text_chars and bool(_LETTER.search(piece))

    def _translate_distinct(self, texts: list[str], source: Lang, target: Lang) -> dict[str, str]:
        batches = list(batched(texts, self._limits))
        pool = ThreadPoolExecutor(max(1, min(self._threads, len(batches))))
        try:
            outputs = [out for outs in pool.map(lambda b: self._batch(b, source, target), batches) for out in outs]
        finally:
            pool.shutdown(cancel_futures=True)
        return dict(zip(texts, outputs, strict=True))

    def _batch(self, texts: list[str], source: Lang, target: Lang) -> list[str]:
        try:
            return self._ask(texts, source, target)
        except (FailingError, TooSlowError):
            if not self._is_well(source, target):
                raise
            if len(texts) == 1:
                return [""]
        except TooLargeError:
            if len(texts) == 1:
                raise
        half = len(texts) // 2
        return self._batch(texts[:half], source, target) + self._batch(texts[half:], source, target)

    def _is_well(self, source: Lang, target: Lang) -> bool:
        """Whether the server translates a plain sentence: then it was the texts that it failed on."""
        try:
            return bool(self._ask([_PROBES[source][0]], source, target, self._client.trying(0)))
        except EngineError:
            return False

    def _ask(self, texts: list[str], source: Lang, target: Lang, client: JsonClient | None = None) -> list[str]:
        body = {"q": texts, "source": source, "target": target, "format": "text"}
        try:
            answer = (client or self._client).post("/translate", body | ({"api_key": self._key} if self._key else {}))
        except RefusedError as exc:
            if "exceeds text limit" in str(exc):  # --batch-limit, or a key's own --char-limit
                raise TooLargeError(str(exc)) from exc
            raise EngineError(f"{exc}; {self._remedy(str(exc))}") from exc
        return self._outputs(answer, len(texts))

    def _outputs(self, answer: Any, count: int) -> list[str]:
        outputs = answer.get("translatedText") if isinstance(answer, dict) else None
        if not isinstance(outputs, list) or len(outputs) != count or not all(isinstance(out, str) for out in outputs):
            raise EngineError(
                f"{self._client.place}/translate does not answer as LibreTranslate does to a list of texts;"
                " check translation.libretranslate.url, and whether the server wants an API key"
            )
        return [out.strip() for out in outputs]

    def _remedy(self, said: str) -> str:
        if "API key" not in said and "403" not in said:
            return "check the server's own log"
        return f"{'correct' if self._key else 'set'} the API key in ${self._key_env}"

    def _fingerprint(self) -> str:
        """8 hex digits of what the server makes of the probes."""
        said = [self._ask(list(_PROBES[source]), source, target) for source, target in DIRECTIONS]
        return sha256("\n".join(out for outs in said for out in outs).encode("utf-8", "replace")).hexdigest()[:8]


# ---------------------------------------------------------------- what the server is


def _place(url: str) -> str:
    """Host, port and path: where the server is, as a part of the engine's name."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"


def _version(client: JsonClient) -> str:
    """The server's version from its API description; "unknown version" when it is switched off or says none."""
    try:
        info = client.get("/spec").get("info", {})
        return str(info["version"])[:20]
    except (EngineError, AttributeError, KeyError, TypeError):
        return "unknown version"


def _char_limit(client: JsonClient, wanted: int) -> int:
    """The smaller of the wanted size of a request and the server's limit for one text (-1: none)."""
    settings = client.get("/frontend/settings")
    limit = settings.get("charLimit") if isinstance(settings, dict) else None
    return min(wanted, limit) if isinstance(limit, int) and limit > 0 else wanted


def _check_directions(client: JsonClient) -> None:
    """EngineError when the server does not offer Spanish and English both ways."""
    offered = _offered(client.get("/languages"))
    lacking = [f"{source}→{target}" for source, target in DIRECTIONS if (source, target) not in offered]
    if lacking:
        raise EngineError(
            f"{client.place} does not translate {', '.join(lacking)};"
            " start it with both languages (libretranslate --load-only en,es)"
        )


def _offered(languages: Any) -> set[tuple[str, str]]:
    """The directions in the answer of /languages; an older server lists no targets and translates into all."""
    listed = [entry for entry in languages if isinstance(entry, dict)] if isinstance(languages, list) else []
    codes = [str(entry.get("code")) for entry in listed]
    return {(str(entry.get("code")), target) for entry in listed for target in entry.get("targets") or codes}


# ---------------------------------------------------------------- batches (pure)


def batched(texts: Sequence[str], limits: Limits) -> Iterator[list[str]]:
    """The texts in order, in lists within the limits; a text that is longer than all of them is alone."""
    batch: list[str] = []
    chars = 0
    for text in texts:
        if batch and (len(batch) >= limits.texts or chars + len(text) > limits.chars):
            yield batch
            batch, chars = [], 0
        batch.append(text)
        chars += len(text)
    if batch:
        yield batch


def _pieces(text: str, limit: int) -> list[str]:
    """A text in pieces of at most `limit` characters, cut between words; a longer word is a piece of its own."""
    text = text.strip()
    if len(text) <= limit:
        return [text] if text else []
    pieces: list[str] = []
    for word in text.split():
        if pieces and len(pieces[-1]) + 1 + len(word) <= limit:
            pieces[-1] += " " + word
        else:
            pieces.append(word)
    return pieces
