"""What Kith thinks: text in, judgement out. No HTTP, no templates."""
