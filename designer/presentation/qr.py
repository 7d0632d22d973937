"""Addresses to be read by the camera of a phone."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString


def qr_code(address: str) -> SafeString:
    """A QR code as inline SVG, black on white with its quiet zone, as large as its place on the page."""
    code = segno.make_qr(address, error="m")
    return SafeString(code.svg_inline(border=4, dark="#000", light="#fff", omitsize=True))
