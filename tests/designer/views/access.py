"""Who may do what at which address: the table that `test_access` holds the designer to.

A new address needs an entry in DOORS. What roles are for, `profiles.policy` says; the table repeats none of it, so that
a policy that allows too much is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from profiles.services import starting_points
from tests.conftest import PASSWORD


class Who(Enum):
    """Who asks: members of the team that the objects belong to, or the owner of another one."""

    SIGNED_OUT = "signed-out"
    VIEWER = "viewer"
    HELPER = "helper"
    EDITOR = "editor"
    OWNER = "owner"
    STRANGER = "stranger"


class Answer(Enum):
    """What they get."""

    DONE = "done"
    """A page, a file, or on to the next page; exactly the tables that the door names have changed."""
    FORBIDDEN = "403"
    MISSING = "404"
    GONE = "410"
    LOGIN = "login"
    """On to the login page."""


MEMBERS: Final = (Who.VIEWER, Who.HELPER, Who.EDITOR, Who.OWNER)
"""From the one who may do least to the one who may do most."""

Answers = Mapping[Who, Answer]


def all_get(answer: Answer) -> Answers:
    """The same for everybody."""
    return dict.fromkeys(Who, answer)


def members_from(least: Who, *, stranger: Answer = Answer.MISSING) -> Answers:
    """Done for members from that role on; what is not about the team's objects, others do in a team of theirs."""
    able = MEMBERS[MEMBERS.index(least) :]
    return {
        Who.SIGNED_OUT: Answer.LOGIN,
        **{who: Answer.DONE if who in able else Answer.FORBIDDEN for who in MEMBERS},
        Who.STRANGER: stranger,
    }


LOOK, FILL, EDIT, MANAGE = (members_from(who) for who in MEMBERS)
"""With an object of the team."""

LOOK_AT_OWN, FILL_OWN, EDIT_OWN, MANAGE_OWN = (members_from(who, stranger=Answer.DONE) for who in MEMBERS)
"""In whichever team they work in."""

OPEN: Final = all_get(Answer.DONE)


@dataclass(frozen=True, kw_only=True)
class World:
    """What there is: ids and tokens by the names that doors use, the forms of pages, and files to upload.

    `sessions` are the keys of those of everybody who is signed in, by user name.
    """

    things: Mapping[str, Any]
    pages: Mapping[str, Mapping[str, Any]]
    texts: Mapping[str, bytes] = field(repr=False)
    sessions: Mapping[str, str] = field(repr=False)


