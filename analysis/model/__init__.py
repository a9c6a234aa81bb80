"""The model of what a policy stalemate costs: a monthly simulation with stated uncertainty.

`data/parameters.yml` and `data/scenarios.yml` are its whole interface. The equations are in small modules of pure
functions (`contagion`, `access`, `stock`, `design_out`, `use`, `diversion`, `research`, `china`, `employment`, `denial`);
`engine` steps them through the months for many draws at once; `run` handles draws, blocks and processes.
"""
