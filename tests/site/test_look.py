"""The fixtures book and the five main pages of the edition look as they did when someone last looked at them.

Each page of the fixtures book is photographed whole, each main page as far as its first figures, and compared, scaled down,
with the picture in `fixtures/pictures/`. Fonts of controls and
the edges of letters differ a little between versions of the browser; a moved block, a lost colour or a changed size does
not pass. After an intended change, look at the pages and renew the pictures: `UPDATE_PICTURES=1 pytest tests/site/test_look.py`.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

PICTURES = Path(__file__).parent / "fixtures" / "pictures"
SCALE = 4                # pictures are kept at a quarter of their size: layout and colour, not letters
DIFFERENT_LEVEL = 40     # of 255, in any channel, from which a pixel counts as different
MOST_DIFFERENT = 0.01    # share of different pixels that still passes
MOST_DIFFERENT_IN_EDITION = 0.05   # there, a number may gain a digit and a line a word
MAIN_PAGES = ("index", "sales", "huawei", "rules", "scenarios")
PAGES = ("index", "chapter", "forms", "numbers", "cite", "search", "404")

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("device, theme", [("desktop", "light"), ("phone", "dark")])
def test_the_fixtures_book_looks_as_it_did(small_url, visit, tmp_path, device, theme):
    changed = _changed(visit(small_url, device, theme), PAGES, f"{device}-{theme}", tmp_path)
    assert not changed, "\n".join(changed)


@pytest.mark.parametrize("device, theme", [("desktop", "light"), ("desktop", "dark"), ("phone", "light"), ("phone", "dark")])
def test_the_main_pages_of_the_edition_look_as_they_did(site_url, visit, tmp_path, device, theme):
    changed = _changed(visit(site_url, device, theme), MAIN_PAGES, f"{device}-{theme}", tmp_path, prefix="edition-", sheets=2.5)
    assert not changed, "\n".join(changed)


def _changed(visitor, names, way: str, folder: Path, prefix: str = "", sheets: float | None = None) -> list[str]:
    """A line for each page that no longer looks like its picture; of a long page, the first `sheets` screens count."""
    changed = []
    for name in names:
        page = visitor.open(f"{name}.html")
        page.evaluate("document.querySelectorAll('.cs-far, .cs-figure-drawing').forEach(e => { e.classList.add('cs-near'); })")
        page.evaluate("document.fonts.ready.then(() => document.activeElement.blur())")
        page.wait_for_timeout(150)
        now = _reduced(page.screenshot(full_page=True, animations="disabled", caret="hide"))
        if sheets:
            now = now.crop((0, 0, now.width, min(now.height, int(sheets * page.viewport_size["height"] / SCALE))))
        kept = PICTURES / f"{prefix}{name}-{way}.png"
        if os.environ.get("UPDATE_PICTURES") == "1":
            PICTURES.mkdir(exist_ok=True)
            now.save(kept, optimize=True)
            continue
        share = _share_different(now, Image.open(kept))
        if share > (MOST_DIFFERENT_IN_EDITION if sheets else MOST_DIFFERENT):
            now.save(folder / kept.name)
            changed.append(f"{folder / kept.name}: {share:.1%} of the picture differs from {kept.name}")
    return changed


def test_a_moved_block_and_a_lost_colour_are_noticed():
    rng = np.random.default_rng(1)
    before = np.full((300, 200, 3), 255, dtype=np.uint8)
    before[40:80, 20:180] = (22, 82, 155)
    noisy = np.clip(before.astype(int) + rng.integers(-12, 13, before.shape), 0, 255).astype(np.uint8)
    moved = np.roll(before, 8, axis=0)
    grey = before.copy()
    grey[40:80, 20:180] = 90
    assert _share_different(Image.fromarray(noisy), Image.fromarray(before)) <= MOST_DIFFERENT
    assert _share_different(Image.fromarray(moved), Image.fromarray(before)) > MOST_DIFFERENT
    assert _share_different(Image.fromarray(grey), Image.fromarray(before)) > MOST_DIFFERENT
    assert _share_different(Image.fromarray(before[:250]), Image.fromarray(before)) > MOST_DIFFERENT


def _reduced(png: bytes) -> Image.Image:
    """The picture at a quarter of its size."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    return picture.resize((picture.width // SCALE, picture.height // SCALE), Image.Resampling.BOX)


def _share_different(one: Image.Image, other: Image.Image) -> float:
    """Share of pixels that differ visibly; rows that only one of the pictures has all count as different."""
    a, b = (np.asarray(picture.convert("RGB"), dtype=int) for picture in (one, other))
    height, width = min(len(a), len(b)), min(a.shape[1], b.shape[1])
    different = (np.abs(a[:height, :width] - b[:height, :width]).max(axis=2) > DIFFERENT_LEVEL).sum()
    return float(different + abs(len(a) - len(b)) * width) / (max(len(a), len(b)) * width)
