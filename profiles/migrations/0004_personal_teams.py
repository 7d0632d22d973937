from django.db import migrations

NAME_LENGTH = 255
SORT_KEY_LENGTH = 60


def give_teams(apps, schema_editor):
    """Everybody who has something gets a team that owns it from now on."""
    get = lambda name: apps.get_model("profiles", name)  # noqa: E731
    Profile, Team, Membership = get("Profile"), get("Team"), get("Membership")
    for user in get("User").objects.order_by("pk"):
        team = Team.objects.create(name=f"{user.username[: NAME_LENGTH - 10]}’s team")
        Membership.objects.create(team=team, user=user, role="owner")
        Profile.objects.filter(owner=user).update(team=team, created_by=user)
        for name in ("Certificate", "SigningIdentity"):
            get(name).objects.filter(owner=user).update(team=team)
    changed = []
    for profile in Profile.objects.only("search_key").iterator():
        profile.sort_key = profile.search_key[:SORT_KEY_LENGTH]
        changed.append(profile)
    Profile.objects.bulk_update(changed, ["sort_key"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("profiles", "0003_teams")]

    operations = [migrations.RunPython(give_teams, migrations.RunPython.noop)]
