"""Third room: which reports tell the same event, what their coverage says, and how stories rank.

Same text        dedupe finds copies, by shingles; wires: whose voice a report is
Same event       embed: what is embedded; embedders/ make vectors of it (I/O), means and centring make them comparable
                 cluster: reports -> stories, by way of space (how similar two reports are: vectors, words, evidence),
                 candidates (which pairs are compared), linkage and joining (what becomes one), decisions (why)
Entities         gazetteer, with names, offices and countries: places, agencies and officials in a text
What it says     compare: who had it first, which language led; disagree, with figures and days: what differs;
                 statements, with speech, actors, denials and matter: who contradicts whom; news: what is new
An edition       rank, with quotas: the order; summarise: two sentences

All but `embedders`, `means` and the reading of the shipped lists in `data/` are pure functions.
"""
