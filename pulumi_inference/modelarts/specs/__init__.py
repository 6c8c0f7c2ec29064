"""The truth about ModelArts' resources: every field declared once, with its facts."""
