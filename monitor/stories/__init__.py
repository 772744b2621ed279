"""Third room: which reports tell the same event, who tells it, and how it ranks.

    embed      what is embedded; `embedders` turn texts into vectors (I/O), `means` and `centring` make them comparable
    dedupe     which reports are copies of others
    cluster    reports -> stories, across languages and days
    compare    who had it first, where the numbers differ, places and agencies
    summarise  two sentences taken from the reports
    news       what an updated story has that no earlier edition had
    quotas     variety at the top of an edition
    rank       the order of an edition

All but `embedders`, `means` and the loading of the gazetteer are pure functions.
"""
