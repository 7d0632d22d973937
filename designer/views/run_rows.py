"""The rows of a bulk run to look at: taken away as a table, and corrected one at a time."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from designer.forms.run_forms import RowForm
from designer.views.by_run import by_run
from designer.views.run import document_of, own_errors_of
from designer.views.run_results import table
from profiles.exceptions import BulkError, EncryptionError
from profiles.models import BulkRun, Recipient, RecipientState, User
from profiles.services.bulk import corrections, results
from profiles.services.bulk.rows import cells_of


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@by_run
def correct(request: HttpRequest, found: BulkRun, number: int) -> HttpResponse:
    """Show a row; on POST put what was typed into it, and check it at once."""
    try:
        row = corrections.find_row(user=cast(User, request.user), run=found, number=number)
        if request.method != "POST":
            return _page(request, found, row)
        return _corrected(request, found, row)
    except Recipient.DoesNotExist:
        raise Http404 from None
    except (BulkError, EncryptionError) as error:
        messages.error(request, str(error))
        return redirect("run", found.pk)


@require_POST
@by_run
def wrong_csv(request: HttpRequest, found: BulkRun) -> StreamingHttpResponse:
    """The rows that are wrong or doubtful, with what is said of them."""
    return table(results.wrong_csv(user=cast(User, request.user), run=found), found, "to-correct")


def _corrected(request: HttpRequest, found: BulkRun, row: Recipient) -> HttpResponse:
    form = RowForm(found, document_of(found), cells_of(row), request.POST)
    if not form.is_valid():
        return _page(request, found, row, form)
    row = corrections.correct(actor=cast(User, request.user), run=found, number=row.row, cells=form.cells)
    if row.state == RecipientState.INVALID:
        # As it is now: another secret that was typed is kept, and not shown.
        return _page(request, found, row, is_wrong_still=True)
    if row.warnings:
        messages.warning(request, f"Row {row.row:,} is saved. It has warnings.")
    else:
        messages.success(request, f"Row {row.row:,} is right now.")
    return redirect("run", found.pk)


def _page(
    request: HttpRequest,
    found: BulkRun,
    row: Recipient,
    form: RowForm | None = None,
    *,
    is_wrong_still: bool = False,
) -> HttpResponse:
    context = {
        "run": found,
        "row": row,
        "form": form or RowForm(found, document_of(found), cells_of(row)),
        "is_wrong_still": is_wrong_still,
        "own_errors": own_errors_of(request, found),
    }
    return render(request, "runs/row.html", context, status=422 if form or is_wrong_still else 200)
