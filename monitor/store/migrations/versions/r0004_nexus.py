"""How near to the border a report is, beside how relevant: a story's rank asks for both."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("members", sa.Column("nexus", sa.Text(), nullable=False, server_default=""))
    op.execute(
        "UPDATE members SET nexus = COALESCE("
        "(SELECT verdicts.nexus FROM verdicts WHERE verdicts.article_id = members.article_id), '')"
    )
