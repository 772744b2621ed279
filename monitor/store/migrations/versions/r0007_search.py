"""Search: which reports can be found, by which texts, and the index of their words. Pictures' addresses are kept."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("articles", sa.Column("image", sa.Text(), nullable=False, server_default=""))
    relevant = sa.text("relevant")
    op.create_index(
        "ix_verdicts_relevant", "verdicts", ["article_id"], sqlite_where=relevant, postgresql_where=relevant
    )
    _documents()
    if op.get_bind().dialect.name == "sqlite":
        _words_of_sqlite()
    else:
        _words_of_postgresql()


def _documents() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "search_reports",
        sa.Column("number", number, nullable=False, autoincrement=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"]),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("article_id"),
    )
    op.create_table(
        "search_documents",
        sa.Column("number", number, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("original", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["search_reports.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", "language"),
    )


def _words_of_sqlite() -> None:
    """Words come folded and stemmed, parted by blanks: `ascii` leaves them as they are; "=" is part of a facet."""
    op.execute(
        "CREATE VIRTUAL TABLE search_index USING fts5"
        """(title_en, text_en, title_es, text_es, facets, content = '', tokenize = "ascii tokenchars '='")"""
    )


def _words_of_postgresql() -> None:
    op.create_table(
        "search_index",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("terms", sa.dialects.postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["search_reports.number"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_search_index_terms", "search_index", ["terms"], postgresql_using="gin")
