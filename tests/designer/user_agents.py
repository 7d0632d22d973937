"""What browsers call themselves."""

from __future__ import annotations

from typing import Final

from designer.presentation.devices import SOME_APP

WEBKIT: Final = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE: Final = f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) {WEBKIT}"
SAFARI: Final = f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1"
MAC: Final = f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT}"

OTHERS: Final = {
    f"{IPHONE} CriOS/125.0.6422.80 Mobile/15E148 Safari/604.1": "Chrome",
    f"{IPHONE} FxiOS/126.0 Mobile/15E148 Safari/605.1.15": "Firefox",
    f"{IPHONE} Version/17.0 EdgiOS/124.0.2478.89 Mobile/15E148 Safari/605.1.15": "Edge",
    f"{IPHONE} GSA/317.0 Mobile/15E148 Safari/604.1": "the Google app",
    f"{IPHONE} Version/17.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15": "DuckDuckGo",
    f"{IPHONE} Mobile/21F90 Instagram 333.0.2 (iPhone14,2; iOS 17_5; en_GB)": "Instagram",
    f"{IPHONE} Mobile/21F90 [FBAN/FBIOS;FBAV/465.0;FBDV/iPhone14,2]": "Facebook",
    f"{IPHONE} Mobile/21F90 Safari Line/14.8.0": "LINE",
    f"{IPHONE} Mobile/21F90 WhatsApp/2.24": "WhatsApp",
    f"{IPHONE} Mobile/21F90 MicroMessenger/8.0.49": "WeChat",
    f"{IPHONE} Mobile/21F90": SOME_APP,
    # On an iPad they ask for the page as a Mac would.
    f"{MAC} CriOS/125 Version/11.1.1 Safari/605.1.15": "Chrome",
    f"{MAC} FxiOS/126 Safari/605.1.15": "Firefox",
}
FOREIGN: Final = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0",
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125 Safari/537.36",
    # It calls itself an iPhone, too.
    "Mozilla/5.0 (Mobile; Windows Phone 8.1; Android 4.0) like iPhone OS 7_0_3 Mac OS X AppleWebKit/537 Safari/537",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Version/4.0 Chrome/125 [FB_IAB/FB4A;FBAV/465.0]",
)
