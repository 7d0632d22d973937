"""Does a profile fit the certificate that a server really has?"""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from designer.forms.server_certificate_form import ServerCertificateForm
from designer.presentation.review import shown
from designer.views.profile import form_of
from designer.views.profiles import own_profile
from profiles.catalogue.evidence import ServerCertificate
from profiles.certificate_facts import CertificateFacts
from profiles.exceptions import SigningError
from profiles.plist.validation.validate import validate
from profiles.services import certificate_evidence
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
        server = certificate_evidence.server_certificate(form.cleaned_data["certificate"], whole.document)
    except SigningError as error:
        return render(request, template, {"failure": str(error)})
    evidence = certificate_evidence.inspect(whole.document, server=server)
    known = {(p.payload, p.path, p.code) for p in validate(whole.document, whole.evidence)}
    found = [p for p in validate(whole.document, evidence) if (p.payload, p.path, p.code) not in known]
    context = {
        "server": server,
        "issued_by": _called(server.certificate.issuer_common_name, server.certificate.issuer),
        "steps": [_step(link.certificate, in_profile=link.in_profile) for link in server.chain],
        "chain": _chain_told(server),
        "strays": [_called(each.common_name, each.subject) for each in server.strays],
        "valid_until": date_text(server.certificate.not_after),
        "problems": [shown(whole, problem) for problem in found],
    }
    return render(request, template, context)


def _step(issuer: CertificateFacts, *, in_profile: bool) -> str:
    """One issuer on the way to the root: “Example Root CA (in this profile)”."""
    where = "in this profile" if in_profile else "pasted"
    return f"{_called(issuer.common_name, issuer.subject)} ({where})"


def _chain_told(server: ServerCertificate) -> str:
    """What the chain of a server's certificate is, in a sentence."""
    top = _called(server.top.common_name, server.top.subject)
    if not server.is_complete:
        missing = _called(server.top.issuer_common_name, server.top.issuer)
        return (
            f"The chain ends at “{top}”: “{missing}”, which issued it, is neither pasted nor in this profile."
        )
    if not server.chain:
        there = "is" if server.in_profile else "is not"
        return f"The certificate is signed with its own key, and {there} in this profile."
    if server.chain[-1].in_profile:
        return f"The chain is complete, and its root, “{top}”, is in this profile."
    return f"The chain is complete, but its root, “{top}”, is not in this profile."


def _called(common_name: str, subject: str) -> str:
    """How a person calls the owner of a certificate."""
    return common_name or subject
