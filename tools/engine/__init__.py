"""How the checkout gets a Pulumi engine."""
