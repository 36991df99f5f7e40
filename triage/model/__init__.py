"""The bare model: one encoder, a severity head, a misinformation head, and sentence embeddings."""
