"""Since when a translation is remembered, so that old ones can be purged; those there are count from now."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("translations", sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True))
    now = datetime.now(UTC)
    value = now.replace(tzinfo=None) if op.get_bind().dialect.name == "sqlite" else now
    saved_at: sa.ColumnClause[datetime] = sa.column("saved_at", sa.DateTime(timezone=True))
    op.execute(sa.table("translations", saved_at).update().values(saved_at=value))
