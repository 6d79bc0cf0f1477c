"""Every setting, in one file: environment in, constants out. docs/running.md has the table."""

from __future__ import annotations

import os
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
# The first that has a source is taken, and links may lead from one to another, such as to a larger disk.
WINNOW_MODELS = [
    Path(folder).resolve()
    for folder in (
        environment.required(env, "WINNOW_MODELS", "the folders that presets refer to, with colons between them")
        if PRODUCTION
        else str(env("WINNOW_MODELS", default=str(WINNOW_DATA / "models")))
    ).split(os.pathsep)
    if folder
]

SECRET_KEY = environment.secret_key(env, WINNOW_DATA, PRODUCTION)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
EVIDENCE_KEY = environment.evidence_key(env, WINNOW_DATA, PRODUCTION)
OLDER_EVIDENCE_KEYS = env.list("OLDER_EVIDENCE_KEYS", default=[])  # identities: creative.evidence.keys
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
    "csp",
    "django_htmx",
    "lucide",
    "creative",
    "generation",
    "review",
]

TRUSTED_PROXIES = environment.networks(env, "TRUSTED_PROXIES", default="127.0.0.1,::1")

MIDDLEWARE = [
    "creative.proxies.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "creative.http.BrowserPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "creative.http.NoStoreMiddleware",
    "creative.http.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "creative.written.TakenMiddleware",
    "creative.http.SignInRequiredMiddleware",
    "creative.http.RightsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "creative.http.WayBackMiddleware",
    "creative.http.RefusedMiddleware",
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
WHITENOISE_MIMETYPES = {".svg": "image/svg+xml; charset=utf-8"}

AUTH_USER_MODEL = "creative.User"
AUTHENTICATION_BACKENDS = [
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
    {"NAME": "creative.longest_password.Validator"},
    {"NAME": "creative.common_passwords.Validator"},
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
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24 * 3  # seconds that a link to a password is good
SESSION_COOKIE_AGE = 60 * 60 * 24 * 7  # seconds from signing in, however much a session is used: creative.sign_ins
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # nothing of them stays in the browser

LANGUAGE_CODE = "en-gb"
TIME_ZONE = environment.time_zone(env)
CURRENCY = environment.currency(env)
USE_TZ = True
USE_I18N = True

# Bounds on what a browser may send beside files, whose bounds are creative.uploads.door's.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "creative.views.sign_in.out_of_date"
# Browsers take such cookies from this host alone, over HTTPS alone: no neighbour under the same domain can set them.
COOKIE_PREFIX = "__Host-" if PRODUCTION else ""
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
    CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
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
CELERY_BEAT_SCHEDULER = "creative.work.bell.Scheduler"
CELERY_TASK_DEFAULT_QUEUE = "housekeeping"
CELERY_TIMEZONE = "UTC"

# The lease on a batch or an export, and how often its holder renews it. A worker that dies is
# overtaken after the lease and one sweep (2 s) at the latest.
LEASE_SECONDS = 9
HEARTBEAT_SECONDS = 3
ATTEMPTS = 3
# What is put off because the house is at fault waits so many seconds, twice as many the next time, and so on.
PAUSE_SECONDS = 5
LONGEST_PAUSE_SECONDS = 300

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "boto3": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "waitress.queue": {"level": "ERROR"},  # that requests wait for a thread is no news
    },
}
