"""One figure: a view with its title, on a ground of its own, as PNG, SVG or PDF."""
