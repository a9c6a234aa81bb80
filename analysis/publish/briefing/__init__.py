"""The briefing pack: two pages (PDF), a Word document and five slides, from the same registry as the book."""
