"""Every setting, in one file: environment in, constants out. docs/running.md has the table."""

from __future__ import annotations

import tomllib
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from creative import environment

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
RELEASE = str(tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
WINNOW_MODE = environment.mode(env)
PRODUCTION = WINNOW_MODE == "production"
WINNOW_DATA = environment.data_folder(env, BASE_DIR / "var")
WINNOW_MODELS = Path(
    environment.required(env, "WINNOW_MODELS", "the folder that presets refer to")
    if PRODUCTION
    else str(env("WINNOW_MODELS", default=str(WINNOW_DATA / "models")))
).resolve()

SECRET_KEY = environment.secret_key(env, WINNOW_DATA, PRODUCTION)
EVIDENCE_KEY = environment.evidence_key(env, WINNOW_DATA, PRODUCTION)
DEBUG = False
ALLOWED_HOSTS = [
    host.strip()
    for host in (
        environment.required(env, "ALLOWED_HOSTS", "the host names people type, with commas between them")
        if PRODUCTION
        else str(env("ALLOWED_HOSTS", default="127.0.0.1,localhost,[::1],testserver"))
    ).split(",")
    if host.strip()
]
if PRODUCTION and "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS may not be '*' in production; name the hosts.")
CSRF_TRUSTED_ORIGINS = [f"https://{host.lstrip('.')}" for host in ALLOWED_HOSTS] if PRODUCTION else []

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "axes",
    "csp",
    "django_htmx",
    "lucide",
    "creative",
    "generation",
    "review",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "creative.http.BrowserPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "creative.http.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "creative.http.SignInRequiredMiddleware",
    "creative.http.RightsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "creative.http.RefusedMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "creative.urls"
WSGI_APPLICATION = "creative.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["creative.templatetags.winnow"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "creative.http.site",
                "review.navigation.navigation",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": environment.database(env, WINNOW_DATA, PRODUCTION)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STORAGES = {
    "default": environment.storage(env, WINNOW_DATA, PRODUCTION),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_GRACE = environment.hours(env, "FILE_GRACE_HOURS", default=24)  # that a file stays which nothing refers to

STATIC_URL = "/static/"
STATIC_ROOT = WINNOW_DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]

AUTH_USER_MODEL = "creative.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "creative.demo_in_production.Backend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "creative.demo_in_production.Validator"},
]
LOGIN_URL = "creative:sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "creative:sign-in"
# Pages downstream that views upstream lead to.
ABSOLUTE_URL_OVERRIDES = {
    "creative.brief": lambda brief: reverse("review:brief", args=[brief.pk]),
    "creative.project": lambda project: reverse("review:project", args=[project.pk]),
}
SESSION_COOKIE_AGE = 60 * 60 * 24 * 7

# Rate-limited sign-in: ten wrong passwords for one name from one address lock that pair for a quarter of an hour.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "creative/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

LANGUAGE_CODE = "en-gb"
TIME_ZONE = environment.time_zone(env)
CURRENCY = environment.currency(env)
USE_TZ = True
USE_I18N = True

# Bounds on what a browser may send; nothing in this release takes an upload.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    # Browsers take them from this host alone, over HTTPS alone: no neighbour under the same domain can set them.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],  # and the import map by its hash: creative.http
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

BROKER_SOCKET = environment.broker_socket(WINNOW_DATA)
CELERY_BROKER_URL = environment.broker_url(env, BROKER_SOCKET, PRODUCTION)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 2  # seconds
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "visibility_timeout": 3600}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False  # a bell that can't be rung is rung again by the sweep
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_DEFAULT_QUEUE = "housekeeping"
CELERY_TIMEZONE = "UTC"

# The lease on a batch or an export, and how often its holder renews it. A worker that dies is
# overtaken after the lease and one sweep (2 s) at the latest.
LEASE_SECONDS = 9
HEARTBEAT_SECONDS = 3
ATTEMPTS = 3

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "ERROR"},
        "boto3": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
