"""The theme's templates, which escape by themselves."""

from __future__ import annotations

import functools
import json
import re
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from analysis import paths
from analysis.publish.site.facts import TAGLINE, TITLE
from analysis.publish.site.mark import mark_shapes
from analysis.registry import citations

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")


def readable_date(iso: str) -> str:
    """'7 October 2022' from '2022-10-07'."""
    year, month, day = iso[:10].split("-")
    return f"{int(day)} {MONTHS[int(month) - 1]} {year}"


def data(value: object) -> Markup:
    """`value` as JSON for a script element that is data, which nothing in it can end."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(re.sub("[<\u2028\u2029]", lambda m: f"\\u{ord(m[0]):04x}", text))


def dressed(environment: Environment) -> Environment:
    """The environment with what the theme's templates ask for."""
    environment.autoescape, environment.undefined = True, StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters.update(data=data, readable_date=readable_date)
    environment.globals.update(title=TITLE, tagline=TAGLINE, mark_shapes=mark_shapes, formats=citations.FORMATS,
                               licence=citations.LICENCE, licence_address=citations.LICENCE_ADDRESS)
    return environment


@functools.cache
def _environment() -> Environment:
    return dressed(Environment(loader=FileSystemLoader(paths.THEME), auto_reload=False))


def render(template: str, **values: Any) -> Markup:
    """A template of the theme, filled in: text in `values` is escaped, :class:`Markup` is not."""
    return Markup(_environment().get_template(template).render(values))
