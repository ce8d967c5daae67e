"""What has to be true before a node may be rebooted: small hooks, each answering go or wait, because ..."""
