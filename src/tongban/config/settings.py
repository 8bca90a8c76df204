"""Django's settings, from the environment (see `environment.py`). Not for secrets."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from .environment import Environment, database, refuse_published

ENV = Environment()
refuse_published(ENV)
HERE = Path(__file__).resolve().parent.parent
DATA = ENV.data.absolute()

SECRET_KEY = ENV.secret_key
VAULT_KEYS = ENV.vault_keys
VAULT_INDEX_KEY = ENV.vault_index_key
DEBUG = ENV.debug
ORIGIN = ENV.origin.rstrip("/")
FORMER_ORIGINS = tuple(one.strip().rstrip("/") for one in ENV.former_origins.split(",") if one.strip())
ALLOWED_HOSTS = [host.strip() for host in ENV.hosts.split(",") if host.strip()]
ALLOWED_HOSTS += [urlsplit(one).hostname or one for one in FORMER_ORIGINS]
CSRF_TRUSTED_ORIGINS = [ORIGIN]
SITE_NAME = ENV.name
# At the foot of every page (portal/issuer.py).
ISSUER = ENV.issuer
CONTACT = ENV.contact
CHILD_SAFETY_KEY, CHILD_SAFETY_BODY = ENV.child_safety_key, ENV.child_safety_body
RESOLVERS, CONTROL_FILE = ENV.resolvers, ENV.control_file
EVIDENCE, EVIDENCE_PORTS, EVIDENCE_REFUSE = ENV.evidence, ENV.evidence_ports, ENV.evidence_refuse
EVIDENCE_AGENT, EVIDENCE_BROWSER, EVIDENCE_AS_ROOT = ENV.evidence_agent, ENV.evidence_browser, ENV.evidence_as_root
SITE_CODE = ENV.site_code
FILING = ENV.icp
POLICE_FILING = ENV.police
LEDGER_ORIGIN = ENV.ledger_origin or ORIGIN.split("://", 1)[-1] + "/ledger"
LEDGER_KEYS = ENV.ledger_keys
CERTIFICATE_KEYS = ENV.certificate_keys
LEDGER_RETIRED = ENV.ledger_retired
LEDGER_GUARD = ENV.ledger_guard or DATA / "ledger" / "last-checkpoint"
LEDGER_POLICY = ENV.ledger_policy
LEDGER_DELAY = ENV.ledger_delay
# Primaries of the policy zone (host:port/zone, several with commas), the key of their updates, and the name of the
# machine that explains a block (docs/feeds.md).
FEED_DNS = ENV.feed_dns
FEED_DNS_KEY = ENV.feed_dns_key
FEED_PAGE_HOST = ENV.feed_page_host
OIDC = {
    "issuer": ENV.oidc_issuer, "client": ENV.oidc_client, "secret": ENV.oidc_secret, "scope": ENV.oidc_scope,
    "number_claim": ENV.oidc_number_claim, "name_claim": ENV.oidc_name_claim, "acr": ENV.oidc_acr,
}  # fmt: skip
DEMO = ENV.demo
MATTER_ERROR = ENV.matter_error

INSTALLED_APPS = [
    "tongban.portal",
    "tongban.accounts",
    "tongban.registry",
    "tongban.record",
    "tongban.vault",
    "tongban.ledger",
    "tongban.gate",
    "tongban.cases",
    "tongban.intake",
    "tongban.published",
    "tongban.counter",
    "tongban.desk",
    "tongban.letters",
    "tongban.reports",
    "tongban.services",
    "tongban.protection",
    *ENV.added,
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
    "tongban.gate.former.ToThePresentAddress",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tongban.portal.language.LanguageMiddleware",
    "tongban.portal.errors.RequestLimits",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tongban.portal.errors.PersonErrors",
    "tongban.gate.uploading.UploadsBySender",
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
    # What must be counted or used up once for all processes and machines: codes of second factors, failures to sign in.
    # Rows, not memory; made by a migration of the accounts. Nothing that many pages need belongs here.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
    # Pieces of the frame that are the same on every page, by language and page; nothing personal.
    "template_fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "frame",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
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
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "tongban.accounts.adapter.OfficialsOnly"
ACCOUNT_LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "tongban.accounts.factors.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = ENV.demo or ENV.debug
MFA_TOTP_ISSUER = SITE_NAME
MFA_FORMS = {"activate_totp": "tongban.accounts.proving.ActivateOnce"}
SECOND_FACTOR = ENV.second_factor
FIRST_PASSWORD_HOURS = ENV.first_password_hours
# For one name from one address django-axes counts. allauth's own five in five minutes for a name, wherever they come
# from, would let a stranger who knows an official's name keep the official out; what is left for a name alone stops
# those who guess from many addresses (accounts/adapter.py: an address that is stopped uses up nothing of it). Both
# count in the database, for all processes, and IPv6 by /64.
# A device on which the official has signed in before has an allowance of its own (accounts/devices.py).
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,100/h/key"}
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "tongban.accounts.adapter.counted_name"
AXES_CLIENT_IP_CALLABLE = "tongban.gate.rates.client_address"
AXES_WHITELIST_CALLABLE = "tongban.accounts.devices.is_known"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = ENV.trusted_proxies

# Over HTTPS a browser takes a cookie of such a name from this very host alone (gate/cookies.py).
COOKIE_PREFIX = "__Host-" if ENV.https else ""
SESSION_ENGINE = "tongban.gate.sessions"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}tongban_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = ENV.https
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}tongban_csrf"
CSRF_COOKIE_AGE = None
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "tongban.portal.errors.csrf_failure"
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31536000 if ENV.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.https and ENV.trusted_proxies else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src "
    "'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
RATE_LIMITS = ENV.rate_limits
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
ATTACHMENT_ROOT = DATA / "attachments"
ATTACHMENT_MAX_BYTES = 10 * 1024 * 1024
ATTACHMENT_MAX_NUMBER = 6
LARGEST_BODY = ATTACHMENT_MAX_NUMBER * ATTACHMENT_MAX_BYTES + 4 * 2**20
# What strangers upload is opened by a child of each web worker, within these limits; so many children work at a time.
UPLOAD_MAX_PIXELS = 24_000_000
UPLOAD_CHILD_MEMORY = 700 * 1024 * 1024
UPLOAD_CHILD_SECONDS = 8
UPLOAD_CHILDREN = max(1, (os.cpu_count() or 2) // 2)
# Within ten minutes, from one address (or one official) and from all together: bytes and pixels.
UPLOAD_ONE = (120 * 1024 * 1024, 400_000_000)
UPLOAD_ALL = (4 * 1024**3, 8_000_000_000)
# What waits in drafts, in all; and what of the disk stays free whatever is uploaded.
UPLOAD_DRAFTS_MAX_BYTES = 20 * 1024**3
UPLOAD_FREE_RESERVE = 512 * 1024 * 1024

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}tongban_language"
# What the house says itself, and what Django and allauth say, in its words.
LOCALE_PATHS = [HERE / "locale", HERE / "portal" / "framework"]
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
SMS = {
    "key_id": ENV.sms_key_id,
    "key_secret": ENV.sms_key_secret,
    "sign": ENV.sms_sign,
    "app": ENV.sms_app,
    "region": ENV.sms_region,
    "templates": ENV.sms_templates,
    "endpoint": ENV.sms_endpoint,
}
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
