"""The library of known false health claims: vetted as resources are, shown to members, looked for in posts."""
