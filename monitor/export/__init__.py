"""Stored editions in other shapes: the archive's index pages and feeds, and what `monitor export` writes.

stored (one edition) | catalog (all of them in short) | pages, atom, jsonfeed | table, markdown, standalone, pdf

Everything is made from the files of an edition, never from the database: what was sent is what is shown. All of it but
`pdf` is pure; the disk is read and written by `monitor.delivery`, and `monitor.pipeline.archive` brings both together.
"""
