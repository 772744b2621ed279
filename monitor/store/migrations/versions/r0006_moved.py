"""Where a feed has moved for good: a proposal that is shown until its url is changed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("feed_states", sa.Column("moved_to", sa.Text(), nullable=False, server_default=""))
