from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Words as PostgreSQL cuts them; Chinese, Japanese and Korean, which put no spaces, by each sign and each pair of them.
FUNCTION = """
CREATE FUNCTION words_said(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 10000 AS $$
SELECT to_tsvector('pg_catalog.simple', said) || CASE
    WHEN said ~ '[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]' THEN (
        WITH signs AS (
            SELECT sign, lead(sign) OVER (ORDER BY place) AS following
            FROM unnest(string_to_array(said, NULL)) WITH ORDINALITY AS each(sign, place)
        ), unspaced AS (
            SELECT sign, following FROM signs WHERE sign ~ '[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]'
        )
        SELECT array_to_tsvector(array_agg(token)) FROM (
            SELECT sign AS token FROM unspaced
            UNION
            SELECT sign || following FROM unspaced
            WHERE following ~ '[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]'
        ) AS tokens
    )
    ELSE ''::tsvector
END
$$
"""
INDEX = """
CREATE INDEX turns_words_said ON sessions_app_turn
USING gin (words_said(user_text || ' ' || reply_text))
"""


def index_words(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(FUNCTION)
        editor.execute(INDEX)


def forget_words(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX turns_words_said")
        editor.execute("DROP FUNCTION words_said(text)")


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0009_avatar_upload")]

    operations = [
        migrations.AddIndex("turn", models.Index(fields=["-created_at"], name="turns_newest_first")),
        migrations.AddIndex(
            "turn", models.Index(condition=models.Q(status="failed"), fields=["session"], name="failed_turns")
        ),
        migrations.AddIndex(
            "turn",
            models.Index(
                condition=models.Q(("degraded_reason", ""), _negated=True), fields=["session"], name="degraded_turns"
            ),
        ),
        migrations.RunPython(index_words, forget_words),
    ]
