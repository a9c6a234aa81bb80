"""Take the README's picture of the built site: python docs/take_picture.py (needs Chromium; writes docs/site.png)."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from analysis import paths
from analysis.publish.serve import served

PICTURE = Path(__file__).with_name("site.png")
SCREEN = {"width": 1280, "height": 800}
COLOURS = 128   # enough for text and flat colours; keeps the file under 200 kB


def main() -> None:
    """The summary page on a laptop's screen, beside the first chapter on a phone in the dark."""
    with served(paths.HTML) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        laptop = _shot(browser, f"{address}index.html", SCREEN, "light")
        phone = _shot(browser, f"{address}rules.html", {"width": 390, "height": SCREEN["height"]}, "dark")
        browser.close()
    both = Image.new("RGB", (laptop.width + phone.width + 24, laptop.height), "white")
    both.paste(laptop, (0, 0))
    both.paste(phone, (laptop.width + 24, 0))
    both.quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
    print(f"{PICTURE}: {PICTURE.stat().st_size / 1000:.0f} kB")


def _shot(browser, address: str, screen: dict[str, int], theme: str) -> Image.Image:
    page = browser.new_page(viewport=screen, color_scheme=theme)
    page.goto(address)
    page.wait_for_timeout(500)
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


if __name__ == "__main__":
    main()
