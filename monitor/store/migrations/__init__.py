"""How a database gets from one schema to the next; run by `connect.migrate` when a store is opened."""
