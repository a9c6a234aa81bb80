"""Every equation of the model as it runs: the text of the functions that the month loop calls, for the chapter on the mechanism."""

from __future__ import annotations

import ast
import inspect

from analysis.model import access, china, contagion, denial, design_out, diversion, employment, exposure, research, stock

BLOCKS = {
    "Who buys": (exposure.unlisted_sales_usd_bn, exposure.elsewhere_sales_usd_bn),
    "Threat and fear": (
        contagion.lapse_hazard_per_month, contagion.expected_loss, contagion.learnt, contagion.ripple, contagion.threat),
    "Sockets": (design_out.started, design_out.step, design_out.wanted_use),
    "Stocks": (stock.target_cover_months, stock.orders, stock.serve),
    "Licences": (access.licence_queue_step, access.shipments),
    "Denial": (denial.denied_share,),
    "Diversion": (diversion.won_by_chinese_makers, diversion.won_elsewhere),
    "Research and the second round": (
        research.research_step, research.research_gap, research.monthly_depreciation, research.knowledge_step,
        research.response_reached, research.share_sensitivity, research.share_factor),
    "Jobs, capital spending, place of research": (
        employment.direct_jobs, employment.capital_spending_ratio, employment.research_abroad_step),
    "China": (china.self_sufficiency_step,),
}
"""The equations by block, in the order of the month. A test holds that the loop calls no other."""


def body(function) -> str:
    """The function without its docstring and annotations, as Python."""
    tree = ast.parse(inspect.getsource(function)).body[0]
    assert isinstance(tree, ast.FunctionDef)
    if isinstance(tree.body[0], ast.Expr):
        tree.body = tree.body[1:]
    for argument in tree.args.args:
        argument.annotation = None
    tree.returns = None
    return ast.unparse(tree)


def as_markdown() -> str:
    """All equations, a heading and a block of code for each block of the model."""
    parts = []
    for heading, functions in BLOCKS.items():
        code = "\n\n".join(body(function) for function in functions)
        parts.append(f"**{heading}**\n\n```python\n{code}\n```")
    return "\n\n".join(parts)
