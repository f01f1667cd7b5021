// The settings area: its frame and the names of its pages, whoever brings them.
export default {
  title: "Settings",
  back: "Back to settings",
  me: "Mine",
  desk: "Everybody",
  page: {
    macros: "Snippets and macros",
    preferences: "Preferences",
    alerts: "Sounds and notices",
    keys: "Keys",
    security: "Sign-in and security",
    people: "People",
    roles: "Roles and permissions",
    "data-blocks": "Data blocks",
    "service-levels": "Service levels",
    rules: "Rules",
    audit: "Audit log",
    brands: "Brands and modules",
    text: "Desk as text",
    proposals: "Article proposals",
    handling: "How tickets are worked",
  },
};
