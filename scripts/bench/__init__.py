"""What importing, calling and regenerating cost, beside other ways to make the same calls."""
