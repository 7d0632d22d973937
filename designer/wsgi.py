"""What the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

from designer.checks import missing_keys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "designer.settings")

if sentence := missing_keys():
    raise SystemExit(sentence)
application = get_wsgi_application()
