"""The pages in the browser: HTML, style and modules in `static/`, and the numbers as the pages show them."""
