"""Signatures that others can verify: over the list headers, equal for equal mails, refused early without a key."""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from monitor.app import open_signer
from monitor.config import Config, MailConfig, load_config
from monitor.delivery import SmtpDelivery
from monitor.delivery.dkim import SIGNED, Key, Signer, check_record, load_key
from monitor.errors import ConfigError
from tests.delivery.conftest import Script, SmtpServer, mail_options, make_envelope

Private = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
MESSAGE = "\r\n".join(
    [
        "From: Border Monitor <digest@news.example.org>",
        "To: ana@example.org",
        "Subject: =?utf-8?q?Bolet=C3=ADn?=",
        "Date: Sun, 08 Mar 2026 12:00:00 +0000",
        "Message-ID: <1@news.example.org>",
        "List-Id: <everyone.digest.news.example.org>",
        "List-Unsubscribe: <https://news.example.org/unsubscribe/" + "k" * 200 + ">, <mailto:bye@news.example.org>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Language: es",
        "",
        "Buenos días.",
        ".una línea con punto",
        "..",
        "ñ" * 400,
        "   blancos   al   final   ",
        "",
        "",
        "",
    ]
).encode()


def pem(
    key: Private, form: serialization.PrivateFormat = serialization.PrivateFormat.PKCS8, secret: bytes = b""
) -> str:
    lock = serialization.BestAvailableEncryption(secret) if secret else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, lock).decode()


@pytest.fixture(scope="module")
def private() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def edwards() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


@pytest.fixture(scope="module", params=["rsa", "ed25519"])
def key(request: pytest.FixtureRequest, private: rsa.RSAPrivateKey, edwards: ed25519.Ed25519PrivateKey) -> Key:
    return loaded(pem(private if request.param == "rsa" else edwards))


def loaded(text: str, selector: str = "monitor2026", domain: str = "news.example.org") -> Key:
    return load_key(text, selector, domain, "dkim.pem")


def verifies(message: bytes, *keys: Key) -> list[bool]:
    """Whether each signature holds, the topmost first, in a DNS that has the records of `keys`."""
    zone = {f"{key.record_name}.".encode(): key.record_value.encode() for key in keys}
    count = message.partition(b"\r\n\r\n")[0].count(b"DKIM-Signature:")
    return [_verifies(message, number, zone) for number in range(count)]


def _verifies(message: bytes, number: int, zone: dict[bytes, bytes]) -> bool:
    try:
        return bool(dkim.DKIM(message).verify(idx=number, dnsfunc=lambda name, timeout: zone.get(name)))
    except dkim.DKIMException:
        return False


def test_a_signed_message_verifies_with_the_printed_record_and_is_unchanged_below_the_signature(key: Key) -> None:
    signed = Signer((key,)).sign(MESSAGE)
    assert signed.endswith(MESSAGE)
    assert verifies(signed, key) == [True]


def test_the_signature_covers_the_list_headers_and_what_is_relaxed(key: Key) -> None:
    signature = str(message_from_bytes(Signer((key,)).sign(MESSAGE))["DKIM-Signature"])
    fields = dict(part.strip().split("=", 1) for part in "".join(signature.split()).split(";"))
    names = fields["h"].split(":")
    assert {
        "from", "to", "subject", "date", "message-id", "list-id", "list-unsubscribe", "list-unsubscribe-post",
        "auto-submitted", "content-language", "mime-version", "content-type",
    } <= set(names)  # fmt: skip
    assert names.count("from") == 2
    assert (fields["c"], fields["d"], fields["t"]) == ("relaxed/relaxed", "news.example.org", "1772971200")


@pytest.mark.parametrize("name", [name.decode() for name in SIGNED])
def test_no_header_that_counts_can_be_added_or_changed(private: rsa.RSAPrivateKey, name: str) -> None:
    key = loaded(pem(private))
    signed = Signer((key,)).sign(MESSAGE)
    assert verifies(f"{name}: forged\r\n".encode() + signed, key) == [False]
    changed = signed.replace(f"\r\n{name}: ".encode(), f"\r\n{name}: x".encode())
    assert verifies(changed, key) == [changed == signed]


def test_a_changed_word_is_noticed(key: Key) -> None:
    signed = Signer((key,)).sign(MESSAGE)
    assert verifies(signed.replace(b"Buenos", b"Malos"), key) == [False]
    assert verifies(signed.replace(b"One-Click", b"Two-Click"), key) == [False]


def test_an_equal_message_gets_an_equal_signature(key: Key) -> None:
    assert Signer((key,)).sign(MESSAGE) == Signer((key,)).sign(MESSAGE)


