"""Django's settings. What differs between machines comes from the environment, by way of `env.py`.

Importing this needs no keys and no database: `manage.py profile check` and its like run in a bare pipeline.
"""

from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from designer.config import env as environment
from designer.config import parsers
from designer.config.broker import broker_options, is_redis
from designer.config.key_files import ENCRYPTION_KEYS_FILE, SECRET_KEY_FILE, read_key
from designer.config.log_format import logging_config

try:
    ENV = environment.read()
except environment.BadSettingError as error:
    # The one sentence is all there is to say, whichever door was taken: no traceback, exit code 1.
    raise SystemExit(str(error)) from None

BASE_DIR = parsers.BASE_DIR
DATA_DIR = ENV.data_dir
KEYS_DIR = DATA_DIR / "keys"
PUBLIC_URL = ENV.public_url
HTTPS = PUBLIC_URL.startswith("https:")
# Below it, by their tokens, are the install pages of links, which e-mails name outside of any request, too.
INSTALL_PATH = "i/"
DEBUG = ENV.debug

# Empty until `manage.py prepare` has made them; checks.py says so where it matters.
SECRET_KEY = ENV.secret_key or read_key(KEYS_DIR / SECRET_KEY_FILE)
ENCRYPTION_KEYS = ENV.encryption_keys or read_key(KEYS_DIR / ENCRYPTION_KEYS_FILE)
# Looked at again while the server runs, so that a rotation needs no restart.
ENCRYPTION_KEYS_PATH = None if ENV.encryption_keys else KEYS_DIR / ENCRYPTION_KEYS_FILE

ORGANIZATION = ENV.organization
IDENTIFIER_PREFIX = ENV.identifier_prefix

INSTALLED_APPS = [
    "profiles",
    "designer",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "designer.web.middleware.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "designer.web.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Before the check of the CSRF token, which reads the body: a long one from somebody unknown is not worth reading.
    "designer.web.middleware.LoginRequiredMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "designer.web.middleware.AuditMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "designer.web.middleware.NamedErrorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "designer.urls"
WSGI_APPLICATION = "designer.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "designer.web.current_team.context",
            ]
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# Data
DATABASES: dict[str, dict[str, Any]] = {"default": ENV.database_url.as_django()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Failed logins are counted here, so it is shared by all processes of the web server.
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENV.redis_url}
    if ENV.redis_url
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# How long the profiles of a bulk run are kept
RESULTS_DAYS = ENV.results_days

# How large a profile from elsewhere may be
IMPORT_MAX_BYTES = ENV.import_max_bytes

# Who works on bulk runs. What they have to do is in the database; the broker only wakes them.
BROKER_DIR = DATA_DIR / "broker"
CELERY_BROKER_URL = ENV.celery_broker_url or "filesystem://localhost"
CELERY_BROKER_TRANSPORT = None if ENV.celery_broker_url else "designer.processes.folder_broker:Transport"
CELERY_BROKER_TRANSPORT_OPTIONS = broker_options(ENV.celery_broker_url, BROKER_DIR)
CELERY_BROKER_CONNECTION_TIMEOUT = 1
# Workers try for ever; whoever publishes is told at once (kombu.exceptions.OperationalError).
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "profile-designer"
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_CONCURRENCY = ENV.workers
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# No more messages in hand than processes, which Celery knows how to do with Redis alone. When that goes away, those in
# hand that nobody works on yet cannot be acknowledged any more, and the worker waits for them for ever.
CELERY_WORKER_DISABLE_PREFETCH = is_redis(ENV.celery_broker_url)
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BEAT_SCHEDULER = "designer.processes.scheduler:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "tend": {"task": "profiles.tasks.tend", "schedule": 5, "options": {"expires": 10}},
    "purge": {"task": "profiles.tasks.purge", "schedule": 60 * 60, "options": {"expires": 60 * 60}},
    "warn_of_expiry": {
        "task": "profiles.tasks.warn_of_expiry",
        "schedule": 24 * 60 * 60,
        "options": {"expires": 24 * 60 * 60},
    },
}
WORKER_NICE = ENV.worker_nice

# Who sends e-mail
EMAIL_ENABLED = bool(ENV.email_url.host)
EMAIL_BACKEND = ENV.email_url.backend
EMAIL_HOST = ENV.email_url.host
EMAIL_PORT = ENV.email_url.port
EMAIL_HOST_USER = ENV.email_url.user
EMAIL_HOST_PASSWORD = ENV.email_url.password
EMAIL_USE_TLS = ENV.email_url.kind == "smtp+starttls"
EMAIL_USE_SSL = ENV.email_url.kind == "smtps"
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from or f"profile-designer@{urlsplit(PUBLIC_URL).hostname}"

# Who may come in
AUTH_USER_MODEL = "profiles.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "designer.web.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "change_password": "5/m/user",
    "wrong_link": "20/5m/ip",
    "wrong_passphrase": "5/5m/key,20/5m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.trusted_proxy_count

# How they come in
_LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
_HOST = urlsplit(PUBLIC_URL).netloc.removesuffix(f":{urlsplit(PUBLIC_URL).port}")
ALLOWED_HOSTS = _LOOPBACK if _HOST in _LOOPBACK else [_HOST]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CSRF_FAILURE_VIEW = "designer.web.error_pages.csrf_failure"
# Scripts read the token from its cookie, so that a page left open works again after a new login.
CSRF_COOKIE_HTTPONLY = False
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 7 * 24 * 60 * 60
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and ENV.trusted_proxy_count else None
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
# Whoever runs the designer need not own the hosts below its name, nor its parent's entry in the browsers' list.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# How much they may bring: a form with every key filled in stays far below.
MAX_BODY = 4_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
# Never on a disk, where a server that is stopped would leave them, secrets and all; how long a body may be is limited.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000_000

# Files that never change between two starts
STATIC_URL = "static/"
STATIC_ROOT = ENV.static_dir
_PACKAGES = {"bootstrap": "bootstrap/dist", "htmx": "htmx.org/dist"}
# A pipeline that only builds profiles has no front-end packages.
STATICFILES_DIRS: list[Any] = [BASE_DIR / "static"] + [
    (prefix, BASE_DIR / "node_modules" / folder)
    for prefix, folder in _PACKAGES.items()
    if (BASE_DIR / "node_modules" / folder).is_dir()
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "designer.web.static_storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

LANGUAGE_CODE = "en-us"
TIME_ZONE = ENV.time_zone
USE_I18N = True
USE_TZ = True
LOGGING = logging_config(ENV.log_level, ENV.log_format)
METRICS_TOKEN = ENV.metrics_token
