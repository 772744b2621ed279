"""One module per step, `rNNNN_what.py`. A released step is never edited."""
