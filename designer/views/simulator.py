"""Which On-Demand rule a network meets, and what happens then: for the rules as they are typed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from designer.forms.document_form import Part
from designer.forms.simulator_form import SimulatorForm
from designer.views.profile import form_of
from designer.views.profiles import own_profile
from profiles.catalogue.keys import ListOf
from profiles.catalogue.on_demand_simulator import sentence, simulate
from profiles.plist.build import written_items


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
    rules, numbers = _written(part, path, found if isinstance(found, list) else [])
    outcome = simulate(rules, SimulatorForm(request.POST).network())
    context = {
        "outcome": outcome,
        "number": None if outcome.matched is None else numbers[outcome.matched],
        "steps": [(step, sentence(rules[step.index]), numbers[step.index]) for step in outcome.steps],
        "rules": rules,
    }
    return render(request, "designer/simulation.html", context)


def _written(part: Part, path: str, typed: Sequence[Any]) -> tuple[list[Any], list[int]]:
    """The rules as a device gets them, and the number that each has on the page: not all of them are written."""
    key = part.payload.by_path[path]
    if not isinstance(key, ListOf):
        raise Http404
    written = [*written_items(key, typed, imported=part.imported)]
    return [rule for _, rule in written], [index + 1 for index, _ in written]
