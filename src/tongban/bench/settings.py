"""The deployment's settings with the floor beside them, without rate limits."""

from tongban.config.settings import *  # noqa: F403
from tongban.config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tongban.bench"]
ROOT_URLCONF = "tongban.bench.urls"
RATE_LIMITS = False
