"""What jntui knows of this machine's network: interfaces, listeners and clients, endpoints, names, the SSH session."""
