"""What Prometheus asks."""

import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from designer.monitoring.metrics import exposition


@login_not_required
@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """All metrics for whoever brings METRICS_TOKEN; for others, and where none is set, there is no such page."""
    brought = request.headers.get("Authorization", "").encode()
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    if not settings.METRICS_TOKEN or not secrets.compare_digest(brought, expected):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