Data = Callable[[World], Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Door:
    """One way to use an address.

    args       what its arguments are, by the names in World.things; “oneself” is the id of whoever asks
    data       what is sent: a query or a form that would succeed
    changes    the tables that differ afterwards where it is done
    case       what is special about it
    """

    name: str
    method: str
    answers: Answers
    args: tuple[str, ...] = ()
    data: Data = lambda world: {}
    changes: frozenset[str] = frozenset()
    case: str = ""

    def __str__(self) -> str:
        return "-".join(filter(None, [self.name, self.method, self.case.replace(" ", "-")]))


def _doors() -> Iterator[Door]:
    yield from _pages_of_the_house()
    yield from _profiles()
    yield from _revisions_and_hand_outs()
    yield from _templates()
    yield from _shared()
    yield from _comparisons()
    yield from _imports()
    yield from _certificates()
    yield from _runs()
    yield from _signing()
    yield from _team()
    yield from _invitations()
    yield from _audit()


def _get(name: str, answers: Answers, *args: str, changes: str = "", **more: Any) -> Door:
    return Door(
        name=name, method="get", answers=answers, args=args, changes=frozenset(changes.split()), **more
    )


def _post(name: str, answers: Answers, *args: str, changes: str = "", **more: Any) -> Door:
    return Door(
        name=name, method="post", answers=answers, args=args, changes=frozenset(changes.split()), **more
    )


def _upload(world: World, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, world.texts[name])


PASTED: Final = "<plist><dict><key>PayloadType</key><string>Configuration</string></dict></plist>"
"""The smallest profile that there is."""

SAVED: Final = "Profile Payload Revision AuditEntry"
"""What a new revision changes, of an old profile or a new one."""


def _pages_of_the_house() -> Iterator[Door]:
    new = "staple battery horse"
    passwords = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    yield _get("home", LOOK_AT_OWN)
    yield _get("health", OPEN)
    yield _get("ready", OPEN)
    yield _get("rules", LOOK_AT_OWN)
    yield _get("rule", LOOK_AT_OWN, "code")
    # No token is set.
    yield _get("metrics", all_get(Answer.MISSING))
    yield _get("account_login", OPEN)
    yield _post("account_login", OPEN, data=lambda world: {"login": "nobody", "password": "wrong"})
    yield _get("account_inactive", OPEN)
    yield _get("account_logout", LOOK_AT_OWN)
    yield _post("account_logout", all_get(Answer.LOGIN))
    yield _get("account_change_password", LOOK_AT_OWN)
    yield _post("account_change_password", LOOK_AT_OWN, data=lambda world: passwords, changes="User")
    # There are accounts.
    yield _get("first_run", all_get(Answer.GONE), "setup_token")
    yield _post(
        "first_run",
        all_get(Answer.GONE),
        "setup_token",
        data=lambda world: {"username": "mallory", "password1": new, "password2": new},
    )


def _profiles() -> Iterator[Door]:
    point = next(iter(starting_points.all_points()))
    yield _get("profiles", LOOK_AT_OWN)
    yield _get("new_profile", EDIT_OWN)
    yield _post("new_profile", EDIT_OWN, data=lambda world: {"starting_point": point}, changes=SAVED)
    yield _get("profile", LOOK, "profile")
    yield _get("profile", LOOK, "template", case="a template")
    yield _post("profile", EDIT, "profile", data=lambda world: world.pages["profile"], changes=SAVED)
    yield _post("preview_profile", LOOK, "profile", data=lambda world: world.pages["profile"])
    yield _post(
        "open_payload",
        LOOK,
        "profile",
        data=lambda world: {**world.pages["profile"], "open_payload": world.pages["simulator"]["part"]},
    )
    asked = {"show_value": "profile Vendor"}
    yield _post("show_value", EDIT, "imported", data=lambda world: asked, changes="AuditEntry")
    yield _post(
        "profile", EDIT, "imported", data=lambda world: asked, changes="AuditEntry", case="an unknown value"
    )
    yield _get("put_right", LOOK, "profile")
    yield _post(
        "put_right",
        EDIT,
        "imported",
        data=lambda world: {"repair": "profile/odd-version/PayloadVersion", "base_revision": "1"},
        changes="Profile Revision AuditEntry",
    )
    yield _get("part_xml", LOOK, "profile", "part")
    yield _post(
        "part_xml",
        EDIT,
        "profile",
        "part",
        data=lambda world: {"xml": "<dict/>", "base_revision": "2"},
        changes="Profile Revision AuditEntry",
    )
    yield _post(
        "part_xml",
        EDIT,
        "imported",
        "part",
        data=lambda world: {"show": "1", "xml": world.pages["imported xml"]["xml"]},
        changes="AuditEntry",
        case="unknown values",
    )
    yield _post("simulate_profile", LOOK, "profile", data=lambda world: world.pages["simulator"])
    yield _get("profile_compatibility", LOOK, "profile")
    yield _post("profile_compatibility", LOOK, "profile", data=lambda world: world.pages["profile"])
    yield _post(
        "check_server_certificate",
        LOOK,
        "profile",
        data=lambda world: {**world.pages["profile"], "server-pasted": world.texts["chain.pem"].decode()},
    )
    yield _get(
        "download_profile",
        FILL,
        "profile",
        data=lambda world: {"unsigned": "1"},
        changes="Profile AuditEntry",
    )
    yield _post("duplicate_profile", EDIT, "profile", changes=SAVED)
    yield _post("delete_profile", EDIT, "profile", changes="Profile AuditEntry")
    yield _post("delete_profile", EDIT, "template", case="a template", changes="Profile AuditEntry")
    yield _post("restore_profile", EDIT, "deleted", changes="Profile AuditEntry")


def _revisions_and_hand_outs() -> Iterator[Door]:
    yield _get("profile_history", LOOK, "profile")
    yield _get("compare_revisions", LOOK, "profile")
    yield _post(
        "restore_revision",
        EDIT,
        "profile",
        "number",
        data=lambda world: {"base_revision": "2"},
        changes=SAVED,
    )
    yield _get("hand_out", FILL, "profile")
    yield _post("hand_out", FILL, "profile", data=lambda world: {"days": "7"}, changes="HandOut AuditEntry")
    yield _get("hand_out", all_but_signed_out(Answer.MISSING), "template", case="a template")
    yield _post("revoke_hand_out", FILL, "profile", "hand_out", changes="HandOut AuditEntry")
    yield _get("install", OPEN, "install_token")
    yield _post("install", OPEN, "install_token", changes="HandOut AuditEntry")
    yield _get("install_file", OPEN, "grant", changes="HandOut Profile AuditEntry")


def all_but_signed_out(answer: Answer) -> Answers:
    """The same for everybody who has signed in."""
    return {**all_get(answer), Who.SIGNED_OUT: Answer.LOGIN}


def _templates() -> Iterator[Door]:
    named: Data = lambda world: world.pages["short form"]  # noqa: E731 - said once
    yield _get("templates", LOOK_AT_OWN)
    yield _get("templates", LOOK_AT_OWN, data=lambda world: {"show": "everyone"}, case="for everyone")
    yield _post(
        "import_template",
        EDIT_OWN,
        data=lambda world: {"file": _upload(world, "template.json")},
        changes=SAVED,
    )
    yield _post("make_template", EDIT, "profile", changes=SAVED)
    yield _get("use_template", FILL, "template")
    yield _post("use_template", FILL, "template", data=named, changes=SAVED)
    yield _get("use_template", FILL_OWN, "server_template", case="for everyone")
    yield _post("use_template", FILL_OWN, "server_template", data=named, changes=SAVED, case="for everyone")
    yield _get("answer_again", FILL, "instance")
    yield _post(
        "answer_again",
        FILL,
        "instance",
        data=lambda world: {**named(world), "base_revision": "1"},
        changes="Profile Revision AuditEntry",
    )
    yield _get("template_settings", LOOK, "template")
    yield _post(
        "template_settings",
        EDIT,
        "template",
        data=lambda world: {**world.pages["settings"], "about-summary": "Says what it is for"},
        changes="Profile Revision AuditEntry",
    )
    yield _get("export_template", LOOK, "template", changes="AuditEntry")
    yield _get("template_instances", LOOK, "template")
    yield _post("update_all", EDIT, "template", case="ask first")
    yield _post("update_all", EDIT, "template", data=lambda world: {"confirmed": "1"}, changes=SAVED)
    yield _get("update_profile", EDIT, "instance")
    yield _post(
        "update_profile",
        EDIT,
        "instance",
        data=lambda world: {"confirmed": "1", "base_revision": "1", "revision": "2"},
        changes=SAVED,
    )
    yield _post("detach_profile", EDIT, "instance", changes="Profile Revision AuditEntry")


def _shared() -> Iterator[Door]:
    yield _get("share_template", EDIT, "template")
    yield _post(
        "share_template", EDIT, "template", data=lambda world: {"days": "7"}, changes="ShareLink AuditEntry"
    )
    yield _post("revoke_share", EDIT, "template", "share_link", changes="ShareLink AuditEntry")
    yield _get("shared", OPEN, "share_token")
    yield _post("download_shared", OPEN, "share_token", changes="ShareLink AuditEntry")
    yield _post("take_shared", EDIT_OWN, "share_token", changes=f"ShareLink {SAVED}")


def _comparisons() -> Iterator[Door]:
    yield _get("compare", LOOK_AT_OWN)
    yield _get(
        "compare",
        members_from(Who.VIEWER),
        data=lambda world: {
            "old": f"profile:{world.things['profile']}",
            "new": f"revision:{world.things['profile']}:1",
        },
        case="two revisions",
    )
    yield _get(
        "compare",
        members_from(Who.VIEWER),
        data=lambda world: dict.fromkeys(("old", "new"), f"file:{world.things['imported_file']}"),
        case="files",
    )
    yield _post(
        "upload_to_compare",
        EDIT_OWN,
        data=lambda world: {"file": _upload(world, "profile")},
        changes="ImportedFile",
    )


def _imports() -> Iterator[Door]:
    yield _get("import_profiles", EDIT_OWN)
    yield _post("import_profiles", EDIT_OWN, data=lambda world: {"pasted": PASTED}, changes="ImportedFile")
    yield _get("import_file", LOOK, "imported_file")
    yield _post("save_import", EDIT, "imported_file", changes="Profile Revision AuditEntry ImportedFile")
    yield _post("discard_import", EDIT, "imported_file", changes="ImportedFile")


def _certificates() -> Iterator[Door]:
    yield _get("certificates", LOOK_AT_OWN)
    yield _post(
        "add_certificate",
        EDIT_OWN,
        data=lambda world: {"pasted": world.texts["another.pem"].decode()},
        changes="Certificate AuditEntry",
    )
    yield _get("download_certificate", LOOK, "certificate")
    yield _post(
        "rename_certificate",
        EDIT,
        "certificate",
        data=lambda world: {"name": "Renamed"},
        changes="Certificate AuditEntry",
    )
    yield _post("remove_certificate", EDIT, "certificate", case="ask first")
    yield _post(
        "remove_certificate",
        EDIT,
        "certificate",
        data=lambda world: {"confirmed": "1"},
        changes="Certificate AuditEntry",
    )


def _runs() -> Iterator[Door]:
    column = {"variable_user": "0", "variable_pin": "1", "variable_room": "2", "key": "0", "email": "3"}
    asking: Data = lambda world: {  # noqa: E731 - said once
        "template": str(world.things["asking"]),
        "pasted": "user,pin\nann,1\nbob,2\n",
    }
    yield _get("runs", FILL_OWN)
    yield _get("new_run", FILL_OWN)
    members: Answers = {who: answer for who, answer in FILL.items() if who is not Who.STRANGER}
    yield _post("new_run", members, data=asking, changes="BulkRun Recipient")
    # The team whose template it is sees that others start from it.
    yield _post(
        "new_run",
        {Who.STRANGER: Answer.DONE},
        data=asking,
        changes="BulkRun Recipient AuditEntry",
        case="elsewhere",
    )
    for run in ("draft_run", "checked_run", "running_run", "paused_run", "finished_run"):
        yield _get("run", FILL, run, case=run.replace("_", " "))
    yield _get("run_progress", FILL, "running_run", data=lambda world: {"state": "running"})
    # To the page, as after signing in again.
    yield _get("match_run", FILL, "draft_run")
    yield _get("start_run", FILL, "checked_run")
    yield _post("match_run", FILL, "draft_run", data=lambda world: column, changes="BulkRun")
    yield _post(
        "start_run",
        FILL,
        "checked_run",
        data=lambda world: {"delivery": "files", "days": "7"},
        changes="BulkRun AuditEntry",
    )
    yield _post("pause_run", FILL, "running_run", changes="BulkRun AuditEntry")
    yield _post("cancel_run", FILL, "running_run", changes="BulkRun AuditEntry")
    yield _post("resume_run", FILL, "paused_run", changes="BulkRun AuditEntry")
    yield _post("retry_run", FILL, "paused_run", changes="BulkRun AuditEntry")
    yield _get("delete_run", FILL, "finished_run")
    yield _post(
        "delete_run", FILL, "finished_run", changes="BulkRun Recipient BulkResult AuditEntry", case="of files"
    )
    yield _post(
        "delete_run",
        FILL,
        "links_run",
        changes="BulkRun Recipient BulkResult HandOut AuditEntry",
        case="of links",
    )
    yield _get("correct_row", FILL, "checked_run", "row")
    yield _post(
        "correct_row",
        FILL,
        "checked_run",
        "row",
        data=lambda world: {"column0": "right", "column3": "right@example.org"},
        changes="Recipient AuditEntry",
    )
    yield _post("wrong_rows", FILL, "checked_run", changes="AuditEntry")
    yield _post("run_zip", FILL, "finished_run", changes="AuditEntry")
    yield _post("run_links", FILL, "links_run", changes="AuditEntry")


def _signing() -> Iterator[Door]:
    yield _get("signing", LOOK_AT_OWN)
    yield _get("signing_authority", LOOK_AT_OWN)
    yield _post(
        "add_pkcs12",
        MANAGE_OWN,
        data=lambda world: {"name": "New", "file": _upload(world, "signer.p12"), "password": "p12"},
        changes="SigningIdentity AuditEntry",
    )
    yield _post(
        "add_pem",
        MANAGE_OWN,
        data=lambda world: {
            "name": "New",
            "key": _upload(world, "key.pem"),
            "chain": _upload(world, "chain.pem"),
        },
        changes="SigningIdentity AuditEntry",
    )
    yield _post("choose_default_identity", MANAGE, "identity", changes="SigningIdentity AuditEntry")
    # Each team may follow the server.
    yield _post(
        "choose_default_identity",
        MANAGE_OWN,
        "server_identity",
        changes="SigningIdentity AuditEntry",
        case="the server’s",
    )
    yield _post("remove_identity", MANAGE, "identity", case="ask first")
    yield _post(
        "remove_identity",
        MANAGE,
        "identity",
        data=lambda world: {"confirmed": "1"},
        changes="SigningIdentity AuditEntry",
    )
    # A sentence says that it is not theirs.
    yield _post(
        "remove_identity",
        MANAGE_OWN,
        "server_identity",
        data=lambda world: {"confirmed": "1"},
        case="the server’s",
    )


def _team() -> Iterator[Door]:
    yield _get("team", LOOK_AT_OWN)
    yield _post(
        "create_team",
        LOOK_AT_OWN,
        data=lambda world: {"name": "Another"},
        changes="Team Membership AuditEntry",
    )
    yield _post("choose_team", LOOK_AT_OWN)
    yield _post("rename_team", MANAGE_OWN, data=lambda world: {"name": "Renamed"}, changes="Team AuditEntry")
    yield _post(
        "change_role",
        MANAGE,
        "member",
        data=lambda world: {"role": "viewer"},
        changes="Membership AuditEntry",
    )
    # A sentence says that a team needs an owner.
    yield _post(
        "change_role", MANAGE_OWN, "oneself", data=lambda world: {"role": "viewer"}, case="the last owner"
    )
    yield _post("remove_member", MANAGE, "member", case="ask first")
    yield _post(
        "remove_member",
        MANAGE,
        "member",
        data=lambda world: {"confirmed": "1"},
        # What they kept to themselves is the team's from then on.
        changes="Membership Profile AuditEntry",
    )
    yield _post("remove_member", LOOK_AT_OWN, "oneself", case="leave, ask first")
    yield _post(
        "remove_member",
        dict.fromkeys((Who.VIEWER, Who.HELPER, Who.EDITOR), Answer.DONE),
        "oneself",
        data=lambda world: {"confirmed": "1"},
        changes="Membership AuditEntry",
        case="leave",
    )
    yield _post(
        "remove_member",
        dict.fromkeys((Who.OWNER, Who.STRANGER), Answer.DONE),
        "oneself",
        data=lambda world: {"confirmed": "1"},
        case="leave as the last owner",
    )


def _invitations() -> Iterator[Door]:
    account = {"username": "erin", "password1": PASSWORD, "password2": PASSWORD}
    yield _post(
        "invite_member",
        MANAGE_OWN,
        data=lambda world: {"role": "helper"},
        changes="Invitation AuditEntry",
    )
    yield _post("revoke_invitation", MANAGE, "invitation", changes="Invitation AuditEntry")
    yield _get("join", OPEN, "invitation_token")
    yield _post("join", dict.fromkeys(MEMBERS, Answer.DONE), "invitation_token", case="a member already")
    yield _post(
        "join",
        {Who.STRANGER: Answer.DONE},
        "invitation_token",
        changes="Invitation Membership AuditEntry",
        case="with an account",
    )
    yield _post(
        "join",
        {Who.SIGNED_OUT: Answer.DONE},
        "invitation_token",
        data=lambda world: account,
        changes="User Invitation Membership AuditEntry",
        case="with a new account",
    )


def _audit() -> Iterator[Door]:
    yield _get("audit", MANAGE_OWN)
    yield _post("export_audit_csv", MANAGE_OWN, changes="AuditEntry")
    yield _post("export_audit_json", MANAGE_OWN, changes="AuditEntry")


DOORS: Final[tuple[Door, ...]] = tuple(_doors())
"""Every way to use every address."""

LENIENT: Final = frozenset(
    {
        "home",
        "account_login",
        "account_logout",
        "account_change_password",
        "account_inactive",
    }
)
"""Where methods that nobody declared are answered instead of refused, since others wrote the view; all do no harm."""


def addresses() -> Mapping[str, URLPattern]:
    """Every address of the designer by its name; one without a name by its pattern."""
    found = {}
    for pattern in _patterns(get_resolver()):
        found[str(pattern.name or pattern.pattern)] = pattern
    return MappingProxyType(found)


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _patterns(each)
        else:
            yield each
