"""What happens to the words members write: cleaning, showing, and pointing out personal details."""
