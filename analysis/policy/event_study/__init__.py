"""Event study: abnormal share returns around policy dates, with tests that respect how few and how alike the firms are.

The method is the market model of MacKinlay (1997, Journal of Economic Literature 35): on an estimation window before each
event a firm's return is regressed on a benchmark's; the abnormal return is what the regression does not explain.

- `market_model`: estimation and cumulative abnormal returns, vectorised over events × windows × benchmarks × firms;
- `significance`: Patell, Boehmer–Musumeci–Poulsen, Kolari–Pynnönen, placebo distribution, multiple testing;
- `price_files`, `price_columns`: reading a user's price file; `prices`: checking it;
- `study`: the whole study as one table, in the shape of the shipped `event_study_car`.
"""
