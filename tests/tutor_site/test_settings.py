"""A wrong value stops the start, with its key and what was wanted."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.environment import REPOSITORY
from tutor_site.supervisor import Stack

PRODUCTION = {"TUTOR_MODE": "production", "SECRET_KEY": "0123456789" * 4, "ALLOWED_HOSTS": "school.example.org"}
ASK = """
import json
from tutor_site import settings
print(json.dumps({name: getattr(settings, name) for name in NAMES}, default=str))
"""


def start(environ: dict[str, str], *names: str) -> "subprocess.CompletedProcess[str]":
    clean = {key: os.environ[key] for key in ("PATH", "HOME", "TUTOR_HOME") if key in os.environ}
    return subprocess.run(
        [sys.executable, "-c", f"NAMES = {names!r}{ASK}"],
        cwd=REPOSITORY,
        env={**clean, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def settings_of(environ: dict[str, str], *names: str) -> dict[str, Any]:
    done = start(environ, *names)
    assert done.returncode == 0, done.stderr
    values: dict[str, Any] = json.loads(done.stdout)
    return values


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"TUTOR_MODE": "prod"}, "TUTOR_MODE='prod': wanted one of demo, dev, production"),
        ({"TUTOR_PROFILE": "tpu"}, "TUTOR_PROFILE='tpu': wanted one of"),
        ({"TUTOR_DATABASE": "no"}, "TUTOR_DATABASE='no': wanted one of default, none"),
        ({"ENGINE_ENABLED": "perhaps"}, "ENGINE_ENABLED='perhaps': wanted true or false"),
        ({**PRODUCTION, "SECRET_KEY": ""}, "SECRET_KEY: production wants a secret of its own"),
        ({**PRODUCTION, "SECRET_KEY": "short"}, "SECRET_KEY: production wants a secret of its own"),
        (
            {**PRODUCTION, "SECRET_KEY": "demo-secret-key-not-for-production-0123456789abcdef"},
            "SECRET_KEY: production wants a secret of its own",
        ),
        ({**PRODUCTION, "SECRET_KEY": "x" * 60}, "SECRET_KEY: production wants a secret of its own"),
        ({**PRODUCTION, "ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS: production wants the names"),
        ({**PRODUCTION, "ALLOWED_HOSTS": "school.example,*"}, "ALLOWED_HOSTS: production wants names, no *"),
        ({**PRODUCTION, "ENGINE_API_KEY": "1234"}, "ENGINE_API_KEY: production wants 20 characters or more"),
        ({"LOGIN_RATE": "often"}, "LOGIN_RATE='often': wanted a number and a time, such as 30/min"),
        ({"ALLOWED_ORIGINS": "*"}, "ALLOWED_ORIGINS: '*' is no origin"),
        ({"SECOND_FACTOR": "yes"}, "SECOND_FACTOR='yes': wanted one of optional, admins, staff"),
    ],
)
def test_a_wrong_value_is_named(environ: dict[str, str], said: str) -> None:
    done = start(environ, "MODE")

    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr
    assert said in done.stderr


@pytest.mark.parametrize("environ", [{"LEASE_SECONDS": "four"}, {"STAGES": "{"}])
def test_a_value_that_cannot_be_read_stops_the_start(environ: dict[str, str]) -> None:
    done = start(environ, "MODE")

    assert done.returncode != 0
    assert next(iter(environ)) in done.stderr


def test_production_is_strict() -> None:
    values = settings_of(PRODUCTION, "DEBUG", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")

    assert values == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["school.example.org"],
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
    }


def test_nothing_has_to_be_set_to_try_it() -> None:
    values = settings_of({}, "MODE", "ENGINE_ENABLED", "ENGINE_API_KEY")

    assert values == {"MODE": "dev", "ENGINE_ENABLED": True, "ENGINE_API_KEY": ""}


def test_workers_of_the_gpu_stages_have_no_database() -> None:
    databases = settings_of({"TUTOR_DATABASE": "none", "DATABASE_URL": "postgres://u:p@db/tutor"}, "DATABASES")

    assert databases["DATABASES"] == {"default": {"ENGINE": "django.db.backends.dummy"}}


def test_the_database_may_be_postgresql() -> None:
    database = settings_of({"DATABASE_URL": "postgres://u:p@db:5433/tutor"}, "DATABASES")["DATABASES"]["default"]

    assert (database["ENGINE"], database["HOST"], database["PORT"], database["NAME"]) == (
        "django.db.backends.postgresql",
        "db",
        5433,
        "tutor",
    )


def test_one_stage_may_be_served_by_another_engine_and_the_others_stay() -> None:
    other = {"tts": {"ENGINE": "school.voices.Voice", "OPTIONS": {"speed": 2}}}

    stages = settings_of({"STAGES": json.dumps(other)}, "STAGES")["STAGES"]

    assert stages["tts"] == other["tts"]
    assert set(stages) == {"asr", "llm", "tts", "avatar", "embedding"}
    assert stages["asr"]["ENGINE"].startswith("gpu_tasks.engines.asr.")


@pytest.mark.parametrize(("said", "tokens"), [({}, 4096), ({"LLM_CONTEXT_TOKENS": "8192"}, 8192)])
def test_a_language_model_in_the_worker_holds_as_much_as_prompts_may_be_long(said: dict[str, str], tokens: int) -> None:
    values = settings_of({"TUTOR_PROFILE": "gpu", **said}, "STAGES", "LLM_CONTEXT_TOKENS")

    assert values["LLM_CONTEXT_TOKENS"] == values["STAGES"]["llm"]["OPTIONS"]["n_ctx"] == tokens


@pytest.mark.parametrize(("said", "tokens"), [({}, 2048), ({"LLM_CONTEXT_TOKENS": "1024"}, 1024)])
def test_the_demo_brain_holds_as_much_as_prompts_may_be_long(said: dict[str, str], tokens: int, tmp_path: Path) -> None:
    stack = Stack(home=tmp_path, root=REPOSITORY, port=1, environ={"REDIS_URL": "redis://elsewhere", **said})
    (server,) = stack.servers()

    assert list(server.argv[-2:]) == ["--context", str(tokens)]
    asked = {"TUTOR_MODE": "demo", "LLM_CONTEXT_TOKENS": stack.environment["LLM_CONTEXT_TOKENS"]}
    assert settings_of(asked, "LLM_CONTEXT_TOKENS") == {"LLM_CONTEXT_TOKENS": tokens}
    assert settings_of({"TUTOR_MODE": "demo", **said}, "LLM_CONTEXT_TOKENS") == {"LLM_CONTEXT_TOKENS": tokens}


def test_messages_outlive_the_longest_task_before_redis_hands_them_out_again() -> None:
    values = settings_of({}, "CELERY_BROKER_TRANSPORT_OPTIONS", "TURN_SILENCE_SECONDS")

    assert values["CELERY_BROKER_TRANSPORT_OPTIONS"]["visibility_timeout"] > 4 * values["TURN_SILENCE_SECONDS"]


def test_the_deployment_check_finds_nothing(tmp_path: Path) -> None:
    environ = {
        **PRODUCTION,
        "SECRET_KEY": secrets.token_hex(32),
        "BEHIND_TLS_PROXY": "true",
        "TUTOR_HOME": str(tmp_path),
        "PATH": os.environ["PATH"],
    }

    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=REPOSITORY,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr.strip()) == (0, ""), done.stderr
    assert done.stdout.startswith("System check identified no issues")


def test_cookies_of_production_go_over_tls_to_this_host_alone() -> None:
    cookies = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY")

    values = settings_of(PRODUCTION, *cookies, "SESSION_COOKIE_SAMESITE", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_AGE")

    assert values == {
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SESSION_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SESSION_COOKIE_AGE": 12 * 3600,
    }


def test_a_database_that_was_replaced_is_noticed_and_the_one_that_can_be_written_to_is_taken() -> None:
    url = "postgres://u:p@one,two:5433/tutor?sslmode=require"
    database = settings_of({"DATABASE_URL": url}, "DATABASES")["DATABASES"]["default"]

    assert (database["HOST"], database["PORT"], database["CONN_HEALTH_CHECKS"]) == ("one,two", 5433, True)
    assert database["OPTIONS"]["target_session_attrs"] == "read-write"
    assert (database["OPTIONS"]["connect_timeout"], database["OPTIONS"]["sslmode"]) == (5, "require")


def test_redis_may_be_watched_by_sentinels() -> None:
    url = "sentinel://:secret@one:26379,two:26379/2?master=tutor"
    found = settings_of({"REDIS_URL": url}, "CELERY_BROKER_URL", "CELERY_BROKER_TRANSPORT_OPTIONS", "CHANNEL_LAYERS")

    assert found["CELERY_BROKER_URL"] == "sentinel://:secret@one:26379/2;sentinel://:secret@two:26379/2"
    assert found["CELERY_BROKER_TRANSPORT_OPTIONS"]["master_name"] == "tutor"
    (host,) = found["CHANNEL_LAYERS"]["default"]["CONFIG"]["hosts"]
    assert (host["sentinels"], host["master_name"], host["db"]) == ([["one", 26379], ["two", 26379]], "tutor", 2)
    assert "REDIS_URL: wanted sentinel://" in start({"REDIS_URL": "sentinel://one:26379/0"}).stderr


def test_media_may_be_in_a_bucket() -> None:
    environ = {"MEDIA_BUCKET": "media", "MEDIA_S3_URL": "https://s3.school.example"}
    store = settings_of(environ, "STORAGES")["STORAGES"]["default"]

    assert store["BACKEND"] == "storages.backends.s3.S3Storage"
    assert (store["OPTIONS"]["bucket_name"], store["OPTIONS"]["endpoint_url"]) == ("media", environ["MEDIA_S3_URL"])
