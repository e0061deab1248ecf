"""Full identity numbers, sealed; under which notice on personal data a version of the roster was collected."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # a batch would copy the table
    op.execute("ALTER TABLE roster_version ADD COLUMN notice VARCHAR(40)")
    op.create_table(
        "identity_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estate_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_no", sa.String(length=60), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("consent_on", sa.String(length=10), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("key_mark", sa.String(length=12), nullable=False),
        sa.Column("kept_at", sa.String(length=40), nullable=False),
        sa.Column("kept_by", sa.Text(), nullable=False),
        sa.Column("purged_at", sa.String(length=40), nullable=True),
        sa.Column("purged_by", sa.Text(), nullable=True),
        sa.Column("purged_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["estate_id"], ["estate.id"], name=op.f("fk_identity_number_estate_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_identity_number_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_number")),
    )
    op.create_index("ix_identity_number_estate_id", "identity_number", ["estate_id"])
    op.create_index("ix_identity_number_person_id", "identity_number", ["person_id"])


def downgrade() -> None:
    op.drop_table("identity_number")
    op.execute("ALTER TABLE roster_version DROP COLUMN notice")
