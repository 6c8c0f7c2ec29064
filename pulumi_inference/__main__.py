"""`python -m pulumi_inference` is `pulumi-inference`."""

from pulumi_inference.cli import main

main()
