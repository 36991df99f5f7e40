"""The services that Kith starts itself when it is not given the address of a PostgreSQL or Redis."""
