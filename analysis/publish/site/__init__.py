"""From laid-out pages to the published site: render with Jupyter Book, finish each page, swap the site in whole."""
