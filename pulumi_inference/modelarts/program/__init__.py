"""What programs use besides resources: lookups and `invoke`. It knows Pulumi."""
