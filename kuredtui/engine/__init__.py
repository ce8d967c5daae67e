"""What we do to the cluster: lock, cordon, drain, reboot, confirm, uncordon, journal."""
