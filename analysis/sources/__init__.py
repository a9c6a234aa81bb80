"""Refresh tables from the official interfaces, and reduce a large customs extract to the table the book needs.

The only part of the project that uses the network. Each provider is one module with `PROVIDER` (address, limits, key),
`plan` (the requests to be made) and `fetch` (the rows); `session` makes the requests, `overlays` writes and checks the
result. What comes out is an overlay folder for `make book DATA=DIR`; `data/` is never touched.
"""
