"""Running chapters: typed parameters, papermill on warm processes, and what a chapter depends on."""
