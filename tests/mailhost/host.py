"""Postfix that hands its mail to Dovecot: both from Debian's packages, in a folder and on ports of their own.

Recipients of `DOMAIN` without a mailbox are taken by Postfix and refused by Dovecot: Postfix then returns the mail.
What is for the domains of `REFUSALS` comes back for the reason that stands there; a delay is told after a second.
Both need root, for they change to users of their own; nothing of the machine's own mail system is touched.
"""

import os
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import trustme

DOMAIN = "newsroom.example"
PASSWORD = "papalote-32"
REFUSALS = {
    "gone.example": "error:5.1.2 there is no such domain",
    "full.example": "error:5.2.2 the mailbox is full",
    "strict.example": "error:5.7.1 we do not take this",
    "slow.example": "retry:4.4.1 nobody answers",
}
_POSTFIX, _DOVECOT = "/usr/sbin/postfix", "/usr/sbin/dovecot"
_LMTP = "/usr/lib/dovecot/lmtp"
_START_S = 20.0

_MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {folder}/postfix.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.{domain}
mydestination =
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = {domain}
transport_maps = inline:{{ {refusals} }}
delay_warning_time = 1s
queue_run_delay = 1s
minimal_backoff_time = 1s
virtual_transport = lmtp:unix:{folder}/run/lmtp
smtpd_reject_unlisted_recipient = no
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_tls_cert_file = {folder}/chain.pem
smtpd_tls_key_file = {folder}/key.pem
smtpd_tls_security_level = encrypt
smtp_dns_support_level = disabled
biff = no
"""

_MASTER_CF = """\
127.0.0.1:{smtp_port} inet n - n - - smtpd
cleanup   unix  n - n -    0 cleanup
qmgr      unix  n - n 300  1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n -    - trivial-rewrite
bounce    unix  - - n -    0 bounce
defer     unix  - - n -    0 bounce
trace     unix  - - n -    0 bounce
proxymap  unix  - - n -    - proxymap
smtp      unix  - - n -    - smtp
error     unix  - - n -    - error
retry     unix  - - n -    - error
lmtp      unix  - - n -    - lmtp
anvil     unix  - - n -    1 anvil
postlog   unix-dgram n - n - 1 postlogd
"""

_DOVECOT_CONF = """\
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
auth_failure_delay = 0
ssl = required
ssl_cert = <{folder}/chain.pem
ssl_key = <{folder}/key.pem
mail_location = maildir:~/Maildir
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {starttls_port}
  }}
  inet_listener imaps {{
    port = {imap_port}
    ssl = yes
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service lmtp {{
  unix_listener lmtp {{
    mode = 0666
  }}
}}
"""


def why_not() -> str:
    """Why the two cannot run here; "" when they can."""
    if os.geteuid() != 0:
        return "Postfix and Dovecot change to users of their own, so this needs root"
    missing = [name for name in (_POSTFIX, _DOVECOT, _LMTP) if not Path(name).exists()]
    return f"not installed: {', '.join(missing)}: apt-get install postfix dovecot-imapd dovecot-lmtpd" * bool(missing)


@dataclass(frozen=True, slots=True)
class MailHost:
    """Where to hand mail over (STARTTLS), and where to fetch it (IMAP over TLS; every password is `PASSWORD`)."""

    folder: Path
    smtp_port: int
    imap_port: int
    imap_starttls_port: int

    @property
    def ca_file(self) -> str:
        return str(self.folder / "ca.pem")

    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file)

    def logs(self) -> str:
        paths = (self.folder / "postfix.log", self.folder / "dovecot.log")
        return "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in paths if path.exists())


class RunningMailHost:
    """Starts both in a folder with a short name (sockets), ends them and removes it."""

    def __init__(self, folder: Path, mailboxes: Sequence[str]) -> None:
        self._folder = folder
        self._mailboxes = mailboxes
        self._dovecot: subprocess.Popen[bytes] | None = None
        self.host = MailHost(folder, *_free_ports(3))

    def start(self) -> MailHost:
        self._write()
        log = (self._folder / "start.log").open("wb")
        with log:
            self._dovecot = subprocess.Popen(
                [_DOVECOT, "-F", "-c", str(self._folder / "dovecot.conf")], stdout=log, stderr=log
            )
            self._postfix("start")
        deadline = time.monotonic() + _START_S
        for port in (self.host.smtp_port, self.host.imap_port):
            _wait_for(port, deadline, self.host)
        return self.host

    def stop(self) -> None:
        self._postfix("abort", check=False)
        if self._dovecot is not None:
            self._dovecot.terminate()
            try:
                self._dovecot.wait(10)
            except subprocess.TimeoutExpired:
                self._dovecot.kill()
                self._dovecot.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _postfix(self, command: str, *, check: bool = True) -> None:
        program = [_POSTFIX, "-c", str(self._folder / "postfix"), command]
        done = subprocess.run(program, check=False, capture_output=True, text=True, timeout=30)
        if check and done.returncode:
            raise AssertionError(f"postfix {command}: {done.stdout}{done.stderr}{self.host.logs()}")

    def _write(self) -> None:
        folder = self._folder
        folder.chmod(0o755)
        for name, owner in (("queue", "root"), ("data", "postfix"), ("mail", "mail"), ("postfix", "root")):
            (folder / name).mkdir()
            shutil.chown(folder / name, owner)
        names = {
            "folder": folder,
            "domain": DOMAIN,
            "refusals": " ".join(f"{{{domain}={what}}}" for domain, what in REFUSALS.items()),
            "smtp_port": self.host.smtp_port,
            "imap_port": self.host.imap_port,
            "starttls_port": self.host.imap_starttls_port,
        }
        (folder / "postfix" / "main.cf").write_text(_MAIN_CF.format(**names))
        (folder / "postfix" / "master.cf").write_text(_MASTER_CF.format(**names))
        (folder / "dovecot.conf").write_text(_DOVECOT_CONF.format(**names))
        (folder / "users").write_text("".join(f"{name}@{DOMAIN}:{{PLAIN}}{PASSWORD}\n" for name in self._mailboxes))
        authority = trustme.CA()
        certificate = authority.issue_cert("127.0.0.1")
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        certificate.private_key_pem.write_to_path(str(folder / "key.pem"))
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(str(folder / "chain.pem"), append=True)


def _free_ports(count: int) -> list[int]:
    """Ports that are free now; all are held until the last is found."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [held.getsockname()[1] for held in sockets]
    for held in sockets:
        held.close()
    return ports


def _wait_for(port: int, deadline: float, host: MailHost) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise AssertionError(f"nothing listens on {port}:\n{host.logs()}") from None
            time.sleep(0.05)
        else:
            return
