"""Headline results of each draw from the sums of the month loop."""

from __future__ import annotations


def headlines(p, q, out, head) -> None:
    """Fill `head` (a field a result, (n,) each), and turn the yearly sums of `out.yearly` into means of the year's months.

    US$ bn, months, points, jobs, as the names say. Rows of out.present_value are in the order of outcome.LOSSES, rows of
    out.yearly in that of outcome.YEARLY. Results of a year after the last are those of the last year.
    """
    kinds, years = out.losses.shape[0], out.losses.shape[1]
    n = out.present_value.shape[1]
    last, fifth, tenth = years - 1, min(4, years - 1), min(9, years - 1)
    value, yearly = out.present_value, out.yearly
    for kind in range(yearly.shape[0]):
        for year in range(years):
            for i in range(n):
                yearly[kind, year, i] /= out.months_of_year[year]
    for i in range(n):
        head.pv_timing_usd_bn[i] = value[0, i]
        head.pv_waiting_usd_bn[i] = value[1, i]
        head.pv_sockets_usd_bn[i] = value[2, i]
        head.pv_forbidden_listed_usd_bn[i] = value[3, i]
        head.pv_forbidden_unlisted_usd_bn[i] = value[4, i]
        head.pv_contagion_unlisted_usd_bn[i] = value[5, i]
        head.pv_contagion_elsewhere_usd_bn[i] = value[6, i]
        head.pv_second_round_usd_bn[i] = value[7, i]
        head.pv_retaliation_usd_bn[i] = value[8, i]
        head.pv_diversion_usd_bn[i] = value[9, i]
        head.pv_listed_usd_bn[i] = value[0, i] + value[1, i] + value[2, i] + value[3, i]
        head.pv_unlisted_usd_bn[i] = value[4, i] + value[5, i]
        head.pv_contagion_usd_bn[i] = value[5, i] + value[6, i]
        head.pv_rd_lost_usd_bn[i] = out.discounted[0, i] * p.rd_usd_bn[i] / 12
        head.pv_capex_lost_usd_bn[i] = out.discounted[1, i] * p.capex_usd_bn[i] / 12
        head.us_share_change_year_5_pp[i] = yearly[0, fifth, i] - p.us_share_pct[i]
        head.us_share_change_year_10_pp[i] = yearly[0, tenth, i] - p.us_share_pct[i]
        head.jobs_lost_year_5[i] = p.direct_jobs[i] - yearly[3, fifth, i]
        head.jobs_lost_year_10[i] = p.direct_jobs[i] - yearly[3, tenth, i]
        head.rd_lost_year_5_usd_bn[i] = (1 - yearly[1, fifth, i]) * p.rd_usd_bn[i]
        head.rd_lost_year_10_usd_bn[i] = (1 - yearly[1, tenth, i]) * p.rd_usd_bn[i]
        head.rd_abroad_year_10_usd_bn[i] = (yearly[1, last, i] * yearly[5, last, i] / 100 - p.rd_abroad_share_pct[i] / 100) * (
            p.rd_usd_bn[i]
        )
        head.china_self_sufficiency_year_10_pct[i] = yearly[4, last, i]
        head.denied_months_listed[i] = out.denied[0, i]
        chinese = q.sales[0, i] + q.sales[1, i]
        head.denied_months_chinese[i] = (out.denied[0, i] * q.sales[0, i] + out.denied[1, i] * q.sales[1, i]) / chinese
        head.legally_denied_months_listed[i] = out.legal[0, i]
        head.denied_months_listed_discounted[i] = out.denied_discounted[0, i]
        head.denied_months_chinese_discounted[i] = (
            out.denied_discounted[0, i] * q.sales[0, i] + out.denied_discounted[1, i] * q.sales[1, i]
        ) / chinese
        head.pv_rivals_gain_usd_bn[i] = out.rivals_discounted[i]
        head.pv_lost_sales_usd_bn[i] = 0.0
        head.lost_sales_year_5_usd_bn[i] = 0.0
        head.lost_sales_year_10_usd_bn[i] = 0.0
        head.job_years_lost[i] = 0.0
    for kind in range(kinds):
        for i in range(n):
            head.pv_lost_sales_usd_bn[i] += value[kind, i]
            head.lost_sales_year_5_usd_bn[i] += out.losses[kind, fifth, i] * 12 / out.months_of_year[fifth]
            head.lost_sales_year_10_usd_bn[i] += out.losses[kind, tenth, i] * 12 / out.months_of_year[tenth]
    for year in range(years):
        for i in range(n):
            head.job_years_lost[i] += (p.direct_jobs[i] - yearly[3, year, i]) * out.months_of_year[year] / 12
