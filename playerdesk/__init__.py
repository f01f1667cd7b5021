"""PlayerDesk: the player-support platform for online-game companies."""
