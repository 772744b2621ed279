"""A run that is translated by a LibreTranslate server: who did it is said, the key is told to nobody else."""

from pathlib import Path

from tests.app.conftest import Desk
from tests.language.libre_server import LibreServer

KEY = "k3y-0f-the-desk"


def files_with(text: str, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def test_a_run_by_a_server_says_so_and_keeps_its_key_to_itself(desk: Desk) -> None:
    """Not in what is printed, not in the database, not in the archive, not in the mail."""
    with LibreServer() as server:
        server.behaviour.api_key = KEY
        desk.document["translation"] = {
            "engine": "libretranslate",
            "libretranslate": {"url": server.url, "api_key_env": "DESK_KEY", "retries": 0},
        }
        desk.write()
        without = desk.monitor("run")
        done = desk.monitor("run", "--json", DESK_KEY=KEY)
    assert without.returncode == 2
    assert "set the API key in $DESK_KEY" in without.stderr
    assert done.returncode == 0, done.stderr
    assert '"kind": "libretranslate"' in done.stdout
    assert '"label": "LibreTranslate"' in done.stdout
    assert {body.get("api_key") for body in server.requests} == {None, KEY}
    assert len(desk.mailbox.messages) == 1
    assert b"LibreTranslate" in desk.mailbox.messages[0].content
    assert KEY not in done.stdout + done.stderr + without.stdout + without.stderr
    assert KEY.encode() not in desk.mailbox.messages[0].content
    assert files_with("LibreTranslate", desk.folder), "the search finds what is there"
    assert files_with(KEY, desk.folder) == []
