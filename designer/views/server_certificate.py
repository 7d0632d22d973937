"""Does a profile fit the certificate that a server really has?"""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from designer.forms.server_certificate_form import ServerCertificateForm
from designer.review import shown
from designer.views.profile import form_of
from designer.views.profiles import own_profile
from profiles.exceptions import SigningError
from profiles.plist.validate import validate
from profiles.services import inspection
from profiles.signing.certificates import date_text


@require_POST
def server_certificate(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """What the certificate that was pasted or uploaded means for what is typed; neither of them is saved."""
    whole = form_of(request, own_profile(request, profile_id), request.POST)
    form = ServerCertificateForm(request.POST, request.FILES)
    template = "designer/server_certificate.html"
    if not form.is_valid():
        return render(request, template, {"failure": " ".join(form.all_errors)})
    try:
        server = inspection.server_certificate(form.cleaned_data["certificate"], whole.document)
    except SigningError as error:
        return render(request, template, {"failure": str(error)})
    evidence = inspection.inspect(whole.document, server=server)
    known = {(p.payload, p.path, p.code) for p in validate(whole.document, whole.evidence)}
    found = [p for p in validate(whole.document, evidence) if (p.payload, p.path, p.code) not in known]
    context = {
        "server": server,
        "valid_until": date_text(server.certificate.not_after),
        "problems": [shown(whole, problem) for problem in found],
    }
    return render(request, template, context)
