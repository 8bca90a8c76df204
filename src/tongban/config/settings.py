"""Django's settings, from the environment (see `environment.py`). Not for secrets."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from .environment import Environment, database

ENV = Environment()
HERE = Path(__file__).resolve().parent.parent
DATA = ENV.data.absolute()

SECRET_KEY = ENV.secret_key
VAULT_KEYS = ENV.vault_keys
VAULT_INDEX_KEY = ENV.vault_index_key
DEBUG = ENV.debug
ALLOWED_HOSTS = [host.strip() for host in ENV.hosts.split(",") if host.strip()]
ORIGIN = ENV.origin.rstrip("/")
CSRF_TRUSTED_ORIGINS = [ORIGIN]
SITE_NAME = ENV.name
LEDGER_ORIGIN = ENV.ledger_origin or ORIGIN.split("://", 1)[-1] + "/ledger"
LEDGER_KEYS = ENV.ledger_keys
LEDGER_RETIRED = ENV.ledger_retired
LEDGER_GUARD = ENV.ledger_guard or DATA / "ledger" / "last-checkpoint"
LEDGER_POLICY = ENV.ledger_policy
DEMO = ENV.demo
MATTER_ERROR = ENV.matter_error

INSTALLED_APPS = [
    "tongban.portal",
    "tongban.accounts",
    "tongban.registry",
    "tongban.vault",
    "tongban.ledger",
    "tongban.gate",
    "tongban.cases",
    "tongban.letters",
    "tongban.protection",
    "tongban.scorecards",
    "tongban.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "django_htmx",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "tongban.portal.security.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tongban.portal.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tongban.portal.errors.PersonErrors",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "tongban.config.urls"
WSGI_APPLICATION = "tongban.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tongban.portal.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "tongban.portal.forms.GovRenderer"

DATABASES = {"default": database(ENV.database_url, DATA, ENV.synchronous)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20000}},
    # Pieces of the frame that are the same on every page, by language and page; nothing personal.
    "template_fragments": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "frame", "OPTIONS": {"MAX_ENTRIES": 2000}},
}

AUTH_USER_MODEL = "accounts.Official"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "letters:tray"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "tongban.accounts.adapter.OfficialsOnly"
ACCOUNT_LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ENV.demo or ENV.debug
MFA_TOTP_ISSUER = SITE_NAME
SECOND_FACTOR = ENV.second_factor
# For one name from one address django-axes counts. allauth's own five in five minutes for a name, wherever they come from, would let
# a stranger who knows an official's name keep the official out; what is left for a name alone stops those who guess from many addresses
# (accounts/adapter.py: an address that is stopped uses up nothing of it).
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,100/h/key"}
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "tongban.accounts.adapter.counted_name"
AXES_CLIENT_IP_CALLABLE = "tongban.gate.rates.client_address"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = ENV.trusted_proxies

SESSION_COOKIE_NAME = "tongban_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENV.https
CSRF_COOKIE_NAME = "tongban_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tongban.portal.errors.csrf_failure"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31536000 if ENV.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.https and ENV.trusted_proxies else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
RATE_LIMITS = ENV.rate_limits
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
ATTACHMENT_ROOT = DATA / "attachments"
ATTACHMENT_MAX_BYTES = 10 * 1024 * 1024
ATTACHMENT_MAX_NUMBER = 6

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "tongban_language"
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATIC_ROOT = ENV.static_root or DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

EMAIL_URL = ENV.email_url
DEFAULT_FROM_EMAIL = ENV.email_from
NOTICE_SMS = ENV.sms
EMAIL_BACKEND = "tongban.portal.mail.ConfiguredBackend" if ENV.email_url else "tongban.portal.mail.ConsoleBackend"

SILENCED_SYSTEM_CHECKS: list[str] = []
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "tongban.config.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.server": {"level": "WARNING"},
        "axes": {"level": "ERROR"},
    },
}
SITE_OFFICE = _("信访局")
