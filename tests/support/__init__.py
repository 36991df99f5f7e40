"""What tests of several features share."""
