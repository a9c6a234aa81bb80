// The model of the explorer, written from the Python of analysis/model by `python -m analysis explorer-script`: change it there.
// A step of the build runs both on the same draws and stops the build where they differ by more than rounding.
(function () {
"use strict";
function filled(shape, value) {
  if (typeof shape === "number") return new Float64Array(shape).fill(value);
  if (shape.length === 1) return new Float64Array(shape[0]).fill(value);
  return Array.from({ length: shape[0] }, () => filled(shape.slice(1), value));
}
function setAll(array, value) {
  if (array instanceof Float64Array) array.fill(value);
  else for (const part of array) setAll(part, value);
}
function roundHalfEven(x) { const whole = Math.round(x); return whole - x === 0.5 && whole % 2 ? whole - 1 : whole; }
function exposure$unlisted_sales_usd_bn(chinese, listed) {
  return Math.max((chinese - listed), 0.0);
}
function exposure$elsewhere_sales_usd_bn(us_sales, listed, unlisted) {
  return ((us_sales - listed) - unlisted);
}
function research$monthly_depreciation(depreciation_pct_per_year) {
  return (1 - Math.pow((1 - (depreciation_pct_per_year / 100)), (1 / 12)));
}
function research$share_sensitivity(elasticity, multiplier, elsewhere_weight, share_elsewhere, us_share, reached) {
  let responding, rival_ratio;
  rival_ratio = (us_share / (1 - us_share));
  responding = Math.max(elasticity, 0.1);
  return ((1 - (1 / multiplier)) / ((((elsewhere_weight * (1 - share_elsewhere)) * responding) * (1 + rival_ratio)) * reached));
}
function research$response_reached(depreciation, lag_months, horizon_years) {
  if ((horizon_years <= 0)) {
    return 1.0;
  }
  return Math.max((1 - Math.pow((1 - depreciation), Math.max(((12 * horizon_years) - lag_months), 0.0))), 0.05);
}
function contagion$expected_loss(hazard_per_month, design_life_months) {
  return (1 - Math.pow((1 - hazard_per_month), design_life_months));
}
function contagion$lapse_hazard_per_month(lapse_probability, tgl_days) {
  return (1 - Math.pow((1 - lapse_probability), (30.4375 / tgl_days)));
}
function preparation$prepare(p, policy, q) {
  let bought, g, groups, i, k, mean, n, products, relative, s, segments, us_sales;
  groups = policy.width.length;
  products = policy.width[0].length;
  segments = policy.width[0][0].length;
  n = p.world_sales_usd_bn.length;
  for (i = 0; i < n; i++) {
    us_sales = ((p.world_sales_usd_bn[i] * p.us_share_pct[i]) / 100);
    q.sales[0][i] = p.listed_customer_sales_usd_bn[i];
    q.sales[1][i] = exposure$unlisted_sales_usd_bn(p.chinese_sales_usd_bn[i], q.sales[0][i]);
    q.sales[2][i] = exposure$elsewhere_sales_usd_bn(us_sales, q.sales[0][i], q.sales[1][i]);
    q.world_base[i] = (p.world_sales_usd_bn[i] / 12);
    q.share_elsewhere[i] = (q.sales[2][i] / (p.world_sales_usd_bn[i] * (1 - (p.chinese_demand_share_pct[i] / 100))));
    q.depreciation[i] = research$monthly_depreciation(p.knowledge_depreciation_pct_per_year[i]);
    q.lag[i] = roundHalfEven((p.rd_lag_years[i] * 12));
    q.sigma[i] = research$share_sensitivity(p.rd_revenue_elasticity[i], p.second_round_multiplier[i], (q.sales[2][i] / us_sales), q.share_elsewhere[i], (p.us_share_pct[i] / 100), research$response_reached(q.depreciation[i], q.lag[i], p.second_round_horizon_years[i]));
    q.coverage[i] = (p.allied_coverage[i] * policy.allies);
    q.expected_loss[i] = contagion$expected_loss(contagion$lapse_hazard_per_month(p.lapse_probability[i], policy.tgl_days), p.design_life_months[i]);
    q.reversal[i] = contagion$expected_loss((1 - Math.pow((1 - p.reversal_risk_per_year[i]), (1 / 12))), p.design_life_months[i]);
    q.licensed_share[i] = (p.licence_approval_share[i] * p.licence_use_share[i]);
    q.growth[i] = Math.pow((1 + (p.market_growth_pct_per_year[i] / 100)), (1 / 12));
    q.discount[i] = Math.pow((1 + (p.discount_rate_pct_per_year[i] / 100)), (-(1) / 12));
  }
  for (i = 0; i < n; i++) {
    bought = 0.0;
    mean = 0.0;
    for (s = 0; s < segments; s++) {
      bought += q.share[s][i];
      mean += (q.share[s][i] * policy.relative_substitutability[s]);
    }
    for (k = 0; k < products; k++) {
      relative = ((policy.relative_substitutability[policy.segment[k]] * bought) / mean);
      q.substitutable[k][i] = Math.min((p.substitutable_share[i] * relative), 1.0);
      for (g = 0; g < groups; g++) {
        for (s = 0; s < segments; s++) {
          q.weight[g][k][i] += ((policy.width[g][k][s] * q.share[s][i]) / bought);
        }
        q.base[g][k][i] = ((q.sales[g][i] * q.weight[g][k][i]) / 12);
      }
    }
  }
}
function contagion$learnt(limbo_before, credibility_months) {
  return -(Math.expm1((-(limbo_before) / credibility_months)));
}
function contagion$ripple(limbo_share, pending, rule_age, lesson, clear_rule_months, persistence, persistence_open) {
  let alive, fresh;
  alive = Math.max(limbo_share, pending);
  if ((rule_age < 0)) {
    return Math.max(alive, (persistence_open * lesson));
  }
  fresh = Math.min(Math.max((clear_rule_months - rule_age), 0.0), 1.0);
  return Math.max(alive, fresh, (persistence * lesson));
}
function design_out$started(months_under_threat, delay_months) {
  return Math.min(Math.max((months_under_threat - delay_months), 0.0), 1.0);
}
function contagion$threat(direct, afraid) {
  return (direct + (afraid * (1 - direct)));
}
function design_out$step(designed_out, threat, hazard, reach, reentry_hazard, free) {
  return ((designed_out + ((hazard * threat) * Math.max((reach - designed_out), 0.0))) - ((reentry_hazard * free) * designed_out));
}
function design_out$wanted_use(base, substitutable, designed_out) {
  return (base * (1 - (substitutable * designed_out)));
}
function stock$target_cover_months(normal_cover, extra_cover, threat) {
  return (normal_cover + (extra_cover * threat));
}
function stock$orders(use, stock, cover_months, adjustment_months) {
  return Math.max((use + (((cover_months * use) - stock) / adjustment_months)), 0.0);
}
function access$shipments(orders, limbo, denied, licensed) {
  return ((orders * ((1 - limbo) - denied)) + Math.min(licensed, (limbo * orders)));
}
function stock$serve(use, stock, shipped) {
  let available, served;
  available = (stock + shipped);
  served = Math.min(use, available);
  return [served, (available - served)];
}
function access$licence_queue_step(queue, filed, lag_months) {
  return (queue + ((filed - queue) / lag_months));
}
function denial$denied_share(access, substitutable, allied_coverage) {
  return ((1 - access) * (1 - (substitutable * (1 - allied_coverage))));
}
function diversion$won_by_chinese_makers(lost_listed, unlisted_open, to_unlisted, us_content_ratio) {
  return (((us_content_ratio * to_unlisted) * lost_listed) * unlisted_open);
}
function diversion$won_elsewhere(lost_listed, lost_unlisted, elsewhere, us_content_ratio) {
  return ((us_content_ratio * elsewhere) * (lost_listed + lost_unlisted));
}
function research$share_factor(us_share, logit_change) {
  return (1 / (us_share + ((1 - us_share) * Math.exp(-(logit_change)))));
}
function research$research_step(log_research, log_revenue_ratio, uncertainty, elasticity, uncertainty_effect, adjustment_months) {
  let target;
  target = ((elasticity * log_revenue_ratio) + (uncertainty_effect * uncertainty));
  return (log_research + ((target - log_research) / adjustment_months));
}
function research$research_gap(log_research, log_rivals, moved, learning_abroad) {
  if ((moved <= 0)) {
    return (log_research - log_rivals);
  }
  return ((log_research - log_rivals) - (learning_abroad * Math.log1p(moved)));
}
function employment$capital_spending_ratio(revenue_ratio, uncertainty_effect, uncertainty) {
  return (revenue_ratio * Math.exp((uncertainty_effect * uncertainty)));
}
function employment$direct_jobs(jobs, log_revenue_ratio, elasticity, research_jobs, moved) {
  return ((jobs * Math.exp((elasticity * log_revenue_ratio))) * (1 - (research_jobs * moved)));
}
function research$knowledge_step(gap, lagged_research_gap, depreciation) {
  return (((1 - depreciation) * gap) + (depreciation * lagged_research_gap));
}
function china$self_sufficiency_step(share_pct, threatened_demand, trend, response) {
  return Math.min((share_pct + ((trend + (response * threatened_demand)) / 12)), 100.0);
}
function employment$research_abroad_step(share, threatened_demand, response_pp_per_year) {
  return Math.min((share + (((response_pp_per_year / 100) / 12) * threatened_demand)), 1.0);
}
function kernel$month_loop(p, q, policy, out) {
  let abroad, access, afraid, base, bought, bought_g, chinese_base, content, cover, demand, denied, denied_g, denied_now, denied_value, designed_out, discounted, diverted, doubted, factor, fear, feared, filed, first_product, free, free_share, free_stock, g, groups, h, hanging, hazard, history, i, jobs, k, kept, kind, knowledge, lagged, legal_g, lesson, licensed_stock, limbo, limbo_share, log_ratio, log_rd, log_rivals, loss, lost, lost_final, lost_g, missed, missing, months, months_g, moved, n, named, one_kind, order, ordered, pending, pending_share, products, purchases, queue, ratio, rd_ratio, reach, restored, revenue, rival_base, rival_gain, rival_ratio, second_round, self_sufficiency, served, served_part, settled, shipped, shipped_part, spread, spread_g, stock, substitutable, t, threat, threatened, threatened_months, total_base, uncertain, unlisted_open, use, value, waits, weight, with_course, won, year, year_sum, yearly;
  groups = q.base.length;
  products = q.base[0].length;
  n = q.base[0][0].length;
  months = policy.limbo.length;
  with_course = (out.course[0].length > 0);
  designed_out = filled([groups, products, n], 0);
  queue = filled([groups, products, n], 0);
  free_stock = filled([groups, products, n], 0);
  licensed_stock = filled([groups, products, n], 0);
  threatened_months = filled([groups, n], 0);
  spread = filled([groups, n], 0);
  total_base = filled(n, 0);
  chinese_base = filled(n, 0);
  demand = filled(n, 1);
  factor = filled(n, 1);
  log_rd = filled(n, 0);
  log_rivals = filled(n, 0);
  knowledge = filled(n, 0);
  self_sufficiency = filled(n, 0);
  abroad = filled(n, 0);
  waits = filled([groups, products], 0);
  one_kind = filled(n, 1);
  for (t = 0; t < months; t++) {
    for (g = 0; g < groups; g++) {
      for (k = 0; k < products; k++) {
        waits[g][k] = Math.max(waits[g][k], policy.limbo[t][g][k]);
      }
    }
  }
  first_product = months;
  for (i = 0; i < n; i++) {
    spread[1][i] = p.contagion_unlisted[i];
    spread[2][i] = p.contagion_elsewhere[i];
    spread[0][i] = p.contagion_unlisted[i];
    self_sufficiency[i] = p.china_self_sufficiency_pct[i];
    abroad[i] = (p.rd_abroad_share_pct[i] / 100);
    first_product = Math.min(first_product, q.lag[i]);
  }
  for (g = 0; g < groups; g++) {
    for (k = 0; k < products; k++) {
      free_share = ((waits[g][k] > 0) ? p.licence_free_share : one_kind);
      for (i = 0; i < n; i++) {
        free_stock[g][k][i] = ((p.stock_cover_months[i] * q.base[g][k][i]) * free_share[i]);
        licensed_stock[g][k][i] = ((p.stock_cover_months[i] * q.base[g][k][i]) * (1 - free_share[i]));
        total_base[i] += q.base[g][k][i];
        if ((g !== 2)) {
          chinese_base[i] += q.base[g][k][i];
        }
      }
    }
  }
  history = filled([months, n], 0);
  loss = filled([out.present_value.length, n], 0);
  fear = filled(n, 0);
  revenue = filled(n, 0);
  rival_gain = filled(n, 0);
  threatened = filled(n, 0);
  ratio = filled(n, 0);
  bought = filled([groups, n], 0);
  lost_final = filled([groups, n], 0);
  second_round = filled(n, 0);
  diverted = filled(n, 0);
  hanging = filled(n, 0);
  unlisted_open = filled(n, 0);
  lesson = filled(n, 0);
  log_ratio = filled(n, 0);
  rival_ratio = filled(n, 0);
  rd_ratio = filled(n, 0);
  moved = filled(n, 0);
  jobs = filled(n, 0);
  afraid = filled(n, 0);
  hazard = filled(n, 0);
  settled = filled(n, 0);
  threat = filled(n, 0);
  use = filled(n, 0);
  cover = filled(n, 0);
  kept = filled(n, 0);
  ordered = filled(n, 0);
  shipped = filled(n, 0);
  served = filled(n, 0);
  served_part = filled(n, 0);
  shipped_part = filled(n, 0);
  order = filled(n, 0);
  missing = filled(n, 0);
  for (t = 0; t < months; t++) {
    year = Math.floor(t / 12);
    if ((policy.demand.length > 0)) {
      for (i = 0; i < n; i++) {
        demand[i] = policy.demand[t];
      }
    }
    limbo_share = policy.limbo_share[t];
    pending_share = policy.pending[t];
    if (((t === 0) || (policy.limbo_before[t] !== policy.limbo_before[(t - 1)]))) {
      for (i = 0; i < n; i++) {
        lesson[i] = contagion$learnt(policy.limbo_before[t], p.credibility_months[i]);
      }
    }
    for (i = 0; i < n; i++) {
      hanging[i] = Math.max(pending_share, (policy.dropped[t] * q.reversal[i]));
      fear[i] = contagion$ripple((limbo_share * q.expected_loss[i]), hanging[i], policy.rule_age[t], lesson[i], p.clear_rule_months[i], p.contagion_persistence[i], p.contagion_persistence_open[i]);
    }
    setAll(loss, 0.0);
    setAll(revenue, 0.0);
    setAll(rival_gain, 0.0);
    setAll(threatened, 0.0);
    setAll(bought, 0.0);
    setAll(lost_final, 0.0);
    setAll(unlisted_open, 1.0);
    for (g = 0; g < groups; g++) {
      named = policy.named[t][g];
      doubted = policy.doubted[t][g];
      spread_g = spread[g];
      months_g = threatened_months[g];
      feared = ((g === 0) ? hanging : fear);
      for (i = 0; i < n; i++) {
        afraid[i] = (spread_g[i] * feared[i]);
        settled[i] = ((1 - named) * (1 - afraid[i]));
      }
      for (i = 0; i < n; i++) {
        months_g[i] = ((((named + afraid[i]) + (doubted * q.reversal[i])) > 0) ? (months_g[i] + 1) : 0.0);
      }
      for (i = 0; i < n; i++) {
        hazard[i] = (p.design_out_hazard_per_month[i] * design_out$started(months_g[i], p.redesign_delay_months[i]));
      }
      for (k = 0; k < products; k++) {
        limbo = policy.limbo[t][g][k];
        denied = policy.denied[t][g][k];
        restored = policy.restored[t][g][k];
        if ((policy.present[g][k] === 0.0)) {
          continue;
        }
        weight = q.weight[g][k];
        base = q.base[g][k];
        substitutable = q.substitutable[k];
        h = designed_out[g][k];
        for (i = 0; i < n; i++) {
          threat[i] = contagion$threat((((limbo * q.expected_loss[i]) + denied) + (restored * q.reversal[i])), afraid[i]);
        }
        for (i = 0; i < n; i++) {
          reach = (1 - (q.coverage[i] * denied));
          free = (settled[i] * (1 - (restored * q.reversal[i])));
          h[i] = design_out$step(h[i], threat[i], hazard[i], reach, p.reentry_hazard_per_month[i], free);
        }
        for (i = 0; i < n; i++) {
          use[i] = design_out$wanted_use((base[i] * demand[i]), substitutable[i], h[i]);
        }
        if ((policy.retaliation && (g === 1) && (policy.rule_age[t] >= 0) && policy.memory[k])) {
          for (i = 0; i < n; i++) {
            kept[i] = (use[i] * (1 - p.retaliation_loss_share[i]));
            loss[8][i] += ((1 - denied) * (use[i] - kept[i]));
            use[i] = kept[i];
          }
        }
        for (i = 0; i < n; i++) {
          cover[i] = stock$target_cover_months(p.stock_cover_months[i], p.stockpile_months[i], threat[i]);
        }
        stock = free_stock[g][k];
        free_share = ((waits[g][k] > 0) ? p.licence_free_share : one_kind);
        for (i = 0; i < n; i++) {
          order[i] = stock$orders((use[i] * free_share[i]), stock[i], cover[i], p.stock_adjustment_months[i]);
        }
        for (i = 0; i < n; i++) {
          shipped[i] = access$shipments(order[i], 0.0, denied, 0.0);
          ordered[i] = order[i];
        }
        for (i = 0; i < n; i++) {
          { const both = stock$serve((use[i] * free_share[i]), stock[i], shipped[i]);
          served[i] = both[0];
          stock[i] = both[1];
          }
        }
        if ((waits[g][k] > 0)) {
          stock = licensed_stock[g][k];
          pending = queue[g][k];
          for (i = 0; i < n; i++) {
            order[i] = stock$orders((use[i] * (1 - free_share[i])), stock[i], cover[i], p.stock_adjustment_months[i]);
            ordered[i] += order[i];
          }
          if ((limbo > 0)) {
            for (i = 0; i < n; i++) {
              filed = ((limbo * use[i]) * (1 - free_share[i]));
              pending[i] = access$licence_queue_step(pending[i], filed, p.licence_lag_months[i]);
            }
          } else {
            setAll(pending, 0.0);
          }
          for (i = 0; i < n; i++) {
            shipped_part[i] = access$shipments(order[i], limbo, denied, (q.licensed_share[i] * pending[i]));
            shipped[i] += shipped_part[i];
          }
          for (i = 0; i < n; i++) {
            { const both = stock$serve((use[i] * (1 - free_share[i])), stock[i], shipped_part[i]);
            served_part[i] = both[0];
            stock[i] = both[1];
            }
            served[i] += served_part[i];
          }
        }
        bought_g = bought[g];
        lost_g = lost_final[g];
        for (i = 0; i < n; i++) {
          access = ((use[i] > 0) ? (served[i] / use[i]) : 1.0);
          missing[i] = denial$denied_share(access, substitutable[i], q.coverage[i]);
        }
        for (i = 0; i < n; i++) {
          missed = ((base[i] * demand[i]) * missing[i]);
          lost_g[i] += missed;
          rival_gain[i] += (((base[i] * demand[i]) - served[i]) - missed);
        }
        for (i = 0; i < n; i++) {
          bought_g[i] += shipped[i];
        }
        if ((g === 0)) {
          for (i = 0; i < n; i++) {
            loss[0][i] += (((1 - denied) * served[i]) - shipped[i]);
            loss[1][i] += ((1 - denied) * (use[i] - served[i]));
            loss[2][i] += ((1 - denied) * ((base[i] * demand[i]) - use[i]));
            loss[3][i] += ((denied * base[i]) * demand[i]);
          }
        } else {
          if ((g === 1)) {
            for (i = 0; i < n; i++) {
              unlisted_open[i] -= (denied * weight[i]);
              loss[4][i] += ((denied * base[i]) * demand[i]);
              loss[5][i] += ((((1 - denied) * base[i]) * demand[i]) - shipped[i]);
            }
          } else {
            for (i = 0; i < n; i++) {
              loss[6][i] += ((base[i] * demand[i]) - shipped[i]);
            }
          }
        }
        if ((g !== 2)) {
          denied_g = out.denied[g];
          legal_g = out.legal[g];
          denied_value = out.denied_discounted[g];
          for (i = 0; i < n; i++) {
            threatened[i] += (threat[i] * base[i]);
          }
          for (i = 0; i < n; i++) {
            denied_now = (weight[i] * missing[i]);
            denied_g[i] += denied_now;
            denied_value[i] += (denied_now * factor[i]);
            if (with_course) {
              out.course[(14 + g)][t][i] += denied_now;
            }
          }
          if (((limbo + denied) > 0)) {
            for (i = 0; i < n; i++) {
              access = ((ordered[i] > 0) ? (shipped[i] / ordered[i]) : 1.0);
              legal_g[i] += (weight[i] * denial$denied_share(access, substitutable[i], q.coverage[i]));
            }
          }
        }
        if (with_course) {
          for (i = 0; i < n; i++) {
            out.course[(3 + g)][t][i] += (free_stock[g][k][i] + licensed_stock[g][k][i]);
            out.course[(6 + g)][t][i] += (weight[i] * h[i]);
            out.course[(9 + g)][t][i] += served[i];
          }
        }
      }
      bought_g = bought[g];
      purchases = out.purchases[g][year];
      for (i = 0; i < n; i++) {
        revenue[i] += bought_g[i];
      }
      for (i = 0; i < n; i++) {
        purchases[i] += bought_g[i];
      }
      if (with_course) {
        for (i = 0; i < n; i++) {
          out.course[g][t][i] = bought_g[i];
        }
      }
    }
    for (i = 0; i < n; i++) {
      content = p.diversion_us_content_ratio[i];
      won = diversion$won_by_chinese_makers(lost_final[0][i], unlisted_open[i], p.diversion_to_unlisted[i], content);
      diverted[i] = (won + diversion$won_elsewhere(lost_final[0][i], lost_final[1][i], p.diversion_elsewhere[i], content));
      out.won_by_chinese[year][i] += won;
    }
    if ((t >= first_product)) {
      for (i = 0; i < n; i++) {
        second_round[i] = (bought[2][i] * (1 - research$share_factor(q.share_elsewhere[i], (q.sigma[i] * knowledge[i]))));
      }
    }
    for (i = 0; i < n; i++) {
      loss[5][i] -= loss[8][i];
      loss[7][i] = second_round[i];
      loss[9][i] = -(diverted[i]);
    }
    for (i = 0; i < n; i++) {
      revenue[i] += (diverted[i] - second_round[i]);
      rival_gain[i] += (second_round[i] - diverted[i]);
    }
    for (i = 0; i < n; i++) {
      ratio[i] = Math.max((revenue[i] / (total_base[i] * demand[i])), 1e-06);
    }
    yearly = out.yearly;
    discounted = out.discounted;
    uncertain = Math.max(limbo_share, pending_share);
    for (i = 0; i < n; i++) {
      log_ratio[i] = Math.log(ratio[i]);
    }
    for (i = 0; i < n; i++) {
      rival_base = (q.world_base[i] - total_base[i]);
      rival_ratio[i] = Math.max((1 + (rival_gain[i] / (rival_base * demand[i]))), 1e-06);
    }
    for (i = 0; i < n; i++) {
      rival_ratio[i] = Math.log(rival_ratio[i]);
    }
    for (i = 0; i < n; i++) {
      log_rd[i] = research$research_step(log_rd[i], log_ratio[i], (p.uncertainty_doublings[i] * uncertain), p.rd_revenue_elasticity[i], p.rd_uncertainty_effect[i], p.rd_adjustment_months[i]);
    }
    for (i = 0; i < n; i++) {
      log_rivals[i] = research$research_step(log_rivals[i], rival_ratio[i], 0.0, p.rd_revenue_elasticity[i], 0.0, p.rd_adjustment_months[i]);
    }
    for (i = 0; i < n; i++) {
      moved[i] = (abroad[i] - (p.rd_abroad_share_pct[i] / 100));
      history[t][i] = research$research_gap(log_rd[i], log_rivals[i], moved[i], p.rd_learning_abroad[i]);
    }
    for (i = 0; i < n; i++) {
      rd_ratio[i] = Math.exp(log_rd[i]);
    }
    for (i = 0; i < n; i++) {
      yearly[1][year][i] += rd_ratio[i];
      discounted[0][i] += ((1 - rd_ratio[i]) * factor[i]);
    }
    if ((uncertain > 0)) {
      for (i = 0; i < n; i++) {
        ratio[i] = employment$capital_spending_ratio(ratio[i], p.capex_uncertainty_effect[i], (p.uncertainty_doublings[i] * uncertain));
      }
    }
    for (i = 0; i < n; i++) {
      yearly[2][year][i] += ratio[i];
      discounted[1][i] += ((1 - ratio[i]) * factor[i]);
    }
    for (i = 0; i < n; i++) {
      jobs[i] = employment$direct_jobs(p.direct_jobs[i], log_ratio[i], p.jobs_revenue_elasticity[i], p.research_job_share[i], moved[i]);
    }
    for (i = 0; i < n; i++) {
      yearly[3][year][i] += jobs[i];
    }
    if ((t >= first_product)) {
      for (i = 0; i < n; i++) {
        lagged = ((t >= q.lag[i]) ? history[(t - q.lag[i])][i] : 0.0);
        knowledge[i] = research$knowledge_step(knowledge[i], lagged, q.depreciation[i]);
      }
    }
    for (i = 0; i < n; i++) {
      self_sufficiency[i] = china$self_sufficiency_step(self_sufficiency[i], (threatened[i] / chinese_base[i]), p.china_trend_pp_per_year[i], p.china_threat_response_pp_per_year[i]);
    }
    for (i = 0; i < n; i++) {
      abroad[i] = employment$research_abroad_step(abroad[i], (threatened[i] / chinese_base[i]), p.rd_relocation_pp_per_year[i]);
    }
    for (i = 0; i < n; i++) {
      yearly[0][year][i] += ((100 * revenue[i]) / (q.world_base[i] * demand[i]));
    }
    for (i = 0; i < n; i++) {
      yearly[4][year][i] += self_sufficiency[i];
      yearly[5][year][i] += (100 * abroad[i]);
    }
    for (i = 0; i < n; i++) {
      out.revenue[year][i] += revenue[i];
      out.baseline[year][i] += (total_base[i] * demand[i]);
      out.rivals[year][i] += rival_gain[i];
      out.rivals_discounted[i] += (rival_gain[i] * factor[i]);
    }
    for (kind = 0; kind < loss.length; kind++) {
      lost = loss[kind];
      year_sum = out.losses[kind][year];
      value = out.present_value[kind];
      for (i = 0; i < n; i++) {
        year_sum[i] += lost[i];
        value[i] += (lost[i] * factor[i]);
      }
    }
    if (with_course) {
      for (i = 0; i < n; i++) {
        out.course[12][t][i] = limbo_share;
        out.course[13][t][i] = fear[i];
      }
    }
    for (i = 0; i < n; i++) {
      demand[i] *= q.growth[i];
      factor[i] *= q.discount[i];
    }
  }
}
function headlines$headlines(p, q, out, head) {
  let chinese, fifth, i, kind, kinds, last, n, tenth, value, year, yearly, years;
  kinds = out.losses.length;
  years = out.losses[0].length;
  n = out.present_value[0].length;
  last = (years - 1);
  fifth = Math.min(4, (years - 1));
  tenth = Math.min(9, (years - 1));
  value = out.present_value;
  yearly = out.yearly;
  for (kind = 0; kind < yearly.length; kind++) {
    for (year = 0; year < years; year++) {
      for (i = 0; i < n; i++) {
        yearly[kind][year][i] /= out.months_of_year[year];
      }
    }
  }
  for (i = 0; i < n; i++) {
    head.pv_timing_usd_bn[i] = value[0][i];
    head.pv_waiting_usd_bn[i] = value[1][i];
    head.pv_sockets_usd_bn[i] = value[2][i];
    head.pv_forbidden_listed_usd_bn[i] = value[3][i];
    head.pv_forbidden_unlisted_usd_bn[i] = value[4][i];
    head.pv_contagion_unlisted_usd_bn[i] = value[5][i];
    head.pv_contagion_elsewhere_usd_bn[i] = value[6][i];
    head.pv_second_round_usd_bn[i] = value[7][i];
    head.pv_retaliation_usd_bn[i] = value[8][i];
    head.pv_diversion_usd_bn[i] = value[9][i];
    head.pv_listed_usd_bn[i] = (((value[0][i] + value[1][i]) + value[2][i]) + value[3][i]);
    head.pv_unlisted_usd_bn[i] = (value[4][i] + value[5][i]);
    head.pv_contagion_usd_bn[i] = (value[5][i] + value[6][i]);
    head.pv_rd_lost_usd_bn[i] = ((out.discounted[0][i] * p.rd_usd_bn[i]) / 12);
    head.pv_capex_lost_usd_bn[i] = ((out.discounted[1][i] * p.capex_usd_bn[i]) / 12);
    head.us_share_change_year_5_pp[i] = (yearly[0][fifth][i] - p.us_share_pct[i]);
    head.us_share_change_year_10_pp[i] = (yearly[0][tenth][i] - p.us_share_pct[i]);
    head.jobs_lost_year_5[i] = (p.direct_jobs[i] - yearly[3][fifth][i]);
    head.jobs_lost_year_10[i] = (p.direct_jobs[i] - yearly[3][tenth][i]);
    head.rd_lost_year_5_usd_bn[i] = ((1 - yearly[1][fifth][i]) * p.rd_usd_bn[i]);
    head.rd_lost_year_10_usd_bn[i] = ((1 - yearly[1][tenth][i]) * p.rd_usd_bn[i]);
    head.rd_abroad_year_10_usd_bn[i] = ((((yearly[1][last][i] * yearly[5][last][i]) / 100) - (p.rd_abroad_share_pct[i] / 100)) * p.rd_usd_bn[i]);
    head.china_self_sufficiency_year_10_pct[i] = yearly[4][last][i];
    head.denied_months_listed[i] = out.denied[0][i];
    chinese = (q.sales[0][i] + q.sales[1][i]);
    head.denied_months_chinese[i] = (((out.denied[0][i] * q.sales[0][i]) + (out.denied[1][i] * q.sales[1][i])) / chinese);
    head.legally_denied_months_listed[i] = out.legal[0][i];
    head.denied_months_listed_discounted[i] = out.denied_discounted[0][i];
    head.denied_months_chinese_discounted[i] = (((out.denied_discounted[0][i] * q.sales[0][i]) + (out.denied_discounted[1][i] * q.sales[1][i])) / chinese);
    head.pv_rivals_gain_usd_bn[i] = out.rivals_discounted[i];
    head.pv_lost_sales_usd_bn[i] = 0.0;
    head.lost_sales_year_5_usd_bn[i] = 0.0;
    head.lost_sales_year_10_usd_bn[i] = 0.0;
    head.job_years_lost[i] = 0.0;
  }
  for (kind = 0; kind < kinds; kind++) {
    for (i = 0; i < n; i++) {
      head.pv_lost_sales_usd_bn[i] += value[kind][i];
      head.lost_sales_year_5_usd_bn[i] += ((out.losses[kind][fifth][i] * 12) / out.months_of_year[fifth]);
      head.lost_sales_year_10_usd_bn[i] += ((out.losses[kind][tenth][i] * 12) / out.months_of_year[tenth]);
    }
  }
  for (year = 0; year < years; year++) {
    for (i = 0; i < n; i++) {
      head.job_years_lost[i] += (((p.direct_jobs[i] - yearly[3][year][i]) * out.months_of_year[year]) / 12);
    }
  }
}
function kernel$run(p, policy, q, out, head) {
  preparation$prepare(p, policy, q);
  kernel$month_loop(p, q, policy, out);
  headlines$headlines(p, q, out, head);
}
function layers$layer_ends(coverages, group, segment, ends) {
  let c, count, j, place, value;
  count = 0;
  for (c = 0; c < (coverages.length + 1); c++) {
    value = ((c < coverages.length) ? coverages[c][group][segment] : 1.0);
    place = 0;
    while (((place < count) && (ends[place] < value))) {
      place += 1;
    }
    if (((value > 0) && ((place === count) || (ends[place] !== value)))) {
      for (j = count; j > place; j--) {
        ends[j] = ends[(j - 1)];
      }
      ends[place] = value;
      count += 1;
    }
  }
  return count;
}
function layers$layer_count(coverages, segment) {
  let ends, group, most;
  ends = filled((coverages.length + 1), 0);
  most = 0;
  for (group = 0; group < 3; group++) {
    most = Math.max(most, layers$layer_ends(coverages, group, segment, ends));
  }
  return most;
}
function layers$split_products(coverages) {
  let below, count, ends, first, g, here, k, layers, s, segment, segments, top, upper, width;
  segments = coverages[0][0].length;
  layers = 0;
  for (s = 0; s < segments; s++) {
    layers += layers$layer_count(coverages, s);
  }
  segment = filled(layers, 0);
  width = filled([3, layers], 0);
  top = filled([3, layers], 0);
  ends = filled((coverages.length + 1), 0);
  first = 0;
  for (s = 0; s < segments; s++) {
    here = layers$layer_count(coverages, s);
    for (g = 0; g < 3; g++) {
      count = layers$layer_ends(coverages, g, s, ends);
      below = 0.0;
      for (k = 0; k < here; k++) {
        upper = ((k < count) ? ends[k] : 1.0);
        segment[(first + k)] = s;
        top[g][(first + k)] = upper;
        width[g][(first + k)] = (upper - below);
        below = upper;
      }
    }
    first += here;
  }
  return [segment, width, top];
}
function layers$forbids_anything(coverage) {
  let g, s;
  for (g = 0; g < coverage.length; g++) {
    for (s = 0; s < coverage[g].length; s++) {
      if ((coverage[g][s] > 0)) {
        return true;
      }
    }
  }
  return false;
}
function layers$covers(coverage, segment, width, top, group, layer) {
  return (((top[group][layer] <= (coverage[group][segment[layer]] + 1e-12)) && (width[group][layer] > 0)) ? 1.0 : 0.0);
}
function layers$waiting_then_rule(limbo_months, limbo_coverage, interim, pending_share, rule, segment, width, top, limbo, denied, rule_age, limbo_before, pending, restored, dropped) {
  let g, held, hurts, hurts_before, k, ruled, share, shares, t, uncertain, waited;
  hurts = layers$forbids_anything(rule);
  hurts_before = layers$forbids_anything(interim);
  uncertain = (layers$forbids_anything(limbo_coverage) || (pending_share > 0));
  shares = filled(rule_age.length, 0);
  for (t = 0; t < rule_age.length; t++) {
    share = Math.min(Math.max((limbo_months - t), 0.0), 1.0);
    shares[t] = share;
    rule_age[t] = -(1.0);
    if ((hurts && (share < 1))) {
      rule_age[t] = (hurts_before ? t : Math.max((t - limbo_months), 0.0));
    } else {
      if ((hurts_before && (share > 0))) {
        rule_age[t] = t;
      }
    }
    limbo_before[t] = (uncertain ? Math.min(t, limbo_months) : 0.0);
    pending[t] = (share * pending_share);
    dropped[t] = ((hurts || (limbo_months <= 0)) ? 0.0 : ((1 - share) * pending_share));
  }
  for (g = 0; g < 3; g++) {
    for (k = 0; k < segment.length; k++) {
      held = layers$covers(interim, segment, width, top, g, k);
      waited = layers$covers(limbo_coverage, segment, width, top, g, k);
      ruled = layers$covers(rule, segment, width, top, g, k);
      if ((((held + waited) + ruled) > 0)) {
        for (t = 0; t < rule_age.length; t++) {
          share = shares[t];
          limbo[t][g][k] = ((share * waited) * (1 - held));
          denied[t][g][k] = ((share * held) + ((1 - share) * ruled));
          restored[t][g][k] = ((limbo_months > 0) ? (((1 - share) * Math.max(held, waited)) * (1 - ruled)) : 0.0);
        }
      }
    }
  }
}
function layers$alike(j, k, substitutability, memory, segment, limbo, denied, restored) {
  let g, t;
  if (((substitutability[segment[j]] !== substitutability[segment[k]]) || (memory[segment[j]] !== memory[segment[k]]))) {
    return false;
  }
  for (t = 0; t < limbo.length; t++) {
    for (g = 0; g < 3; g++) {
      if (((limbo[t][g][j] !== limbo[t][g][k]) || (denied[t][g][j] !== denied[t][g][k]) || (restored[t][g][j] !== restored[t][g][k]))) {
        return false;
      }
    }
  }
  return true;
}
function layers$merge(substitutability, memory, segment, limbo, denied, restored, first) {
  let count, j, k, product;
  product = filled(segment.length, 0);
  count = 0;
  for (k = 0; k < segment.length; k++) {
    product[k] = count;
    for (j = (count - 1); j > -(1); j--) {
      if (layers$alike(first[j], k, substitutability, memory, segment, limbo, denied, restored)) {
        product[k] = j;
      }
    }
    if ((product[k] === count)) {
      first[count] = k;
      count += 1;
    }
  }
  return [count, product];
}
function layers$follow_from_path(limbo, denied, restored, width, limbo_share, named, doubted, present) {
  let g, k, s, t;
  for (g = 0; g < 3; g++) {
    for (k = 0; k < width[0].length; k++) {
      present[g][k] = 0.0;
      for (s = 0; s < width[0][0].length; s++) {
        present[g][k] += width[g][k][s];
      }
    }
  }
  for (t = 0; t < limbo_share.length; t++) {
    limbo_share[t] = 0.0;
    for (g = 0; g < 3; g++) {
      named[t][g] = 0.0;
      doubted[t][g] = 0.0;
      for (k = 0; k < width[0].length; k++) {
        limbo_share[t] = Math.max(limbo_share[t], limbo[t][g][k]);
        if (((limbo[t][g][k] + denied[t][g][k]) > 0)) {
          named[t][g] = 1.0;
        }
        if ((restored[t][g][k] > 0)) {
          doubted[t][g] = 1.0;
        }
      }
    }
  }
}
window.csEquations = { filled, run: kernel$run, split_products: layers$split_products, waiting_then_rule: layers$waiting_then_rule, merge: layers$merge, follow_from_path: layers$follow_from_path, tables: {"inputs": ["allied_coverage", "capex_uncertainty_effect", "capex_usd_bn", "china_self_sufficiency_pct", "china_threat_response_pp_per_year", "china_trend_pp_per_year", "chinese_demand_share_pct", "chinese_sales_usd_bn", "clear_rule_months", "contagion_elsewhere", "contagion_persistence", "contagion_persistence_open", "contagion_unlisted", "credibility_months", "design_life_months", "design_out_hazard_per_month", "direct_jobs", "discount_rate_pct_per_year", "diversion_elsewhere", "diversion_to_unlisted", "diversion_us_content_ratio", "jobs_revenue_elasticity", "knowledge_depreciation_pct_per_year", "lapse_probability", "licence_approval_share", "licence_free_share", "licence_lag_months", "licence_use_share", "listed_customer_sales_usd_bn", "market_growth_pct_per_year", "rd_abroad_share_pct", "rd_adjustment_months", "rd_lag_years", "rd_learning_abroad", "rd_relocation_pp_per_year", "rd_revenue_elasticity", "rd_uncertainty_effect", "rd_usd_bn", "redesign_delay_months", "reentry_hazard_per_month", "research_job_share", "retaliation_loss_share", "reversal_risk_per_year", "second_round_horizon_years", "second_round_multiplier", "stock_adjustment_months", "stock_cover_months", "stockpile_months", "substitutable_share", "uncertainty_doublings", "us_share_pct", "world_sales_usd_bn"], "headlines": ["china_self_sufficiency_year_10_pct", "denied_months_chinese", "denied_months_chinese_discounted", "denied_months_listed", "denied_months_listed_discounted", "job_years_lost", "jobs_lost_year_10", "jobs_lost_year_5", "legally_denied_months_listed", "lost_sales_year_10_usd_bn", "lost_sales_year_5_usd_bn", "pv_capex_lost_usd_bn", "pv_contagion_elsewhere_usd_bn", "pv_contagion_unlisted_usd_bn", "pv_contagion_usd_bn", "pv_diversion_usd_bn", "pv_forbidden_listed_usd_bn", "pv_forbidden_unlisted_usd_bn", "pv_listed_usd_bn", "pv_lost_sales_usd_bn", "pv_rd_lost_usd_bn", "pv_retaliation_usd_bn", "pv_rivals_gain_usd_bn", "pv_second_round_usd_bn", "pv_sockets_usd_bn", "pv_timing_usd_bn", "pv_unlisted_usd_bn", "pv_waiting_usd_bn", "rd_abroad_year_10_usd_bn", "rd_lost_year_10_usd_bn", "rd_lost_year_5_usd_bn", "us_share_change_year_10_pp", "us_share_change_year_5_pp"], "prepared": {"share": ["segments", "n"], "sales": ["groups", "n"], "weight": ["groups", "products", "n"], "base": ["groups", "products", "n"], "substitutable": ["products", "n"], "world_base": ["n"], "share_elsewhere": ["n"], "sigma": ["n"], "depreciation": ["n"], "lag": ["n"], "coverage": ["n"], "expected_loss": ["n"], "reversal": ["n"], "licensed_share": ["n"], "growth": ["n"], "discount": ["n"]}, "results": {"present_value": ["losses", "n"], "losses": ["losses", "years", "n"], "purchases": ["groups", "years", "n"], "won_by_chinese": ["years", "n"], "revenue": ["years", "n"], "baseline": ["years", "n"], "rivals": ["years", "n"], "yearly": ["yearly", "years", "n"], "discounted": [2, "n"], "denied": [2, "n"], "legal": [2, "n"], "denied_discounted": [2, "n"], "rivals_discounted": ["n"], "course": [16, "course_months", "n"], "months_of_year": ["years"]}, "sizes": {"losses": 10, "yearly": 6, "groups": 3, "course_months": 0}, "grid": 65535} };
})();
