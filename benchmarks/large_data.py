"""A customs extract of many rows to the monthly table: DuckDB out of core beside pandas, time and peak memory.

Each measurement is a process of its own on the same generated file, so that neither side profits from memory that the other
has warmed. Both sides must give the same table. `--rows` may be given several times; 50 million rows want about 3 GB of disk
and, for pandas, memory:

    python -m benchmarks.large_data --rows 1000000 --rows 50000000
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DEFAULT_ROWS = (1_000_000, 10_000_000)
MEMORY = "512MB"
KINDS = ("parquet", "csv")
CSV_ROWS_FOR_PANDAS = 10_000_000  # beyond this, pandas on CSV is left out: it takes minutes and tens of GB


def main(chosen: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rows", type=int, action="append", help="rows of the extract; may be repeated (default: 1 and 10 million)"
    )
    parser.add_argument("--measure", nargs=2, metavar=("ENGINE", "FILE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args([] if chosen is None else chosen)
    if arguments.measure:
        print(json.dumps(measure(*arguments.measure)))
        return
    print(f"{'rows':>12}{'file':>9}{'MB':>8}  {'engine':<22}{'seconds':>9}{'peak MB':>9}")
    for rows in arguments.rows or DEFAULT_ROWS:
        for kind in KINDS:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / f"extract.{kind}"
                generate(file, rows)
                compare(file, rows, kind)


def compare(file: Path, rows: int, kind: str) -> None:
    """One line an engine; raises when they disagree."""
    engines = ["duckdb"] if kind == "csv" and rows > CSV_ROWS_FOR_PANDAS else ["duckdb", "pandas"]
    tables = []
    for engine in engines:
        command = [sys.executable, "-m", "benchmarks.large_data", "--measure", engine, str(file)]
        finished = subprocess.run(command, capture_output=True, text=True)
        label = f"duckdb ({MEMORY})" if engine == "duckdb" else engine
        start = f"{rows:>12,}{kind:>9}{file.stat().st_size / 1e6:>8,.0f}  {label:<22}"
        if finished.returncode != 0:
            print(f"{start}failed: {finished.stderr.strip().splitlines()[-1:] or finished.returncode}", flush=True)
            continue
        found = json.loads(finished.stdout)
        tables.append(found["table"])
        print(f"{start}{found['seconds']:>9.1f}{found['peak_mb']:>9,.0f}", flush=True)
    if len(tables) == 2 and tables[0] != tables[1]:
        raise SystemExit("the two engines disagree")


def generate(file: Path, rows: int) -> None:
    """A synthetic extract, the same for the same number of rows: 16 years, 400 codes, 60 partners, values up to USD 10 million."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '1GB'")
        form = "FORMAT parquet, COMPRESSION zstd" if file.suffix == ".parquet" else "FORMAT csv, HEADER"
        connection.execute(f"""
            COPY (SELECT strftime(DATE '2010-01-01' + to_months(CAST(hash(i) % 192 AS INTEGER)), '%Y-%m') AS month,
                         ['8541', '8542', '8486', '8471', '8517', '3004', '8703', '2709'][1 + CAST(hash(i, 1) % 8 AS BIGINT)]
                           || lpad(CAST(hash(i, 2) % 50 AS VARCHAR), 6, '0') AS hs_code,
                         CASE hash(i, 3) % 60 WHEN 0 THEN '5700' WHEN 1 THEN '5820' 
                              ELSE CAST(4000 + hash(i, 3) % 60 AS VARCHAR) END AS partner,
                         CASE hash(i, 4) % 3 WHEN 0 THEN 'M' ELSE 'X' END AS flow,
                         hash(i, 5) % 10000000 AS value_usd, hash(i, 6) % 5000 AS quantity
                  FROM range({rows}) AS numbers(i)) TO '{file}' ({form})""")


def measure(engine: str, file: str) -> dict[str, object]:
    """Seconds and peak resident memory of this process, imports included, and the table as JSON can hold it."""
    started = time.perf_counter()
    table = with_duckdb(file) if engine == "duckdb" else with_pandas(file)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "table": table}


def with_duckdb(file: str) -> dict[str, int]:
    from analysis.sources.customs_extract import monthly

    return {" ".join(key): int(usd) for key, usd in monthly(file, memory=MEMORY, threads=os.cpu_count() or 1).months.items()}


def with_pandas(file: str) -> dict[str, int]:
    """The usual way: read the columns that are needed, filter, group."""
    import pandas as pd

    columns = ["month", "hs_code", "partner", "flow", "value_usd"]
    if file.endswith(".parquet"):
        frame = pd.read_parquet(file, columns=columns)
    else:
        frame = pd.read_csv(file, usecols=columns, dtype=dict.fromkeys(columns[:4], "str"))
    frame["heading"], frame["place"] = frame["hs_code"].str[:4], frame["partner"].map({"5700": "CN", "5820": "HK"})
    kept = frame[frame["heading"].isin(["8541", "8542", "8486"]) & frame["place"].notna() & (frame["flow"] == "X")]
    sums = kept.groupby(["heading", "place", "month"], sort=True)["value_usd"].sum()
    return {" ".join(key): int(usd) for key, usd in sums.items()}


if __name__ == "__main__":
    main(sys.argv[1:])
