"""What a signature costs: processor time per mail, with an RSA key and with an Ed25519 key.

    python benchmarks/signing.py [--mails 50] [--kb 90]

Each mail has an HTML part of `--kb`, the largest that a digest may have by default, and the same as text. The last
line is JSON: `rsa2048_ms`, `ed25519_ms` (processor milliseconds per signature, the median of the mails) and `kb` (size
of the whole message).
"""

import argparse
import json
import statistics
import time
from datetime import UTC, datetime

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from monitor.config import MailConfig
from monitor.delivery.dkim import Signer, load_key
from monitor.digest import build_envelope
from monitor.records import RenderedDigest

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MAIL = MailConfig(sender="Border Monitor <digest@news.example.org>")
PARAGRAPH = "<p>Los agentes cerraron dos carriles de la garita; officers reopened one of them an hour later.</p>\n"


def main() -> None:
    options = _arguments()
    messages = [_message(f"reader{number}@example.org", options.kb) for number in range(options.mails)]
    keys: dict[str, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey] = {
        "rsa2048_ms": rsa.generate_private_key(65537, 2048),
        "ed25519_ms": ed25519.Ed25519PrivateKey.generate(),
    }
    result = {name: round(_median_ms(_signer(key), messages), 2) for name, key in keys.items()}
    print(json.dumps({**result, "kb": round(len(messages[0]) / 1000), "mails": len(messages)}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=50)
    parser.add_argument("--kb", type=int, default=90)
    return parser.parse_args()


def _message(recipient: str, kb: int) -> bytes:
    body = PARAGRAPH * (kb * 1000 // len(PARAGRAPH.encode()))
    rendered = RenderedDigest(
        edition="daily/2026-11-20", profile_id="daily", date=NOW.date(), language="both", subject="Boletín", html=body,
        text=body, data="{}", images=(), story_ids=(), cutoff_at=NOW,
    )  # fmt: skip
    return build_envelope(rendered, recipient, MAIL, list_name="Boletín").message


def _signer(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> Signer:
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return Signer((load_key(pem, "bench", "news.example.org", "a new key"),))


def _median_ms(signer: Signer, messages: list[bytes]) -> float:
    signer.sign(messages[0])  # the library is loaded
    spent = []
    for message in messages:
        started = time.process_time()
        signer.sign(message)
        spent.append((time.process_time() - started) * 1000)
    return statistics.median(spent)


if __name__ == "__main__":
    main()
