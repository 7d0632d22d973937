"""A new profile, from a starting point."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from designer.web import current_team
from profiles.models import User
from profiles.policy import Action
from profiles.services import profiles, starting_points


@require_http_methods(["GET", "HEAD", "POST"])
def new_profile(request: HttpRequest) -> HttpResponse:
    """Show the starting points; on POST make a profile from the chosen one and open it."""
    current_team.require(request, Action.EDIT)
    points = starting_points.all_points()
    if request.method == "POST":
        point = points.get(request.POST.get("starting_point", ""))
        if point is not None:
            document = starting_points.begin(
                point,
                name=request.POST.get("name", ""),
                organization=settings.ORGANIZATION,
                identifier_prefix=settings.IDENTIFIER_PREFIX,
            )
            profile = profiles.create(
                actor=cast(User, request.user),
                team=current_team.current_team(request),
                document=document,
                comment=f"From “{point.title}”",
            )
            return redirect("profile", profile.pk)
    wanted = request.GET.get("starting_point", "")
    chosen = wanted if wanted in points else next(iter(points))
    context = {"points": points.values(), "chosen": chosen, "missing_choice": request.method == "POST"}
    return render(request, "profiles/new.html", context, status=422 if request.method == "POST" else 200)
