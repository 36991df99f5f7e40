"""How the classifier is made and measured. Imported by scripts and admin jobs alone, never by the web path."""
