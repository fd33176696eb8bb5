"""Rules: one named check each, with its documentation and its good and bad examples beside it."""
