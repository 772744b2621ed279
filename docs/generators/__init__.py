"""The pages of docs/ that are made from the program, so that they cannot lie: `python -m docs.generate` writes them.

`cli` the commands, `feeds_yaml` the configuration, `benchmarks` what is measured, `decides` the worked examples. Each
has `page()`, which returns the Markdown; `tests/docs` compares it with what is committed.
"""
