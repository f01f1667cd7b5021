// Apart from the page, because the page's policy allows no script inside it.
window.SwaggerUIBundle({
  url: "/schema/openapi.json",
  dom_id: "#page",
  deepLinking: true,
  persistAuthorization: false,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  tagsSorter: (a, b) => ["player", "game", "workspace"].indexOf(a) - ["player", "game", "workspace"].indexOf(b),
});
