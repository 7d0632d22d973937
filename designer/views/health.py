"""What containers' health checks and load balancers ask."""

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from designer.monitoring.readiness import OK, REMARKS, REQUIRED


@login_not_required
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """200 where the database answers; anything else is an error."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Name of a part -> "ok" or what is wrong with it; 503 where people should be kept away."""
    found = {name: check() for name, check in REQUIRED.items()}
    status = 200 if set(found.values()) == {OK} else 503
    return JsonResponse(found | {name: check() for name, check in REMARKS.items()}, status=status)
