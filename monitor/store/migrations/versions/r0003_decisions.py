"""Why reports were merged or kept apart; stories that turned out to be one with an older story."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("stories", sa.Column("absorbed_into", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_stories_absorbed_into", "stories", ["absorbed_into"])
    op.create_table(
        "decisions",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.Column("other_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mean", sa.Double(), nullable=False),
        sa.Column("threshold", sa.Double(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "story_id"),
    )
    op.create_index("ix_decisions_story_id", "decisions", ["story_id"])
