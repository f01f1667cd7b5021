"""Finding tickets by what was said in them: the index, its feeding, and the walk from the newest entry back."""
