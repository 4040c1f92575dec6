"""What enkryptai-sdk and this client make of the same settings."""
