"""How people reach Kith: the web application, its command line and the services beside it."""
