"""The pieces a screen is made of."""
