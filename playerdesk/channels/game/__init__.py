"""Inside the game: a short form, the answer pushed back into the game, by socket, poll or webhook."""
