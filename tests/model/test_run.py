"""Draws, blocks and processes: the same seed gives the same result however the work is cut up."""

import resource
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

from analysis.model import engine
from analysis.model.chunks import compiled_chunks
from analysis.model.engine import simulate
from analysis.model.parameters import DRAW_BLOCK
from analysis.model.run import blocks, load_model, run, run_draws, stream


def lost_sales_of_block(job):
    """One block's result, in whatever process this runs."""
    parameters, path, block, size = job
    return simulate(parameters.draw_block(7, block, size), path, parameters.segments).headline["pv_lost_sales_usd_bn"]


def same(one, other):
    for name in one.headline:
        np.testing.assert_array_equal(one.headline[name], other.headline[name], err_msg=name)


def test_the_result_does_not_depend_on_the_number_of_workers(model):
    parameters, path = model.prepare("stalemate_6_open")
    draws = DRAW_BLOCK + 300
    same(run(parameters, path, draws, 7), run(parameters, path, draws, 7, workers=3))


def test_blocks_worked_on_in_other_processes_give_the_same_draws(model):
    parameters, path = model.prepare("stalemate_6_open")
    whole = run(parameters, path, DRAW_BLOCK + 30, 7).headline["pv_lost_sales_usd_bn"]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        parts = list(pool.map(lost_sales_of_block, [(parameters, path, *block) for block in reversed(blocks(DRAW_BLOCK + 30))]))
    np.testing.assert_array_equal(whole, np.concatenate(parts[::-1]))


def test_fewer_draws_are_the_first_ones_of_more(model):
    parameters, path = model.prepare("narrow_ban")
    few, more = run(parameters, path, 100, 7), run(parameters, path, DRAW_BLOCK + 50, 7)
    np.testing.assert_array_equal(few.headline["pv_lost_sales_usd_bn"], more.headline["pv_lost_sales_usd_bn"][:100])


def test_streaming_gives_the_same_draws(model):
    parameters, path = model.prepare("narrow_ban")
    whole = run(parameters, path, DRAW_BLOCK + 10, 3).headline["jobs_lost_year_5"]
    parts = np.concatenate([part["jobs_lost_year_5"] for part in stream(parameters, path, DRAW_BLOCK + 10, 3)])
    np.testing.assert_array_equal(whole, parts)


def peaks_of_streams(sizes):
    """Peak memory of this process, MiB, after a stream of each size, one after the other."""
    parameters, path = load_model().prepare("narrow_ban")
    peaks = []
    for size in sizes:
        for _ in stream(parameters, path, size, 3):
            pass
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return peaks


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_draws_that_are_streamed():
    """The same holds for ten million draws, which `python -m benchmarks model` runs with MODEL_DRAWS=10000000."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        few, many = pool.submit(peaks_of_streams, (4 * DRAW_BLOCK, 30 * DRAW_BLOCK)).result()
    assert many - few < 30  # kept results of the other blocks alone would be more than 100


def test_another_seed_gives_other_draws(model):
    parameters, path = model.prepare("narrow_ban")
    one, other = (run(parameters, path, 50, seed).headline["pv_lost_sales_usd_bn"] for seed in (1, 2))
    assert not np.array_equal(one, other)


def test_fixing_a_parameter_leaves_the_draws_of_the_others_alone(model):
    before = model.parameters.draw_block(1, 0, 100)
    after = model.parameters.with_values({"substitutable_share": 0.7}).draw_block(1, 0, 100)
    for name in model.parameters.names:
        if name != "substitutable_share":
            np.testing.assert_array_equal(before[name], after[name], err_msg=name)
    assert (after["substitutable_share"] == 0.7).all()


def test_odds_send_draws_down_the_branches_in_their_proportion(model):
    parameters, path = model.prepare("stalemate")
    mixed = run(parameters, path, 4096, 5).headline["denied_months_listed"]
    banned = (mixed > 5).mean()
    assert banned == pytest.approx(0.5, abs=0.03)


def test_each_draw_of_a_mixed_stalemate_is_one_of_the_two_certain_ones(model):
    draws = model.parameters.draw_block(1, 0, 400)
    results = {name: run_draws(draws, model.prepare(name)[1], model.parameters.segments).headline["pv_lost_sales_usd_bn"]
               for name in ("stalemate", "stalemate_24_open", "stalemate_24_ban")}
    as_open, as_ban = (np.isclose(results["stalemate"], results[name]) for name in ("stalemate_24_open", "stalemate_24_ban"))
    assert (as_open | as_ban).all() and as_open.any() and as_ban.any()


def test_blocks_cover_all_draws_once():
    assert sum(size for _, size in blocks(3 * DRAW_BLOCK + 5)) == 3 * DRAW_BLOCK + 5
    with pytest.raises(ValueError, match="at least one draw"):
        blocks(0)


def test_the_month_loop_is_compiled_once_for_all_scenarios(model):
    draws = model.parameters.draw_block(1, 0, 8)
    for name in model.scenarios.names:
        run_draws(draws, model.prepare(name)[1], model.parameters.segments, monthly=True)
    assert len(compiled_chunks.signatures) == 1


def test_draws_do_not_depend_on_how_many_are_worked_on_at_a_time(model, monkeypatch):
    draws = model.parameters.draw_block(1, 0, 300)
    path = model.prepare("stalemate")[1]
    whole = run_draws(draws, path, model.parameters.segments)
    monkeypatch.setattr(engine, "CHUNK", 7)
    same(whole, run_draws(draws, path, model.parameters.segments))
