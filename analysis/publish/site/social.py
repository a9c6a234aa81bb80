"""Preview pictures for shared links (1200 × 630) and the site's icons, drawn at build time.

A picture is drawn again only when what it says has changed; drawn pictures are kept by the hash of their drawing.
"""

from __future__ import annotations

import hashlib
from html import escape
from pathlib import Path

from analysis.charts import theme
from analysis.charts.fallback import png_of
from analysis.charts.text import wrap
from analysis.files import write_whole
from analysis.publish.site.facts import TITLE, Site
from analysis.publish.site.mark import favicon_svg, mark_shapes

WIDTH_PX, HEIGHT_PX, MARGIN_PX = 1200, 630, 80
ACCENT, CONTRAST = theme.BY_NAME["accent"].dark, theme.BY_NAME["contrast"].dark
PAPER, INK, MUTED = (theme.BY_NAME[name].dark for name in ("bg", "ink", "muted"))


def picture_svg(site: Site, title: str, summary: str, part: str) -> str:
    """The preview of a page: mark, title as large as fits in three lines, the finding, the edition."""
    room = WIDTH_PX - 2 * MARGIN_PX
    size = next(s for s in (76, 66, 58, 50, 44) if len(wrap(title, room, s, bold=True)) <= 3 or s == 44)
    lines = wrap(title, room, size, bold=True)[:3]
    y = 210 + size * 0.4
    text = [_text(MARGIN_PX + 64, 112, 30, TITLE, INK, bold=True)]
    if part:
        text.append(_text(WIDTH_PX - MARGIN_PX, 112, 26, part, MUTED, anchor="end"))
    for line in lines:
        text.append(_text(MARGIN_PX, y, size, line, INK, bold=True))
        y += size * 1.16
    y += 18
    for line in wrap(summary, room, 30)[:max(1, int((540 - y) // 42))]:
        text.append(_text(MARGIN_PX, y, 30, line, MUTED))
        y += 42
    text.append(_text(MARGIN_PX, 586, 26, f"Edition {site.edition} · every number with its source and its uncertainty", MUTED))
    stripe = "".join(f'<path d="M{x} {HEIGHT_PX}l14-14" stroke="{MUTED}" stroke-width="3"/>' for x in range(506, 694, 14))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {HEIGHT_PX}" width="{WIDTH_PX}" height="{HEIGHT_PX}">'
        f'<rect width="{WIDTH_PX}" height="{HEIGHT_PX}" fill="{PAPER}"/>'
        f'<g transform="translate({MARGIN_PX} 80) scale(1.4)">{mark_shapes(ACCENT, CONTRAST, MUTED)}</g>'
        f'<rect y="616" width="500" height="14" fill="{ACCENT}"/><rect x="700" y="616" width="500" height="14" fill="{CONTRAST}"/>'
        f"{stripe}{''.join(text)}</svg>"
    )


def write_picture(svg: str, target: Path, drawn: Path) -> None:
    """Put the PNG of `svg` at `target`, from the folder of pictures `drawn` before when it is there."""
    kept = drawn / f"{hashlib.sha256(svg.encode()).hexdigest()[:20]}.png"
    if not kept.exists():
        write_whole(kept, png_of(svg))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(kept.read_bytes())


def write_icons(folder: Path, drawn: Path) -> None:
    """The favicon as SVG and PNG, and the picture phones put on a home screen."""
    (folder / "favicon.svg").write_text(favicon_svg(), encoding="utf-8")
    shapes = mark_shapes(theme.ACCENT, theme.CONTRAST, theme.NEUTRAL)
    write_picture(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="64" height="64">{shapes}</svg>',
                  folder / "favicon.png", drawn)
    write_picture('<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 48 48" width="180" height="180">'
                  f'<rect x="-8" y="-8" width="48" height="48" fill="#fff"/>{shapes}</svg>', folder / "apple-touch-icon.png", drawn)


def _text(x: float, y: float, size: float, text: str, colour: str, bold: bool = False, anchor: str = "start") -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (f'<text x="{x:g}" y="{y:g}" font-family="{theme.DRAWING_FONT}" font-size="{size}" fill="{colour}"{weight} '
            f'text-anchor="{anchor}">{escape(text)}</text>')
