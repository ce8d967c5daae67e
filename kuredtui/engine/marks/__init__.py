"""What an operation leaves on its node for others to see: kured's labels, annotations and taint."""
