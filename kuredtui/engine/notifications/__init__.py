"""Telling people outside of the console: the phases kured notifies, with kured's templates."""
