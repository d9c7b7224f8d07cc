"""Settings that keep people out: secrets, hosts, origins, cookies, and how often somebody may do what."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from tutor_site.environment import Rate, at_least, choice, env, flag, origins, rate

MODE = choice("TUTOR_MODE", "dev", ("demo", "dev", "production"))
PRODUCTION = MODE == "production"

DEMO_SECRET_KEY = "demo-secret-key-not-for-production-0123456789abcdef"
SECRET_KEY = env.str("SECRET_KEY", "" if PRODUCTION else DEMO_SECRET_KEY)
ENGINE_API_KEY = env.str("ENGINE_API_KEY", "")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["*"])
# Behind a proxy that ends TLS: the scheme of the addresses we hand out, and whose call it is.
BEHIND_TLS_PROXY = flag("BEHIND_TLS_PROXY", default=False)
# Web apps of other addresses that may use the API and the socket. Without any, only our own may.
ALLOWED_ORIGINS = origins("ALLOWED_ORIGINS")
CSRF_TRUSTED_ORIGINS = origins("CSRF_TRUSTED_ORIGINS")

if PRODUCTION:
    if len(SECRET_KEY) < 40 or len(set(SECRET_KEY)) < 5 or SECRET_KEY == DEMO_SECRET_KEY:
        raise ImproperlyConfigured("SECRET_KEY: production wants a secret of its own, 40 characters or more")
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("ALLOWED_HOSTS: production wants the names the site is reached by")
    if any(host.lstrip(".") in ("", "*") for host in ALLOWED_HOSTS):
        raise ImproperlyConfigured("ALLOWED_HOSTS: production wants names, no *")
    if ENGINE_API_KEY and len(ENGINE_API_KEY) < 20:
        raise ImproperlyConfigured("ENGINE_API_KEY: production wants 20 characters or more")

# How often, by account, and by address where nobody has logged in.
RATES: dict[str, Rate] = {
    "call": rate("CALL_RATE", "1200/min"),
    "engine": rate("ENGINE_RATE", "6000/min"),
    "login": rate("LOGIN_RATE", "60/min"),
    "message": rate("MESSAGE_RATE", "1200/min"),
    "register": rate("REGISTER_RATE", "30/min"),
    "refresh": rate("REFRESH_RATE", "300/min"),
    "schema": rate("SCHEMA_RATE", "30/min"),
    "session": rate("SESSION_RATE", "60/min"),
    "upload": rate("UPLOAD_RATE", "60/min"),
}
# Wrong passwords: at one account (OWASP ASVS 2.2.1: below 100 an hour), and from one address, which a class may share.
GUESSES = {"account": rate("GUESSES_AT_ACCOUNT", "20/hour"), "address": rate("GUESSES_FROM_ADDRESS", "200/hour")}

# Of the staff side; the app has tokens.
SESSION_COOKIE_AGE = 3600 * at_least(1, "STAFF_SESSION_HOURS", 12)
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECOND_FACTOR = choice("SECOND_FACTOR", "optional", ("optional", "admins", "staff"))

HTTPS: dict[str, Any] = {}
if PRODUCTION:
    HTTPS = {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        # The browser then takes them from this host alone, over TLS alone.
        "SESSION_COOKIE_NAME": "__Host-sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken",
        "SECURE_HSTS_SECONDS": at_least(0, "HSTS_SECONDS", 31_536_000),
        "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
        # What a container and the supervisor ask for, from inside.
        "SECURE_REDIRECT_EXEMPT": [r"^(health|ready|metrics|engine/health|api/student/gpu/health)$"],
        "SECURE_SSL_REDIRECT": BEHIND_TLS_PROXY,
        # A browser's preload list is a matter of whoever owns the domain.
        "SILENCED_SYSTEM_CHECKS": ["security.W021"],
    }
