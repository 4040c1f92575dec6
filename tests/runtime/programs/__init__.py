"""Programs that tests run in processes of their own, since a fault in them would be a hang."""
