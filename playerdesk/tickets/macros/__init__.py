"""What is said and done often: snippets (text) and macros (text and actions), personal, of a team or of everybody."""
