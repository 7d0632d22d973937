"""Which address leads to which screen."""

from allauth.account import views as account
from django.urls import path

from designer.views.first_run import first_run
from designer.views.health import health

urlpatterns = [
    path("setup/<str:token>/", first_run, name="first_run"),
    path("healthz", health, name="health"),
    # allauth knows these by their names.
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("password/", account.password_change, name="account_change_password"),
    path("inactive/", account.account_inactive, name="account_inactive"),
]

handler400 = "designer.views.errors.bad_request"
handler403 = "designer.views.errors.permission_denied"
handler404 = "designer.views.errors.not_found"
handler429 = "designer.views.errors.too_many_requests"  # allauth's
handler500 = "designer.views.errors.server_error"
