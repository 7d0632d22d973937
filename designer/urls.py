"""Which address leads to which screen."""

from allauth.account import views as account
from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView

from designer.views import (
    audit,
    certificates,
    compare,
    compatibility,
    download,
    fill_in,
    hand_out,
    history,
    imports,
    install,
    join,
    new_profile,
    part_xml,
    profile,
    profiles,
    put_right,
    rules,
    run,
    run_actions,
    run_results,
    run_rows,
    runs,
    server_certificate,
    sharing,
    signing,
    simulator,
    team,
    template_settings,
    template_updates,
    templates,
)
from designer.views.first_run import first_run
from designer.views.health import health, ready
from designer.views.metrics import metrics

profile_urls = [
    path("", profiles.profile_list, name="profiles"),
    path("new", new_profile.new_profile, name="new_profile"),
    path("<uuid:profile_id>", profile.profile, name="profile"),
    path("<uuid:profile_id>/preview", profile.preview, name="preview_profile"),
    path("<uuid:profile_id>/open", profile.open_payload, name="open_payload"),
    path("<uuid:profile_id>/show", profile.show_value, name="show_value"),
    path("<uuid:profile_id>/put-right", put_right.put_right, name="put_right"),
    path("<uuid:profile_id>/xml/<slug:part>", part_xml.part_xml, name="part_xml"),
    path("<uuid:profile_id>/simulate", simulator.simulator, name="simulate_profile"),
    path("<uuid:profile_id>/compatibility", compatibility.compatibility_view, name="profile_compatibility"),
    path(
        "<uuid:profile_id>/server-certificate",
        server_certificate.server_certificate,
        name="check_server_certificate",
    ),
    path("<uuid:profile_id>/download", download.download, name="download_profile"),
    path("<uuid:profile_id>/history", history.history, name="profile_history"),
    path("<uuid:profile_id>/compare", history.compare, name="compare_revisions"),
    path("<uuid:profile_id>/revisions/<int:number>/restore", history.restore, name="restore_revision"),
    path("<uuid:profile_id>/hand-out", hand_out.hand_out, name="hand_out"),
    path("<uuid:profile_id>/hand-out/<uuid:hand_out_id>/revoke", hand_out.revoke, name="revoke_hand_out"),
    path("<uuid:profile_id>/duplicate", profiles.duplicate, name="duplicate_profile"),
    path("<uuid:profile_id>/delete", profiles.delete, name="delete_profile"),
    path("<uuid:profile_id>/restore", profiles.restore, name="restore_profile"),
    path("<uuid:profile_id>/template", templates.make, name="make_template"),
    path("<uuid:profile_id>/answers", fill_in.answer, name="answer_again"),
    path("<uuid:profile_id>/update", template_updates.update_profile, name="update_profile"),
    path("<uuid:profile_id>/detach", template_updates.detach, name="detach_profile"),
]

template_urls = [
    path("", templates.library, name="templates"),
    path("import", templates.import_file, name="import_template"),
    path("<uuid:template_id>/use", fill_in.use_template, name="use_template"),
    path("<uuid:template_id>/settings", template_settings.template_settings, name="template_settings"),
    path("<uuid:template_id>/template.json", templates.export, name="export_template"),
    path("<uuid:template_id>/profiles", template_updates.instances, name="template_instances"),
    path("<uuid:template_id>/profiles/update", template_updates.update_all, name="update_all"),
    path("<uuid:template_id>/links", sharing.share, name="share_template"),
    path("<uuid:template_id>/links/<uuid:link_id>/revoke", sharing.revoke, name="revoke_share"),
]

shared_urls = [
    path("", sharing.shared, name="shared"),
    path("template.json", sharing.download, name="download_shared"),
    path("take", sharing.take, name="take_shared"),
]

