"""Which On-Demand rule a network meets, and what happens then: for the rules as they are typed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from designer.forms.simulator_form import SimulatorForm
from designer.views.profile import form_of
from designer.views.profiles import own_profile
from profiles.catalogue.on_demand import sentence, simulate


@require_POST
def simulator(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """What the list of rules named by `part` and `path` does on the network that was described; nothing is saved."""
    whole = form_of(request, own_profile(request, profile_id), request.POST)
    part = next((part for part in whole.parts if part.prefix == request.POST.get("part")), None)
    path = request.POST.get("path", "")
    if part is None or path not in part.form.fields:
        raise Http404
    # What is typed counts, even where another setting conceals the rules for now.
    found = part.form.typed.values.get(path)
    rules: list[Mapping[str, Any]] = found if isinstance(found, list) else []
    outcome = simulate(rules, SimulatorForm(request.POST).network())
    steps = [(step, sentence(rules[step.index])) for step in outcome.steps]
    return render(request, "designer/simulation.html", {"outcome": outcome, "steps": steps, "rules": rules})
