"""A world to try the monitor in: fictional outlets, their feeds on loopback, and a local mail server.

`catalog` reads the sample outlets and their labels, `feeds` renders them as real feeds are (flaws included), `server`
serves them at any instant of the sample days, `mail_server` receives the digests. Nothing here leaves the machine.
"""
