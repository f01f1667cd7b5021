// The addresses of the desk; each page is its own download.
import { createRouter, createWebHistory } from "vue-router";
import { hasSession, Refused } from "@/api/client";
import { nextTick } from "vue";
import { withWords } from "@/kit/words";
import { isLead, may, me, resume } from "@/staff/session";
import { firstPlace } from "@/tickets/saved";
import { holdKeys } from "./keys";
import { narrow } from "./layout";
import { settingsPages } from "./settingsPages";

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: "/sign-in", name: "signIn", component: () => import("@/staff/SignInPage.vue"), meta: { open: true } },
    { path: "/welcome", name: "welcome", component: () => withWords("door", () => import("@/staff/WelcomePage.vue")), meta: { open: true } },
    {
      path: "/",
      component: () => import("./Frame.vue"),
      children: [
        { path: "", name: "home", component: { render: () => null }, beforeEnter: firstPlace },
        { path: "tickets/:view/:id(\\d+)?", name: "desk", component: () => import("@/tickets/DeskPage.vue") },
        { path: "ticket/:id(\\d+)", redirect: (to) => ({ name: "desk", params: { view: "mine", id: to.params.id } }) },
        { path: "chats/:id(\\d+)?", name: "chats", component: () => withWords("writing", () => withWords("chats", () => import("@/tickets/ChatsPage.vue"))), meta: { title: "chats.title" } },
        { path: "search", name: "search", component: () => withWords("search", () => import("@/search/SearchPage.vue")), meta: { title: "nav.search" } },
        { path: "mentions", name: "mentions", component: () => withWords("mentions", () => import("@/writing/MentionsPage.vue")), meta: { title: "nav.mentions" } },
        { path: "followed", name: "followed", component: () => withWords("craft", () => import("@/craft/FollowedPage.vue")), meta: { title: "follow.title" } },
        { path: "sides/:id(\\d+)", name: "side", component: () => withWords("craft", () => import("@/craft/FollowedPage.vue")), meta: { title: "follow.title" } },
        { path: "tasks/:id(\\d+)?", name: "tasks", component: () => withWords("forms", () => withWords("processes", () => import("@/processes/TasksPage.vue"))), meta: { permission: "processes.work", title: "nav.tasks" } },
        { path: "board", name: "board", component: () => import("@/insights/BoardPage.vue"), meta: { lead: true } },
        {
          path: "settings",
          component: () => withWords("settings", () => import("./SettingsFrame.vue")),
          children: [
            // On a phone the list of pages stands alone.
            {
              path: "",
              name: "settings",
              component: { render: () => null },
              meta: { title: "settings.title" },
              beforeEnter: () => narrow.value || { name: "settings-preferences" },
            },
            ...settingsPages.map((one) => ({
              path: one.key + (one.rest ?? ""),
              name: `settings-${one.key}`,
              component: () => withWords(one.part, one.load),
              meta: { permission: one.permission, title: `settings.page.${one.key}` },
            })),
          ],
        },
        {
          path: "player/:id(\\d+)",
          name: "player",
          component: () => withWords("card", () => import("@/players/PlayerPage.vue")),
          meta: { permission: "players.read", title: "nav.player" },
        },
        { path: ":rest(.*)*", name: "missing", component: () => import("./MissingPage.vue"), meta: { title: "problem.missingPage" } },
      ],
    },
  ],
});

// Keys pressed while a page is on its way are meant for that page.
let arrived: () => void = () => undefined;
router.beforeEach(() => {
  arrived();
  holdKeys(new Promise<void>((done) => (arrived = done)));
});
router.afterEach(() => void nextTick(() => arrived()));
router.onError(() => arrived());

const signIn = (next: string) => ({ name: "signIn", query: next === "/" ? {} : { next } });

/** Whoever is not signed in goes to the sign-in page and comes back afterwards. */
router.beforeEach(async (to) => {
  if (to.meta.open) return true;
  if (!me.value) {
    if (!hasSession()) return signIn(to.fullPath);
    try {
      await resume();
    } catch (problem) {
      if (problem instanceof Refused && problem.status === 401) {
        return signIn(to.fullPath);
      }
      return { name: "signIn", query: { next: to.fullPath, offline: "1" } };
    }
  }
  // Without the second factor her role demands she may set one up, and nothing else.
  if (me.value?.must && to.name !== "settings-security") return { name: "settings-security" };
  const needed = to.meta.permission as string | undefined;
  if ((to.meta.lead && !isLead.value) || (needed && !may(needed))) return { name: "desk", params: { view: "mine" } };
  return true;
});
