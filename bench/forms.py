"""Rendering the IKEv2 form: with layout objects of our own, with stock crispy, and with Django alone."""

from collections.abc import Callable, Iterator

from crispy_forms.helper import FormHelper
from django import forms
from django.template import engines

from bench.measure import Contender, interleave
from bench.samples import PAYLOAD, largest
from bench.stock_form import stock_form_class
from bench.table import Budget, Row
from designer.forms.payload_form import form_class

TITLE = "Render the IKEv2 form"
CRISPY = "{% load crispy_forms_tags %}{% crispy form form.helper %}"

OF_STOCK = Budget(0.20)
OF_DIV = Budget(0.25)


def rows(rounds: int) -> Iterator[Row]:
    """Yields the ratios; each render has a fresh form, made off the clock, so that none finds anything cached."""
    values = largest().payloads[0].values
    template = engines["django"].from_string(CRISPY)
    ours, stock = form_class(PAYLOAD), stock_form_class(PAYLOAD)
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    initial = {
        path: value for path, value in PAYLOAD.flat(values).items() if not PAYLOAD.by_path[path].secret
    }

    def make_ours() -> forms.BaseForm:
        return ours(stored=values, prefix="p")

    def make_stock() -> forms.BaseForm:
        form = stock(initial=initial, prefix="p")
        form.helper = helper  # type: ignore[attr-defined]  # where crispy looks for it
        return form

    def crispy(form: forms.BaseForm) -> str:
        return str(template.render({"form": form}))

    contenders: dict[str, Contender[forms.BaseForm]] = {
        "ours": Contender(crispy, make_ours),
        "crispy": Contender(crispy, make_stock),
        "as_div": Contender(lambda form: form.as_div(), make_stock),
    }
    for contender in contenders.values():
        _check_all_there(contender)
    timings = interleave(contenders, rounds=rounds)
    milliseconds = {name: f"{timings.milliseconds(name):.1f} ms" for name in contenders}
    note = f"{len(PAYLOAD.keys)} keys, {milliseconds['ours']} against"
    yield Row(
        "our layout : stock crispy",
        timings.ratio("ours", "crispy"),
        OF_STOCK,
        note=f"{note} {milliseconds['crispy']}",
    )
    yield Row(
        "our layout : as_div",
        timings.ratio("ours", "as_div"),
        OF_DIV,
        note=f"{note} {milliseconds['as_div']}",
    )
    yield from _made(make_ours, make_stock, rounds)


def _made(make_ours: Callable[[], object], make_stock: Callable[[], object], rounds: int) -> Iterator[Row]:
    made = interleave(
        {
            "ours": Contender(lambda _: make_ours(), lambda: None),
            "stock": Contender(lambda _: make_stock(), lambda: None),
        },
        rounds=rounds,
    )
    note = f"{made.milliseconds('ours'):.1f} ms against {made.milliseconds('stock'):.1f} ms"
    yield Row("making our form : making the stock form", made.ratio("ours", "stock"), note=note)


def _check_all_there(contender: Contender[forms.BaseForm]) -> None:
    """A form that leaves out fields is fast, and nothing to compare with."""
    html = str(contender.run(contender.prepare()))
    names = {key.path: f'name="p-{key.path}' for key in PAYLOAD.keys}
    missing = [path for path, name in names.items() if f'{name}"' not in html and f"{name}." not in html]
    assert not missing, f"The form does not show {', '.join(missing)}."
