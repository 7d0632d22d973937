"""The designer's settings with throwaway keys and data; each process that runs tests has its own.

TEST_DATABASE_URL, if set, runs the tests on another database than SQLite.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from designer.config.env import FILE_NAMES, NAMES
from profiles.encryption import KeyRing

_scratch = Path(tempfile.mkdtemp(prefix="profile-designer-tests-"))
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)

# Blank means "not set", and wins over whatever the developer's own .env says.
os.environ.update(dict.fromkeys((*NAMES, *FILE_NAMES), ""))
os.environ["DATA_DIR"] = str(_scratch)
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")
os.environ["SECRET_KEY"] = secrets.token_urlsafe(64)
os.environ["ENCRYPTION_KEYS"] = KeyRing.generate_key_line()

from designer.settings import *  # noqa: E402, F403 - after the environment; the usual way to extend Django's settings
from designer.settings import BROKER_DIR, DATABASES  # noqa: E402

# What wakes workers goes there; nobody takes it, unless a test starts one.
BROKER_DIR.mkdir(mode=0o700, exist_ok=True)

if "sqlite3" in DATABASES["default"]["ENGINE"]:
    # A file, because servers and processes of their own must see it, too.
    DATABASES["default"]["TEST"] = {"NAME": str(_scratch / "test.sqlite3")}

# Static files as they lie in the tree, without collecting them first.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
# Slow hashes guard real passwords.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