def test_two_keys_sign_side_by_side_the_first_one_on_top(
    private: rsa.RSAPrivateKey, edwards: ed25519.Ed25519PrivateKey
) -> None:
    """RFC 8463, 3: an Ed25519 signature beside an RSA one, for those who do not know it yet."""
    keys = loaded(pem(private), "big"), loaded(pem(edwards), "small")
    signed = Signer(keys).sign(MESSAGE)
    assert verifies(signed, *keys) == [True, True]
    assert [re.findall(r"\bs=(\w+)", str(s)) for s in message_from_bytes(signed).get_all("DKIM-Signature", [])] == [
        ["big"], ["small"],
    ]  # fmt: skip


def test_every_header_line_of_a_signature_is_short_and_none_looks_empty(key: Key) -> None:
    """Whatever the lengths of selector and domain do to the folding."""
    for length in range(1, 63):
        signature = Signer((replace(key, selector="s" * length),)).sign(MESSAGE).removesuffix(MESSAGE)
        lines = signature.removesuffix(b"\r\n").split(b"\r\n")
        assert all(line.strip() and len(line) <= 998 for line in lines)
        assert all(line[:1] == b" " for line in lines[1:])


# ---------------------------------------------------------------- on the wire


@pytest.mark.parametrize("pipelining", [True, False])
def test_the_signature_survives_line_ends_dots_and_8_bit_text_on_the_wire(
    serve: Callable[[Script], SmtpServer], key: Key, pipelining: bool
) -> None:
    server = serve(Script(pipelining=pipelining))
    envelope = replace(make_envelope("ana@example.org"), message=Signer((key,)).sign(MESSAGE))
    with closing(SmtpDelivery(mail_options(server), "")) as delivery:
        assert delivery.deliver([envelope])[0].state == "sent"
    (received,) = server.received
    assert verifies(received.content, key) == [True]


# ---------------------------------------------------------------- keys


def test_an_rsa_key_is_read_in_either_form_and_with_its_line_ends_lost(private: rsa.RSAPrivateKey) -> None:
    pkcs8 = pem(private)
    expected = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for text in (
        pkcs8,
        pem(private, serialization.PrivateFormat.TraditionalOpenSSL),
        pkcs8.replace("\n", "\r\n"),
        pkcs8.replace("\n", "\\n"),
        pkcs8.replace("\n", " "),
        f"a note\n{pkcs8}",
    ):
        assert b64decode(loaded(text).public) == expected


def test_an_ed25519_key_is_read_as_openssl_and_as_dknewkey_write_it(edwards: ed25519.Ed25519PrivateKey) -> None:
    raw = b64encode(edwards.private_bytes_raw()).decode()
    assert loaded(pem(edwards)) == loaded(raw + "\n")
    assert b64decode(loaded(raw).public) == edwards.public_key().public_bytes_raw()


def test_the_record_fits_into_strings_of_a_zone_file(key: Key) -> None:
    strings = re.findall(r'"([^"]*)"', key.record)
    assert "".join(strings) == key.record_value
    assert max(map(len, strings)) <= 255
    assert key.record.startswith("monitor2026._domainkey.news.example.org. IN TXT ( ")


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: "", "no private key"),
        (lambda: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----", "no private key"),
        (lambda: "-----BEGIN PRIVATE KEY-----\n¿?\n-----END PRIVATE KEY-----", "no private key"),
        (lambda: b64encode(b"x" * 33).decode(), "no private key"),
        (lambda: pem(ec.generate_private_key(ec.SECP256R1())), "no private key"),
        (lambda: pem(rsa.generate_private_key(65537, 1024)), "1024 bits; it takes 2048"),
        (lambda: pem(rsa.generate_private_key(65537, 1024), secret=b"x"), "passphrase"),
    ],
)
def test_what_cannot_sign_is_refused_with_the_file_and_a_remedy(make: Callable[[], str], problem: str) -> None:
    with pytest.raises(ConfigError, match=rf"dkim\.pem: DKIM key: .*{problem}.* → .*openssl"):
        loaded(make())


def test_a_public_key_in_its_place_is_refused(private: rsa.RSAPrivateKey) -> None:
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with pytest.raises(ConfigError, match="no private key"):
        loaded(public.decode())


