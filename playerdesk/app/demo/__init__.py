"""The demo desk: two game companies' worth of brands, people, queues and categories to play with."""
