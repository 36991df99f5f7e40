"""What an admin looks after: boards, people, helplines, and whether all is well."""
