"""Tools of the checkout: they set up, build and measure, and are no part of the installed package."""
