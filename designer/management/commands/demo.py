"""Fill an empty designer with samples to look at."""

import secrets
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from profiles.models import Profile, User
from profiles.plist.spec.file import read_spec
from profiles.services import profiles, sharing, teams

USERNAME = "demo"
SAMPLES = Path(__file__).resolve().parent.parent.parent / "demo"


class Command(BaseCommand):
    """`manage.py demo`; may be run again, which makes what is missing, and a new password."""

    help = "Makes the account “demo” with sample profiles, and prints its password."

    def handle(self, **options: Any) -> None:
        """Raises CommandError where people work already: the account may do everything."""
        if User.objects.exclude(username=USERNAME).exists():
            raise CommandError(
                "There are other accounts here: use a DATA_DIR or DATABASE_URL of its own for the demo."
            )
        password = secrets.token_urlsafe(12)
        user = User.objects.filter(username=USERNAME).first() or User(username=USERNAME)
        user.is_staff = user.is_superuser = True
        user.set_password(password)
        user.save()
        for path in sorted(SAMPLES.glob("*.yaml")):
            document = read_spec(path.read_text(encoding="utf-8"))
            # Deleted ones count: whoever threw one away does not want it back.
            if not Profile.objects.owned_by(user).filter(uuid=document.uuid).exists():
                profiles.create(actor=user, team=teams.home(user), document=document, comment="Sample")
        if not Profile.objects.owned_by(user).filter(is_template=True).exists():
            text = (SAMPLES / "template.json").read_text(encoding="utf-8")
            sharing.import_file(actor=user, team=teams.home(user), text=text, comment="Sample")
        self.stdout.write(f"Sign in as {USERNAME} with the password {password}")
