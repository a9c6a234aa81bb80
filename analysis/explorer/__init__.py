"""The scenario explorer: what its page holds, the check of its script against the model, the markup of its controls."""
