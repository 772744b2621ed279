"""Until when a message is news; and the state of a message whose final dot may have been sent."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("deliver_until", sa.DateTime(timezone=True), nullable=True))
