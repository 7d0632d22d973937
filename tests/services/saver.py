"""A process that saves one profile when told to: `python -m tests.services.saver NAME PROFILE_ID`.

Reads the number of the revision to start from, a line each, and answers with what came of it.
"""

import sys
import uuid

import django

django.setup()

from profiles.exceptions import ConflictError  # noqa: E402 - models need Django to be set up
from profiles.models import Profile  # noqa: E402
from profiles.services import profiles  # noqa: E402
from profiles.services.document_storage import load  # noqa: E402
from tests.services.samples import changed  # noqa: E402


def main(name: str, profile_id: uuid.UUID) -> None:
    """Until there are no more lines."""
    profile = Profile.objects.select_related("created_by").get(pk=profile_id)
    assert profile.created_by
    document = load(profile)
    print("ready", flush=True)
    for line in sys.stdin:
        base = int(line)
        mine = changed(document, AuthName=f"{name}-{base}")
        try:
            saved = profiles.save(
                actor=profile.created_by, profile_id=profile_id, document=mine, base_revision=base
            )
            print(f"saved {saved.revision}", flush=True)
        except ConflictError as error:
            print(f"conflict {error.revision}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], uuid.UUID(sys.argv[2]))
