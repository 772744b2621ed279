"""What these tests share with those of the commands and of the mail server."""

from tests.app.conftest import desk
from tests.delivery.conftest import authority, ca_file, serve

__all__ = ["authority", "ca_file", "desk", "serve"]
