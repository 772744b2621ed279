"""Whether an article's hour can be compared with another's: who had a story first hangs on it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("articles", sa.Column("hour_known", sa.Boolean(), nullable=False, server_default=sa.true()))
