// The pages of the settings area at /settings/…. Whoever brings a page adds
//   1. one entry here: `key` names it in the address, `permission` is what the server asks for it (none: everybody signed in),
//      `part` is the words file that comes along (words/<language>/<part>.ts), `load` its component, a chunk of its own;
//   2. its name in words/<language>/settings.ts under `page.<key>`, which the navigation and the tab show.
// More of the address goes into `rest` ("/:id(\\d+)?"); the component reads it from the route. The frame brings the
// navigation, the page's <h1> with that name, the scrolling box and its padding: a page is what stands under its title.
import { designing } from "@/blueprints/words";
import { withWords } from "@/kit/words";

export interface SettingsPage {
  key: string;
  icon: string;
  /** "me": about oneself; "design": what is drafted and published; "desk": about everybody else. */
  group: "me" | "design" | "desk";
  permission?: string;
  part: string;
  rest?: string;
  /** The page divides the whole place itself: no padding, no common width, it scrolls by itself. */
  wide?: boolean;
  load: () => Promise<unknown>;
}

export const settingsPages: SettingsPage[] = [
  { key: "preferences", icon: "i-lucide-sliders-horizontal", group: "me", part: "preferences", load: () => import("./PreferencesPage.vue") },
  { key: "alerts", icon: "i-lucide-bell", group: "me", part: "preferences", load: () => import("@/alerts/AlertsPage.vue") },
  { key: "keys", icon: "i-lucide-keyboard", group: "me", part: "preferences", load: () => import("./KeysPage.vue") },
  { key: "security", icon: "i-lucide-shield-check", group: "me", part: "security", load: () => import("@/staff/SecurityPage.vue") },
  { key: "brands", icon: "i-lucide-gamepad-2", group: "design", permission: "blueprints.edit", part: "brands", rest: "/:key?", wide: true, load: () => withWords("plan", () => withWords("blueprints", () => import("@/brands/BrandsPage.vue"))) },
  { key: "categories", icon: "i-lucide-list-tree", group: "design", permission: "blueprints.edit", part: "categories", rest: "/:brand?/:key?", wide: true, load: () => withWords("blueprints", () => withWords("forms", () => import("@/forms/CategoriesPage.vue"))) },
  { key: "forms", icon: "i-lucide-clipboard-list", group: "design", permission: "blueprints.edit", part: "forms", rest: "/:brand?/:key?", wide: true, load: () => withWords("blueprints", () => withWords("views", () => import("@/forms/FormsPage.vue"))) },
  { key: "processes", icon: "i-lucide-workflow", group: "design", permission: "blueprints.edit", part: "processes", rest: "/:brand?/:key?", wide: true, load: () => withWords("forms", () => designing(() => import("@/processes/ProcessesPage.vue"))) },
  { key: "rules", icon: "i-lucide-split", group: "design", permission: "blueprints.edit", part: "rules", rest: "/:brand?/:key?", wide: true, load: () => designing(() => import("@/rules/RulesPage.vue")) },
  { key: "service-levels", icon: "i-lucide-timer", group: "design", permission: "blueprints.edit", part: "levels", rest: "/:tab(calendars)?/:brand?/:key?", wide: true, load: () => designing(() => import("@/levels/LevelsPage.vue")) },
  { key: "tiers", icon: "i-lucide-gem", group: "design", permission: "blueprints.edit", part: "tiers", rest: "/:tab(model|doors)?/:brand?", wide: true, load: () => withWords("levels", () => designing(() => import("@/tiers/TiersPage.vue"))) },
  { key: "segments", icon: "i-lucide-users-round", group: "design", permission: "blueprints.edit", part: "segments", rest: "/:brand?/:key?", wide: true, load: () => designing(() => import("@/segments/SegmentsPage.vue")) },
  { key: "tags", icon: "i-lucide-tags", group: "design", permission: "blueprints.edit", part: "segments", rest: "/:brand?/:key?", wide: true, load: () => designing(() => import("@/segments/TagsPage.vue")) },
  { key: "text", icon: "i-lucide-file-code-2", group: "design", permission: "blueprints.publish", part: "plan", load: () => import("@/blueprints/TextPage.vue") },
  { key: "people", icon: "i-lucide-users", group: "desk", permission: "people.manage", part: "people", rest: "/:id(\\d+|new)?", wide: true, load: () => import("@/staff/PeoplePage.vue") },
  { key: "roles", icon: "i-lucide-key-round", group: "desk", permission: "people.manage", part: "people", rest: "/:role?", wide: true, load: () => import("@/staff/RolesPage.vue") },
  {
    key: "data-blocks", icon: "i-lucide-blocks", group: "desk", permission: "settings.manage", part: "blocks",
    load: () => import("@/players/BlocksPage.vue"),
  },
  { key: "macros", icon: "i-lucide-zap", group: "desk", part: "macros", rest: "/:id?", wide: true, load: () => withWords("writing", () => import("@/writing/MacrosPage.vue")) },
  { key: "audit", icon: "i-lucide-scroll-text", group: "desk", permission: "audit.read", part: "audit", wide: true, load: () => import("@/audit/AuditPage.vue") },
  { key: "duplicates", icon: "i-lucide-users", group: "desk", permission: "players.merge", part: "duplicates", load: () => withWords("card", () => import("@/players/DuplicatesPage.vue")) },
  { key: "proposals", icon: "i-lucide-book-open-check", group: "desk", permission: "articles.decide", part: "craft", load: () => import("@/craft/ProposalsPage.vue") },
  { key: "handling", icon: "i-lucide-clipboard-check", group: "desk", permission: "settings.manage", part: "craft", load: () => import("@/craft/HandlingPage.vue") },
];