def test_a_key_never_shows_its_secret(key: Key) -> None:
    assert key.secret.decode() not in repr(Signer((key,)))
    assert "secret" not in repr(key)


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (lambda key: key.record_value.encode(), "published"),
        (lambda key: f"v=DKIM1;p={key.public[:70]} {key.public[70:]};".encode(), "published"),
        (lambda key: b"v=DKIM1; k=rsa; p=AAAA", "another key"),
        (lambda key: b"\xff not a record", "another key"),
        (lambda key: b"", "missing"),
        (lambda key: None, "missing"),
    ],
)
def test_the_published_record_is_compared_with_the_key(
    key: Key, told: Callable[[Key], bytes | None], verdict: str
) -> None:
    asked = []

    def look_up(name: bytes) -> bytes | None:
        asked.append(name)
        return told(key)

    assert check_record(key, look_up) == verdict
    assert asked == [b"monitor2026._domainkey.news.example.org."]


# ---------------------------------------------------------------- in feeds.yaml


def config_of(folder: Path, mail: str, key: str = "") -> Config:
    (folder / "feeds.yaml").write_text(
        f"mail:\n  sender: Monitor <digest@news.example.org>\n{mail}"
        "feeds:\n- {id: gaceta, name: Gaceta, url: https://gaceta.example/rss, language: es}\n"
    )
    (folder / "dkim.pem").write_text(key)
    (folder / "dkim.pem").chmod(0o600)
    return load_config(folder / "feeds.yaml")


ONE_KEY = "  dkim:\n  - {selector: monitor, key_file: dkim.pem}\n"


def test_a_key_file_or_a_variable_signs_for_the_senders_domain(tmp_path: Path, private: rsa.RSAPrivateKey) -> None:
    from_file = open_signer(config_of(tmp_path, ONE_KEY, pem(private)), {})
    by_name = config_of(tmp_path, "  dkim: [{selector: monitor, domain: example.org, key_env: KEY}]\n")
    from_variable = open_signer(by_name, {"KEY": pem(private)})
    assert from_file
    assert from_variable
    assert from_file.keys[0].record_name == "monitor._domainkey.news.example.org"
    assert from_variable.keys[0].record_name == "monitor._domainkey.example.org"


def test_without_keys_nothing_is_signed(tmp_path: Path) -> None:
    assert open_signer(config_of(tmp_path, ""), {}) is None


def test_a_missing_key_names_file_key_and_remedy(tmp_path: Path) -> None:
    config = config_of(tmp_path, "  dkim: [{selector: monitor}]\n")
    with pytest.raises(ConfigError, match=r"feeds\.yaml: mail\.dkim\[0\]: there is no key → set \$MONITOR_DKIM_KEY"):
        open_signer(config, {})
    with pytest.raises(ConfigError, match=r"gone\.pem: secret: cannot be read"):
        open_signer(config_of(tmp_path, ONE_KEY.replace("dkim.pem", "gone.pem")), {})


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, private: rsa.RSAPrivateKey) -> None:
    """A file of root's that the program's group may read is how systems keep secrets."""
    config = config_of(tmp_path, ONE_KEY, pem(private))
    (tmp_path / "dkim.pem").chmod(0o640)
    assert open_signer(config, {})
    (tmp_path / "dkim.pem").chmod(0o644)
    with pytest.raises(ConfigError, match=r"can be read by others → chmod 600 dkim\.pem"):
        open_signer(config, {})


@pytest.mark.parametrize("domain", ["other.example", "org", "s.example.org", "ews.example.org"])
def test_a_domain_that_is_not_the_senders_is_refused_with_its_line(tmp_path: Path, domain: str) -> None:
    with pytest.raises(ConfigError, match=r"feeds\.yaml: line \d+, mail.*domain.* → "):
        config_of(tmp_path, f"  dkim: [{{selector: monitor, domain: {domain}}}]\n")


@pytest.mark.parametrize("selector", ["", "a b", "-a", "a..b", "ñ", "x\r\ny", "a" * 101])
def test_a_selector_that_is_no_name_is_refused(selector: str) -> None:
    with pytest.raises(ValueError, match="no selector"):
        MailConfig.model_validate({"sender": "d@news.example.org", "dkim": [{"selector": selector}]})


def test_an_international_domain_signs_in_ascii() -> None:
    mail = MailConfig.model_validate({"sender": "d@boletín.example.org", "dkim": [{"selector": "m"}]})
    assert mail.dkim[0].domain_for(mail.sender_address.rpartition("@")[2]) == "xn--boletn-7va.example.org"


def test_nobody_could_verify_a_signature_for_this_machine_alone() -> None:
    with pytest.raises(ValueError, match="public address"):
        MailConfig.model_validate({"sender": "d@localhost", "dkim": [{"selector": "m"}]})
