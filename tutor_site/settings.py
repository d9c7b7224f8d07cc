"""The only reader of the environment. A wrong value stops the start with its key and what was wanted."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from tutor_site import logs, staff_side
from tutor_site.environment import BASE_DIR, TUTOR_HOME, at_least, choice, env, flag
from tutor_site.flight import *  # noqa: F403  (settings like these, in a room of their own)
from tutor_site.headers import file_headers
from tutor_site.media_store import media_store
from tutor_site.profiles import CONTEXT, DEMO_CONTEXT, PROFILES, VOICES, Choices, stages
from tutor_site.protection import *  # noqa: F403  (likewise)
from tutor_site.protection import ALLOWED_ORIGINS, BEHIND_TLS_PROXY, HTTPS, MODE, PRODUCTION

# What this process is part of

PROFILE = choice("TUTOR_PROFILE", "cpu", tuple(PROFILES))

DEMO_PASSWORDS = {"admin@example.com": "admin123", "student@example.com": "student123"}
DEBUG = MODE == "dev"

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "channels",
    "accounts",
    "sessions_app",
    "gpu_tasks",
    "tutor_site",
]

MIDDLEWARE = [
    "tutor_site.http_metrics.timed",
    "tutor_site.headers.Headers",
    "tutor_site.body_size.Bounded",
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "accounts.second_factor.SecondFactor",
    "accounts.rates.Uploads",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "tutor_site.urls"
ASGI_APPLICATION = "tutor_site.asgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Data

DATABASES: dict[str, dict[str, Any]]
if choice("TUTOR_DATABASE", "default", ("default", "none")) == "none":
    # Workers of the GPU stages have no database; any use of one is an error at once.
    DATABASES = {"default": {"ENGINE": "django.db.backends.dummy"}}
else:
    DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{TUTOR_HOME / 'tutor.sqlite3'}")}
    if DATABASES["default"]["ENGINE"].endswith("postgresql"):
        # A server that was replaced is noticed: nobody waits for one that is gone, or writes to one that only reads.
        # The address may name several hosts (postgres://user:password@one,two/name).
        DATABASES["default"]["OPTIONS"] = {
            "connect_timeout": 5,
            "target_session_attrs": "read-write",
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 25_000,  # of what was sent and is not acknowledged, which keepalives do not see
            **DATABASES["default"].get("OPTIONS", {}),
        }
    if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        DATABASES["default"]["OPTIONS"] = {
            # Readers never wait for the writer, and a writer waits instead of failing.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # Each thread has a connection, and each would fill 2 MB of pages that the system keeps anyway.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-512;",
        }
        # The tests' processes (web, workers) share one file, as in life.
        DATABASES["default"]["TEST"] = {"NAME": str(TUTOR_HOME / "test.sqlite3")}
    # A thread keeps its connection from turn to turn: to open one costs as much as several queries.
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(TUTOR_HOME / "media")))
STATIC_URL = "/static/"
STATIC_ROOT = TUTOR_HOME / "static"
FRONTEND_DIST = Path(env.str("FRONTEND_DIST", str(BASE_DIR / "frontend" / "dist"))).expanduser().resolve()
WHITENOISE_ROOT = FRONTEND_DIST if FRONTEND_DIST.is_dir() else None
WHITENOISE_ADD_HEADERS_FUNCTION = file_headers
# The build names them by their content.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/.+-[\w-]{8}\.\w+$"
WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}
STORAGES = {
    "default": media_store(),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Stages

DEMO_BRAIN = flag("DEMO_BRAIN", default=not PRODUCTION and PROFILE == "cpu")
# What a prompt and its reply may take. Models of our own are loaded with so much; a server has to have it.
LLM_CONTEXT_TOKENS = at_least(512, "LLM_CONTEXT_TOKENS", DEMO_CONTEXT if DEMO_BRAIN else CONTEXT)
MODELS_DIR = Path(env.str("MODELS_DIR", str(TUTOR_HOME / "models"))).expanduser().resolve()
STAGES = stages(
    PROFILE,
    Choices(
        llm_url=env.str("LLM_URL", ""),
        llm_model=env.str("LLM_MODEL", ""),
        llm_api_key=env.str("LLM_API_KEY", ""),
        context_tokens=LLM_CONTEXT_TOKENS,
        demo_brain=DEMO_BRAIN,
        models_dir=MODELS_DIR,
        faces_dir=TUTOR_HOME / "faces",
        tts=choice("TTS", "bark", tuple(VOICES)),
        device=choice("DEVICE", "cuda", ("cuda", "cpu")),
    ),
    overrides=env.json("STAGES", default={}),
)
# This worker's own GPU and what it takes of it, as `manage.py workers` sets them from its file.
WORKER_GPU = env.str("WORKER_GPU", "")
WORKER_GPU_MEMORY = env.int("WORKER_GPU_MEMORY", 0)
# A file that it touches with every beat, for the health check of a container.
WORKER_BEAT = env.str("WORKER_BEAT", "")
LEASE_SECONDS = env.int("LEASE_SECONDS", 4)
TURN_SILENCE_SECONDS = env.int("TURN_SILENCE_SECONDS", 60)
REPLY_MAX_TOKENS = env.int("REPLY_MAX_TOKENS", 160)

# How much at once: turns (0: as many as the workers of the language model take), and the wait beyond which a reply
# comes without the face, without the voice, not at all
TURNS_AT_ONCE = at_least(0, "TURNS_AT_ONCE", 0)
QUEUE_VOICE_SECONDS = at_least(0, "QUEUE_VOICE_SECONDS", 10)
QUEUE_TEXT_SECONDS = at_least(0, "QUEUE_TEXT_SECONDS", 20)
QUEUE_SECONDS = at_least(0, "QUEUE_SECONDS", 60)

# How much for each student, where his account says nothing else (0: no limit)
TURNS_BURST = at_least(1, "TURNS_BURST", 5)
TURNS_PER_MINUTE = at_least(1, "TURNS_PER_MINUTE", 60)
MINUTES_A_DAY = at_least(0, "MINUTES_A_DAY", 120)
SESSIONS_AT_ONCE = at_least(0, "SESSIONS_AT_ONCE", 3)
SOCKETS_AT_ONCE = at_least(0, "SOCKETS_AT_ONCE", 20)

# How long what was said is kept, and how long its sound and pictures (days; 0: as long as nobody erases it)
RETENTION_DAYS = at_least(0, "RETENTION_DAYS", 0)
RETENTION_MEDIA_DAYS = at_least(0, "RETENTION_MEDIA_DAYS", 0)
AUDIT_DAYS = at_least(0, "AUDIT_DAYS", 730)

# Whom a student in trouble is told to turn to, in the school's own words
SAFETY_CONTACT = env.str("SAFETY_CONTACT", "")
# A model that looks at messages after the rules: an OpenAI-compatible server, asked for moderation or by chat
SAFETY_URL = env.str("SAFETY_URL", "")
SAFETY_ASKS = choice("SAFETY_ASKS", "moderations", ("moderations", "chat"))
SAFETY_MODEL = env.str("SAFETY_MODEL", "")
SAFETY_API_KEY = env.str("SAFETY_API_KEY", "")
SAFETY_SECONDS = at_least(1, "SAFETY_SECONDS", 2)

# The engine side, which may have a public address of its own

ENGINE_ENABLED = flag("ENGINE_ENABLED", default=True)
ENGINE_URL = env.str("ENGINE_URL", "")
SOCKET_TOKEN_SECONDS = env.int("SOCKET_TOKEN_SECONDS", 600)
MEDIA_TOKEN_SECONDS = env.int("MEDIA_TOKEN_SECONDS", 6 * 3600)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS_PROXY else None

# Accounts

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.roles.RoleBackend"]
LOGIN_REDIRECT_URL = "admin:index"  # of the staff side: the app has a login of its own
REGISTRATION_OPEN = flag("REGISTRATION_OPEN", default=True)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.HasOwnPassword"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "sessions_app.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "tutor_site.error_codes.with_codes",
    "DEFAULT_THROTTLE_CLASSES": ["accounts.rates.Throttle"],
    "UNAUTHENTICATED_USER": None,
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=env.int("ACCESS_TOKEN_MINUTES", 30)),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=env.int("REFRESH_TOKEN_DAYS", 14)),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "UPDATE_LAST_LOGIN": True,
    # A new password ends what was logged in with the old one.
    "CHECK_REVOKE_TOKEN": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Virtual Tutor",
    "DESCRIPTION": "HTTP calls and WebSocket messages of the virtual tutor.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",  # the version whose schemas are JSON Schema, as pydantic writes them
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "tutor_site.schema.add_socket_messages",
    ],
    "ENUM_NAME_OVERRIDES": {},
}

globals().update(HTTPS)
CORS_ALLOWED_ORIGINS = ALLOWED_ORIGINS
CORS_URLS_REGEX = r"^/(api|engine)/"
CORS_EXPOSE_HEADERS = ["X-Error-Code", "Retry-After"]
OTP_TOTP_ISSUER = "Virtual Tutor"

UNFOLD = staff_side.UNFOLD

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# What is seen of it from outside

PROCESS_NAME = env.str("PROCESS_NAME", "manage")
LOGGING = logs.logging(
    choice("LOG_FORMAT", "human", tuple(logs.FORMATTERS)), env.str("LOG_LEVEL", "INFO"), PROCESS_NAME
)
TRACING = bool(env.str("OTEL_EXPORTER_OTLP_ENDPOINT", ""))
# Of the web process, who asks for /metrics must know the token; without one it is closed. Workers answer at a port.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
METRICS_HOST = env.str("METRICS_HOST", "127.0.0.1")
METRICS_PORT = at_least(0, "METRICS_PORT", 0)
