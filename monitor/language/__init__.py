"""Room 2: what is missing in the reader's other language is translated on this machine, and judged before it is shown.

`translate.translate_texts` is the stage; `engines.choose` finds out which engine may be used; `models` installs models.
"""
