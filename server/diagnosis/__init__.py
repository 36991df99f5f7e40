"""What ``kith doctor`` looks at: each check returns findings, none of them changes anything."""