run_urls = [
    path("", runs.run_list, name="runs"),
    path("new", runs.new_run, name="new_run"),
    path("<uuid:run_id>", run.run, name="run"),
    path("<uuid:run_id>/progress", run.progress, name="run_progress"),
    path("<uuid:run_id>/match", run.match, name="match_run"),
    path("<uuid:run_id>/start", run.start, name="start_run"),
    path("<uuid:run_id>/pause", run_actions.pause, name="pause_run"),
    path("<uuid:run_id>/cancel", run_actions.cancel, name="cancel_run"),
    path("<uuid:run_id>/resume", run_actions.resume, name="resume_run"),
    path("<uuid:run_id>/retry", run_actions.retry, name="retry_run"),
    path("<uuid:run_id>/delete", run_actions.delete, name="delete_run"),
    path("<uuid:run_id>/rows/<int:number>", run_rows.correct, name="correct_row"),
    path("<uuid:run_id>/to-correct.csv", run_rows.wrong_csv, name="wrong_rows"),
    path("<uuid:run_id>/profiles.zip", run_results.zip_file, name="run_zip"),
    path("<uuid:run_id>/links.csv", run_results.links_csv, name="run_links"),
]

signing_urls = [
    path("", signing.signing_list, name="signing"),
    path("pkcs12", signing.add_pkcs12, name="add_pkcs12"),
    path("pem", signing.add_pem, name="add_pem"),
    path("authority.crt", signing.authority, name="signing_authority"),
    path("<uuid:identity_id>/default", signing.choose_default, name="choose_default_identity"),
    path("<uuid:identity_id>/remove", signing.remove, name="remove_identity"),
]

import_urls = [
    path("", imports.import_profiles, name="import_profiles"),
    path("<uuid:file_id>", imports.import_file, name="import_file"),
    path("<uuid:file_id>/save", imports.save_import, name="save_import"),
    path("<uuid:file_id>/discard", imports.discard_import, name="discard_import"),
]

certificate_urls = [
    path("", certificates.certificate_list, name="certificates"),
    path("add", certificates.add, name="add_certificate"),
    path("<uuid:certificate_id>/certificate.cer", certificates.download, name="download_certificate"),
    path("<uuid:certificate_id>/rename", certificates.rename, name="rename_certificate"),
    path("<uuid:certificate_id>/remove", certificates.remove, name="remove_certificate"),
]

team_urls = [
    path("", team.team, name="team"),
    path("new", team.create, name="create_team"),
    path("choose", team.choose, name="choose_team"),
    path("rename", team.rename, name="rename_team"),
    path("invite", team.invite, name="invite_member"),
    path("invitations/<uuid:invitation_id>/revoke", team.revoke_invitation, name="revoke_invitation"),
    path("members/<int:user_id>/role", team.change_role, name="change_role"),
    path("members/<int:user_id>/remove", team.remove_member, name="remove_member"),
]

audit_urls = [
    path("", audit.audit, name="audit"),
    path("audit-log.csv", audit.export_csv, name="export_audit_csv"),
    path("audit-log.json", audit.export_json, name="export_audit_json"),
]

rule_urls = [
    path("", rules.rule_list, name="rules"),
    path("<slug:code>/", rules.rule, name="rule"),
]

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="profiles"), name="home"),
    path("profiles/", include(profile_urls)),
    path("templates/", include(template_urls)),
    path("s/<str:token>/", include(shared_urls)),
    path("import/", include(import_urls)),
    path("compare/", compare.compare, name="compare"),
    path("compare/upload", compare.upload, name="upload_to_compare"),
    path("certificates/", include(certificate_urls)),
    path("runs/", include(run_urls)),
    path("signing/", include(signing_urls)),
    path("team/", include(team_urls)),
    path("audit/", include(audit_urls)),
    path("rules/", include(rule_urls)),
    path(f"{settings.INSTALL_PATH}file/<str:token>", install.install_file, name="install_file"),
    path(f"{settings.INSTALL_PATH}<str:token>", install.install, name="install"),
    path("join/<str:token>/", join.join, name="join"),
    path("setup/<str:token>/", first_run, name="first_run"),
    path("healthz", health, name="health"),
    path("readyz", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    # allauth knows these by their names.
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password/", account.password_change, name="account_change_password"),
    path("inactive/", account.account_inactive, name="account_inactive"),
]

handler400 = "designer.web.error_pages.bad_request"
handler403 = "designer.web.error_pages.permission_denied"
handler404 = "designer.web.error_pages.not_found"
handler429 = "designer.web.error_pages.too_many_requests"  # allauth's
handler500 = "designer.web.error_pages.server_error"
