"""The samples that a new user sees first."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from profiles.models import Profile, User
from profiles.plist.spec.file import read_spec
from profiles.plist.validation.validate import has_errors, validate
from profiles.services import profiles, templates
from profiles.services.teams import home

SAMPLES = sorted((Path(__file__).resolve().parent.parent.parent / "designer" / "demo").glob("*.yaml"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_without_errors_but_for_the_unfinished_one(path: Path) -> None:
    problems = validate(read_spec(path.read_text()))

    assert has_errors(problems) == (path.stem == "unfinished")


def test_a_deleted_sample_stays_deleted(db: None) -> None:
    call_command("demo", stdout=StringIO())
    demo = User.objects.get()
    profile = Profile.objects.for_user(demo).filter(is_template=False)[0]
    profiles.delete(actor=demo, profile=profile)

    call_command("demo", stdout=StringIO())

    assert Profile.objects.for_user(demo).filter(is_template=False).count() == len(SAMPLES) - 1


def test_a_template_can_be_filled_in_at_once(db: None) -> None:
    call_command("demo", stdout=StringIO())
    call_command("demo", stdout=StringIO())
    demo = User.objects.get()
    template = Profile.objects.templates_for(demo).get()

    made = templates.use(
        actor=demo, team=home(demo), template=template, name="", answers={"username": "bob"}, values={}
    )

    assert made.template_id == template.pk


def test_where_people_work_there_is_no_demo(alice: User) -> None:
    with pytest.raises(CommandError, match="other accounts"):
        call_command("demo", stdout=StringIO())
    assert not User.objects.filter(username="demo").exists()
