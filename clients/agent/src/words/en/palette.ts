// The palette (⌘/Ctrl+K).
export default {
  hint: "A command, list, setting, #ticket number, or the name of a player or colleague",
  searchFor: "Search everything for “{text}”",
  group: {
    actions: "Actions", tickets: "Tickets", categories: "Categories", players: "Players", people: "Colleagues", lists: "Lists", macros: "Macros", settings: "Settings", articles: "Articles",
  },
};
