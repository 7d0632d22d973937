"""The list of bulk runs, and the page that a list of people is brought to."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from designer.forms.run_forms import MAX_PASTED
from designer.views.runs import MOST_BYTES
from profiles.models import BulkRun, Profile, Recipient, Role, RunState, User, Visibility
from profiles.plist.templates.declaration import Declaration
from profiles.services import profiles, teams
from profiles.services.bulk.rows import cells_of
from profiles.services.pagination import PER_PAGE
from tests.designer.views.run_pages import focused, none_in, received, shown, text_of
from tests.posting import browse
from tests.services.bulk.run_samples import checked, finished, loaded, meanwhile, people, pin, work_off
from tests.services.samples import valid
from tests.services.template_samples import join, make_template

LIST, NEW = reverse("runs"), reverse("new_run")
HEADER = "User name,PIN,Mail\n"
CSV = f"{HEADER}ann,{pin(1)},ann@example.org\nbob,{pin(2)},bob@example.org\n"


def file(content: str | bytes = CSV, name: str = "people.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def of(template: Profile, **data: Any) -> dict[str, Any]:
    return {"template": str(template.pk), **data}


# --- The list --------------------------------------------------------------------------------------------------------


def test_an_empty_list_says_what_runs_are(alice_client: Client) -> None:
    page = text_of(alice_client.get(LIST).content.decode())
    assert "No runs yet" in page
    assert "each row becomes a signed profile" in page


def test_runs_are_listed_the_newest_first_with_their_state(
    alice: User, alice_client: Client, template: Profile
) -> None:
    old = loaded(alice, template, people(1))
    new = finished(alice, template, people(1))
    BulkRun.objects.filter(pk=new.pk).update(source="people.csv")

    html = alice_client.get(LIST).content.decode()

    page = text_of(html)
    assert page.index("people.csv · revision 1") < page.index("pasted list · revision 1")
    assert page.index("Finished A zip of files") < page.index("Columns to be matched")
    # Nobody has chosen yet what people of the other one get.
    assert page.count("A zip of files") == 1
    assert [html.count(str(run.pk)) for run in (old, new)] == [1, 1]


def test_other_teams_runs_and_lists_that_are_still_being_read_are_not_there(
    alice: User, alice_client: Client, bob: User, template: Profile
) -> None:
    BulkRun.objects.filter(pk=loaded(alice, template, people(1)).pk).update(state=RunState.LOADING)
    loaded(bob, make_template(bob), people(1))
    assert "No runs yet" in alice_client.get(LIST).content.decode()


def test_the_list_is_in_the_navigation_of_those_who_may_hand_out(
    alice: User, bob: User, bob_client: Client
) -> None:
    team = teams.home(alice)
    join(team, bob, Role.VIEWER)
    bob_client.post(reverse("choose_team"), {"team": str(team.pk)})
    assert f'href="{LIST}"' not in bob_client.get(reverse("profiles")).content.decode()
    team.memberships.filter(user=bob).update(role=Role.HELPER)
    assert f'href="{LIST}"' in bob_client.get(reverse("profiles")).content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "x", "", "9" * 30])
def test_a_page_that_is_not_there_is_the_nearest_one(
    alice: User, alice_client: Client, template: Profile, number: str
) -> None:
    loaded(alice, template, people(1))
    response = alice_client.get(LIST, {"page": number})
    assert response.status_code == 200
    assert "Columns to be matched" in response.content.decode()


def test_a_long_list_takes_as_many_statements_as_a_short_one(
    alice: User, alice_client: Client, template: Profile
) -> None:
    run = loaded(alice, template, people(1))
    alice_client.get(LIST)
    with CaptureQueriesContext(
        connection,
    ) as short:
        alice_client.get(LIST)
    for _ in range(PER_PAGE + 5):
        run.pk = uuid.uuid4()
        run.save(force_insert=True)
    with CaptureQueriesContext(connection) as long:
        response = alice_client.get(LIST)
    assert len(long) == len(short)
    assert "Older" in response.content.decode()


# --- A list that is taken --------------------------------------------------------------------------------------------


def test_a_file_becomes_a_run_whose_columns_are_known(alice_client: Client, template: Profile) -> None:
    response = alice_client.post(NEW, of(template, file=file()))

    run = BulkRun.objects.get()
    assert response["Location"] == reverse("run", args=[run.pk])
    assert (run.state, run.source, run.template) == (RunState.DRAFT, "people.csv", template)
    assert (run.mapping, run.email_column) == ({"user": 0, "pin": 1}, 2)
    page = shown(alice_client, run)
    assert "people.csv · 2 rows · 3 columns · revision 1" in text_of(page)
    assert "ann@example.org" in page
    assert none_in(page, [pin(1), pin(2)])


def test_cells_may_be_pasted_as_a_spreadsheet_copies_them(alice_client: Client, template: Profile) -> None:
    alice_client.post(NEW, of(template, pasted=CSV.replace(",", "\t")))
    run = BulkRun.objects.get()
    assert (run.source, run.recipients.count()) == ("", 2)
    assert cells_of(run.recipients.get(row=3)) == ["bob", pin(2), "bob@example.org"]


@pytest.mark.parametrize(("heading", "rows"), [("", 2), ("yes", 2), ("no", 3)])
def test_the_first_row_is_found_out_or_what_is_said_of_it(
    alice_client: Client, template: Profile, heading: str, rows: int
) -> None:
    alice_client.post(NEW, of(template, pasted=CSV, heading=heading))
    assert BulkRun.objects.get().recipients.count() == rows


def test_a_header_is_known_by_what_the_template_calls_its_variables(
    alice_client: Client, template: Profile
) -> None:
    # Nothing else tells it from a person.
    alice_client.post(NEW, of(template, pasted="user,room\nann,north\n"))
    assert BulkRun.objects.get().columns == ["user", "room"]


def test_the_template_that_led_here_is_chosen(alice_client: Client, template: Profile) -> None:
    page = browse(alice_client.get(NEW, {"template": str(template.pk)}).content.decode())
    assert page.data()["template"] == str(template.pk)
    nothing = browse(alice_client.get(NEW, {"template": "<script>"}).content.decode())
    assert nothing.data()["template"] == ""


def test_without_a_template_the_page_says_how_to_make_one(alice_client: Client) -> None:
    page = text_of(alice_client.get(NEW).content.decode())
    assert "There is no template yet" in page
    assert "Go on" not in page


def test_a_list_is_as_large_as_a_spreadsheet_makes_it_while_other_pages_take_less(
    alice: User, alice_client: Client, template: Profile
) -> None:
    cell = "x" * 10_000
    large = "user,pin," + ",".join(f"c{number}" for number in range(198)) + "\n"
    large += "".join(f"ann{number},1,{','.join([cell] * 198)}\n" for number in range(10))
    assert len(large) > 19_800_000

    response = alice_client.post(NEW, of(template, file=file(large)))

    run = BulkRun.objects.get()
    assert response["Location"] == reverse("run", args=[run.pk])
    assert run.recipients.count() == 10
    for name in ("match_run", "start_run"):
        refused = alice_client.post(reverse(name, args=[run.pk]), {"file": file(large[:4_100_000])})
        assert refused.status_code == 413


def test_what_is_larger_than_any_list_is_refused_before_it_is_read(alice_client: Client) -> None:
    response = alice_client.generic("POST", NEW, bytes(MOST_BYTES + 1), "multipart/form-data; boundary=x")
    assert response.status_code == 413


# --- A list that is refused ------------------------------------------------------------------------------------------

Data = Callable[[Profile], dict[str, Any]]
REFUSALS: dict[str, tuple[Data, str, str]] = {
    "nothing": (of, "file", "Choose a file, or paste the list below."),
    "no template": (lambda it: {"pasted": CSV}, "template", "Choose a template."),
    "a template that is none": (lambda it: {"template": "x", "pasted": CSV}, "template", "valid choice"),
    "a template of nobody": (
        lambda it: {"template": str(uuid.uuid4()), "pasted": CSV},
        "template",
        "valid choice",
    ),
    "both": (lambda it: of(it, file=file(), pasted=CSV), "pasted", "There were a file and a pasted list."),
    "blanks": (lambda it: of(it, pasted=" \r\n\t "), "file", "Choose a file, or paste"),
    "an empty file": (lambda it: of(it, file=file("")), "file", "The list is empty."),
    "a workbook": (lambda it: of(it, file=file(b"PK\x03\x04" + b"\0" * 90)), "file", "This is a workbook"),
    "a header alone": (lambda it: of(it, pasted=HEADER, heading="yes"), "pasted", "no row below it"),
    "too much": (lambda it: of(it, pasted="x" * (MAX_PASTED + 1)), "pasted", "at most 2000000"),
    "too large": (lambda it: of(it, file=file(b"x" * 32_000_001)), "file", "32,000,001 bytes"),
    "an answer that is none": (lambda it: of(it, pasted=CSV, heading="maybe"), "heading", "valid choice"),
}


@pytest.mark.parametrize(("data", "field", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_stands_beside_its_field_which_has_the_focus(
    alice_client: Client, template: Profile, data: Data, field: str, sentence: str
) -> None:
    response = alice_client.post(NEW, data(template))

    page = response.content.decode()
    assert response.status_code == 422
    assert [*response.context["form"].errors] == [field]
    assert sentence in page
    assert focused(page) == [field]
    assert not BulkRun.objects.exists()


def test_what_was_typed_stays(alice_client: Client, template: Profile) -> None:
    page = alice_client.post(NEW, {"pasted": "a\tb\nc\td", "heading": "no"}).content.decode()
    data = browse(page).data()
    assert (data["pasted"], data["heading"]) == ("a\tb\r\nc\td", "no")


def test_a_file_is_asked_for_again_since_a_page_cannot_keep_it(
    alice_client: Client, template: Profile
) -> None:
    response = alice_client.post(NEW, {"file": file()})
    assert [*response.context["form"].errors] == ["template", "file"]
    assert "Choose the file again" in response.content.decode()


def test_a_template_without_variables_is_refused_with_the_reason(alice: User, alice_client: Client) -> None:
    plain = make_template(alice, document=replace(valid(), declaration=Declaration()))
    response = alice_client.post(NEW, of(plain, pasted=CSV))

    page = response.content.decode()
    assert response.status_code == 422
    assert "“Office VPN” has no variables, so everybody would get the same." in text_of(page)
    assert focused(page) == ["alert"]
    assert not BulkRun.objects.exists()


def test_templates_of_others_and_what_is_private_to_somebody_cannot_be_chosen(
    alice: User, alice_client: Client, bob: User, template: Profile
) -> None:
    theirs = make_template(bob)
    join(teams.home(alice), bob, Role.EDITOR)
    private = make_template(bob, team=teams.home(alice), visibility=Visibility.PRIVATE, name="Bob’s own")

    page = alice_client.get(NEW).content.decode()
    assert str(template.pk) in page
    assert none_in(page, [str(theirs.pk), str(private.pk), "Bob’s own"])
    for hidden in (theirs, private):
        response = alice_client.post(NEW, of(hidden, pasted=CSV))
        assert response.status_code == 422
        assert [*response.context["form"].errors] == ["template"]
    assert not BulkRun.objects.exists()


def test_a_form_of_another_team_makes_the_run_there_or_says_why_not(
    alice: User, alice_client: Client, template: Profile
) -> None:
    """The template is that of the team that the form was opened for, whichever is looked at by now."""
    other = teams.create(actor=alice, name="Other")
    alice_client.post(reverse("choose_team"), {"team": str(other.pk)})
    refused = alice_client.post(NEW, of(template, pasted=CSV))
    assert refused.status_code == 422
    alice_client.post(NEW, of(template, pasted=CSV, team=str(template.team_id)))
    assert BulkRun.objects.get().team_id == template.team_id


def test_a_template_that_is_deleted_meanwhile_is_told(
    alice: User, alice_client: Client, template: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(
        monkeypatch,
        "profiles.services.bulk.loading.load_table",
        lambda: profiles.delete(actor=alice, profile=template),
    )
    response = alice_client.post(NEW, of(template, file=file()))
    assert response.status_code == 422
    assert "This template is not there any more." in response.content.decode()


@pytest.mark.parametrize("name", ["../../etc/passwd", "people\u202evsc.csv", "n" * 300 + ".csv", "<b>.csv"])
def test_whatever_a_file_is_called_is_harmless(alice_client: Client, template: Profile, name: str) -> None:
    response = alice_client.post(NEW, of(template, file=file(name=name)), follow=True)
    page = response.content.decode()
    assert response.status_code in (200, 422)
    assert none_in(page, ["\u202e", "<b>", "../"])


def test_what_was_taken_away_to_be_corrected_can_be_brought_again(
    alice: User, alice_client: Client, template: Profile
) -> None:
    rows = [["=ann", pin(1), "", "a@example.org"], ["Bob", pin(2), "", "b@example.org"]]
    run = checked(alice, template, rows)
    taken = received(alice_client.post(reverse("wrong_rows", args=[run.pk])))
    text = taken.decode("utf-8-sig").replace("'=ann", "ann").replace("Bob", "bob")

    alice_client.post(NEW, of(template, file=file(text)))

    again = BulkRun.objects.exclude(pk=run.pk).get()
    assert again.columns == run.columns
    assert [cells_of(row)[0] for row in Recipient.objects.filter(run=again).order_by("row")] == ["ann", "bob"]
    alice_client.post(reverse("match_run", args=[again.pk]), browse(shown(alice_client, again)).data())
    work_off(again)
    assert again.recipients.filter(state="ready").count() == 2
