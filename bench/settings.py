"""The tests' settings, with a SQLite file of the bench's own, whatever database the tests may be told to use."""

import os

os.environ["TEST_DATABASE_URL"] = ""

from tests.settings import *  # noqa: F403 - after the environment; the usual way to extend Django's settings
